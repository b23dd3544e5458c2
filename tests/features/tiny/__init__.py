"""A feature as small as one can be, to show what it takes to add one."""
