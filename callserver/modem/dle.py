"""The <DLE> shield around a voice modem's data: sound and the events inside it (ITU-T V.253, 9.1)."""

import re
from dataclasses import dataclass

DLE = b"\x10"
PAIR = re.compile(rb"\x10(.)", re.DOTALL)
MAX_PACKET_BYTES = 1024

# What the computer says inside a stream.
END_TRANSMIT, CLEAR_TRANSMIT = b"\x10\x03", b"\x10\x18"
ABORT_RECEIVE, END_DUPLEX = b"\x10!", b"\x10^"
HARMLESS = b"\0"  # completes a pair of which a flushed queue took the second half, and then means nothing


@dataclass(frozen=True)
class Report:
    """`<DLE>x`: the modem heard or saw something."""

    code: str  # one ASCII character


@dataclass(frozen=True)
class Packet:
    """`<DLE>X` ... `<DLE>.`: text inside a stream, as some chips send caller ID in voice state."""

    text: bytes


@dataclass(frozen=True)
class EndOfStream:
    """`<DLE><ETX>`: what follows is text."""


DleEvent = Report | Packet | EndOfStream


def escape(data: bytes) -> bytes:
    """Sound ready to be sent: each 0x10 doubled."""
    return data.replace(DLE, DLE + DLE) if DLE in data else data


class DleReader:
    """
    Bytes in; plain bytes and events out, in their order.

    Plain bytes are sound inside a stream and text outside. Any cut of the input, also between the halves of a pair,
    gives the same. Codes that are not ASCII are dropped; a packet over MAX_PACKET_BYTES was none and is dropped too.
    """

    def __init__(self) -> None:
        self._half = False  # a <DLE> came last
        self._packet: bytearray | None = None

    def feed(self, data: bytes) -> list[bytes | DleEvent]:
        """Runs of plain bytes, none empty, no two side by side, and the events between them."""
        if self._half:
            data = DLE + data
        elif self._packet is None and DLE not in data:
            return [data] if data else []
        first, *pairs = PAIR.split(data)  # plain, code, plain, code ... plain
        found: list[bytes | DleEvent] = []
        self._half = self._take(first, found)
        for code, plain in zip(pairs[::2], pairs[1::2], strict=True):
            self._pair(code, found)
            self._half = self._take(plain, found)
        return found

    def _take(self, plain: bytes, found: list[bytes | DleEvent]) -> bool:
        """Take what stood between two pairs; true if half a pair was at its end."""
        half = plain.endswith(DLE)
        self._plain(plain[:-1] if half else plain, found)
        return half

    def _plain(self, data: bytes, found: list[bytes | DleEvent]) -> None:
        if self._packet is not None:
            room = MAX_PACKET_BYTES - len(self._packet)
            self._packet += data[:room]
            data = data[room:]
            if data:
                self._packet = None
        if data and found and isinstance(found[-1], bytes):
            found[-1] += data
        elif data:
            found.append(data)

    def _pair(self, code: bytes, found: list[bytes | DleEvent]) -> None:
        if code == DLE:
            self._plain(DLE, found)
        elif code == b"\x1a":
            self._plain(DLE + DLE, found)
        elif code == b"\x03":
            self._packet = None
            found.append(EndOfStream())
        elif code == b"X":
            self._packet = bytearray()
        elif code == b"." and self._packet is not None:
            found.append(Packet(bytes(self._packet)))
            self._packet = None
        elif code < b"\x80":
            found.append(Report(code.decode("ascii")))
