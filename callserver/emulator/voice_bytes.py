"""The byte stream of V.253's voice states: <DLE> shields its own kind and marks everything that is not sound."""

import re
from collections.abc import Iterator

DLE, ETX, CAN, SUB, ESC = b"\x10", b"\x03", b"\x18", b"\x1a", b"\x1b"

_PIECES = re.compile(rb"\x10(.)|([^\x10]+)", re.DOTALL)
_SHIELDED = {DLE: DLE, SUB: DLE + DLE}


class FromComputer:
    """Sound and codes out of what the computer sends, in whatever pieces it comes."""

    def __init__(self) -> None:
        self._half = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Pairs: (sound, b"") or (b"", the byte after <DLE>)."""
        data, self._half = self._half + data, b""
        end = 0
        for match in _PIECES.finditer(data):
            end = match.end()
            if match[2] is not None:
                yield match[2], b""
            elif match[1] in _SHIELDED:
                yield _SHIELDED[match[1]], b""
            else:
                yield b"", match[1]
        self._half = data[end:]


def shielded(sound: bytes) -> bytes:
    """Sound for the computer: 0x10 doubled, and two of them as <DLE><SUB>."""
    if DLE not in sound:
        return sound
    return re.sub(rb"\x10(\x10)?", lambda run: DLE + SUB if run[1] else DLE + DLE, sound)


def event(code: str) -> bytes:
    """An event for the computer."""
    return DLE + code.encode("ascii")
