"""Voice mail: boxes that callers leave messages in, and that their owners hear by telephone or at a program."""
