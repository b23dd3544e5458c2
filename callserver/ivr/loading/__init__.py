"""
Menus loaded at run time, line by line.

`version` is what is loaded: a menu with all the files it leads to, as they were. `tables` and `loads` keep versions and
which line has which in the database; `revival` makes menus of a version again.
"""
