"""What can be asked about an account, of a running engine or of its journal, and the answers as plain JSON."""
