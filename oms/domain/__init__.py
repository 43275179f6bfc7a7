"""The vocabulary: one word, one file. Frozen structs and enums, and no library but msgspec."""
