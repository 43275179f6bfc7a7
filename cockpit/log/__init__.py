"""The log: what happened, in lines that a program can read; the journal is the record, this is for whoever looks on."""
