"""ITU-T T.4 and T.6: rows of pels as runs, runs as codes, and back."""
