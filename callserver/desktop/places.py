"""Where a server is, as people type it."""

from __future__ import annotations

from typing import NamedTuple

from callserver.wire.messages import PORT

FULL_WIDTH = str.maketrans("：。．", ":..")


class Place(NamedTuple):
    """A computer and the port there."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def place_of(typed: str) -> Place | None:
    """Of "shop.example:8787", "shop.example", "192.168.1.5", "[::1]:8787"; None: it is none."""
    typed = typed.strip().translate(FULL_WIDTH)
    if typed.startswith("["):
        host, bracket, rest = typed[1:].partition("]")
        colon, port = rest[:1], rest[1:]
        if not bracket or colon not in ("", ":"):
            return None
    elif typed.count(":") > 1:  # an address of IPv6
        host, colon, port = typed, "", ""
    else:
        host, colon, port = typed.partition(":")
    if not host or not host.isprintable() or any(letter.isspace() or letter in "/@[]" for letter in host):
        return None
    if not colon:
        return Place(host, PORT)
    return Place(host, int(port)) if port.isascii() and port.isdecimal() and 0 < int(port) < 65536 else None
