"""Text from outside (names, addresses, notes) as part of our own lines."""

ISOLATE, POP = "\u2068", "\u2069"  # Unicode's first strong isolate: what is between them turns no other words round
TURNS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def one_line(foreign: str) -> str:
    """On one line, and without the signs that would turn other words round; for what is painted by itself."""
    return " ".join(foreign.translate(TURNS).split())


def isolated(foreign: str) -> str:
    """On one line, and so marked that it may run from the right without moving the words around it."""
    flat = one_line(foreign)
    return f"{ISOLATE}{flat}{POP}" if flat else ""
