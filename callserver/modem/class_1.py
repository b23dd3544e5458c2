"""Class 1, the fax of a modem's own signals (ITU-T T.31): what is said to it, and what it says as events."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from callserver.modem.dle import DLE, DleReader, EndOfStream, escape
from callserver.modem.results import Final, Info, ResultReader

KEEP_CALL = "AT+VNH=1"  # V.253 9.2.5: a fax that fails does not hang up
FAX, VOICE = "AT+FCLASS=1", "AT+FCLASS=8"
# +FAR: a V.21 signal in place of the image awaited is received as one. Not everywhere known.
OPTIONAL_SETTINGS = ("AT+FAR=1",)

SENT_IMAGES, RECEIVED_IMAGES = "AT+FTM=?", "AT+FRM=?"
ANSWER = "ATA"  # the answer tone, then as SEND_FRAMES
# The calling tone again and again, and meanwhile as RECEIVE_FRAME; X3, for there is no dial tone in a call.
CALL, AWAIT_DIAL_TONE = "ATX3D", "ATX4"
SEND_FRAMES, RECEIVE_FRAME = "AT+FTH=3", "AT+FRH=3"
V21_INSTEAD = "+FRH:3"  # with +FAR, before CONNECT
WRONG_CARRIER = "+FCERROR"

BREAK_OFF = b"\x18"  # any character ends what waits or receives; in command state this one is nothing
END_OF_DATA = DLE + b"\x03"
FRAME_OCTETS_MAX = 300  # ECM's are the longest: 262, with both octets of the FCS
FCS_OCTETS = 2
XON, XOFF = 0x11, 0x13


def image_codes(lines: Iterable[str]) -> set[int]:
    """What a modem answers to SENT_IMAGES or RECEIVED_IMAGES: `24,48,72`, with brackets or the command's name."""
    return {int(code) for line in lines for code in re.findall(r"\d+", line.rpartition(":")[2])}


def send_image(code: int) -> str:
    """Training and then the octets, by the modulation of this code (T.31, table 2)."""
    return f"AT+FTM={code}"


def receive_image(code: int) -> str:
    """As `send_image`, the other way."""
    return f"AT+FRM={code}"


def keep_silent(silence_ms: int) -> str:
    """Stop sending and answer OK after so long, in steps of 10 ms."""
    return f"AT+FTS={silence_ms // 10}"


def await_silence(silence_ms: int) -> str:
    """Answer OK when the far end has been silent for so long, in steps of 10 ms."""
    return f"AT+FRS={silence_ms // 10}"


def frame(octets: bytes) -> bytes:
    """A frame after CONNECT; the modem adds flags, zeros and FCS."""
    return escape(octets) + END_OF_DATA


@dataclass(frozen=True)
class Flow:
    """The modem's buffer is full (XOFF), or takes more (XON)."""

    takes_more: bool


Class1Event = Final | Info | Flow | EndOfStream


class Class1Reader:
    """
    What a modem says in its fax class.

    After the CONNECT of a command that receives, bytes are data until `<DLE><ETX>`; else they are text, in which XOFF
    and XON may stand anywhere. Any cut of the input gives the same events, but for the cuts of the data.
    """

    def __init__(self) -> None:
        self._dle, self._text = DleReader(), ResultReader()
        self._data_expected = self._in_data = False

    def expect(self, command: str, *, data: bool) -> None:
        """What was just sent; `data`: its CONNECT begins data."""
        self._text.echo, self._data_expected = command.encode("ascii"), data

    def feed(self, data: bytes) -> list[bytes | Class1Event]:
        """Events, and data as bytes, in their order."""
        found: list[bytes | Class1Event] = []
        for piece in self._dle.feed(data):
            if isinstance(piece, bytes):
                self._plain(piece, found)
            elif isinstance(piece, EndOfStream) and self._in_data:
                self._in_data = self._data_expected = False
                self._text.clear()
                found.append(piece)
        return found

    def _plain(self, data: bytes, found: list[bytes | Class1Event]) -> None:
        while data and not self._in_data:
            line, end, data = data.partition(b"\n")
            found += [Flow(byte == XON) for byte in line if byte in (XON, XOFF)]
            for event in self._text.feed(line.translate(None, bytes((XON, XOFF))) + end):
                if isinstance(event, Final | Info):  # the others are of a line on hook
                    found.append(event)
                self._in_data = self._data_expected and event == Final("CONNECT")
        if data:
            found.append(data)
