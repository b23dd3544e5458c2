"""
Menus without programming: NAME.ini beside the shop's own Python menus.

`ini` reads sections with line numbers, `reading` makes steps of them, `checks` finds what callers would suffer from,
`file_menu` runs them on a call. All that is wrong is told at once, each with its line and what to do.
"""
