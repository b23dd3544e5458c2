"""All that a voice modem sends, text and sound, as one run of events."""

import re

from callserver.modem.dle import DleReader, EndOfStream, Packet, Report
from callserver.modem.keys import DIGITS, KeyReport, KeyReports
from callserver.modem.results import CallerIdField, Final, ResultReader, Ring, TextEvent, caller_id_field

ModemEvent = TextEvent | KeyReport | Report | EndOfStream

CONNECT = Final("CONNECT")
SAME_CODE = {"K": "b", "i": "d", "m": "c", "\x7f": "~"}  # chips that say it otherwise
KEY_CODES = DIGITS | {"/", "~"}
ONE_LINE_CALLER_ID = re.compile(
    rb"CIDM\s+(?:DATE=(?P<DATE>\S*)\s+)?(?:TIME=(?P<TIME>\S*)\s+)?(?:NMBR=(?P<NMBR>.*?))?(?:\s+NAME=(?P<NAME>.*))?"
)


def _packet_fields(text: bytes) -> list[CallerIdField]:
    """The caller ID in a packet, in one line or in several."""
    one_line = ONE_LINE_CALLER_ID.fullmatch(text.strip())
    if one_line:
        return [CallerIdField(tag, value.strip()) for tag, value in one_line.groupdict().items() if value is not None]
    return [field for line in text.splitlines() if (field := caller_id_field(line))]


class ModemReader:
    """
    Knows whether the modem is in command state, where plain bytes are text, or in a stream, where they are sound.

    `expect` says what was sent, so that the CONNECT that opens a stream is known from text that looks like it. Events
    come as `<DLE>x` in both states.
    """

    def __init__(self) -> None:
        self.in_stream = False
        self._dle, self._text, self._keys = DleReader(), ResultReader(), KeyReports()
        self._stream_expected = False

    def expect(self, command: bytes, *, stream: bool = False) -> None:
        """What was just sent; `stream`: its CONNECT begins sound."""
        self._text.echo, self._stream_expected = command, stream

    def feed(self, data: bytes) -> list[bytes | ModemEvent]:
        """Events, and runs of sound as bytes, in their order."""
        pieces = self._dle.feed(data)
        if self.in_stream and len(pieces) == 1 and isinstance(pieces[0], bytes):
            return [pieces[0]]  # nearly always
        found: list[bytes | ModemEvent] = []
        for piece in pieces:
            if isinstance(piece, bytes):
                self._plain(piece, found)
            else:
                found += self._event(piece)
        return found

    def _plain(self, data: bytes, found: list[bytes | ModemEvent]) -> None:
        while data and self._stream_expected:
            line, end, data = data.partition(b"\n")
            events = self._text.feed(line + end)
            found += events
            if CONNECT in events:
                self._stream_expected, self.in_stream = False, True
        if not self.in_stream:
            found += self._text.feed(data)
        elif data:
            found.append(data)

    def _event(self, event: Report | Packet | EndOfStream) -> list[ModemEvent]:
        if isinstance(event, Packet):
            return list(_packet_fields(event.text))
        if isinstance(event, EndOfStream):
            return self._end()
        code = SAME_CODE.get(event.code, event.code)
        if code in KEY_CODES:
            key = self._keys.feed(code)
            return [key] if key else []
        return [Ring() if code == "R" else Report(code)]

    def _end(self) -> list[ModemEvent]:
        if not self.in_stream:
            return []
        self.in_stream = False
        self._text.clear()
        return [EndOfStream()]
