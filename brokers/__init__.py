"""One file or folder for each venue or feed. An adapter translates; it never decides."""
