"""How a modem tells of a call that comes in: rings, their cadence, the caller's number."""

from collections.abc import Iterable
from functools import partial

from callserver.dsp.caller_id.names import CHARACTER_SETS, WESTERN
from callserver.emulator.loop import CallerId

NAME_CHARACTERS = 15
MDMF, TIME_FIELD, NUMBER_FIELD, NO_NUMBER_FIELD, NAME_FIELD, NO_NAME_FIELD = 0x80, 1, 2, 4, 7, 8
FORMATTED, RAW = 1, 2


class CallerReport:
    """
    Remembers the latest call.

    :param country: whose exchange codes the names
    """

    def __init__(self, country: str) -> None:
        self.latest: CallerId | None = None
        self._coded = partial(_coded, CHARACTER_SETS.get(country, WESTERN))
        self._changed_ms: int | None = None  # when ringing last began or stopped
        self._ring_due_ms: int | None = None

    def ringing(self, on: bool, now_ms: int, delay_ms: int | None) -> list[str]:
        """
        Ringing current begins or stops.

        :param delay_ms: from the end of a burst to its RING, when cadence is reported (+VDR=1); None: RING at its begin
        :return: lines of cadence to tell, in 0.1 s
        """
        span = now_ms - (now_ms if self._changed_ms is None else self._changed_ms)
        self._changed_ms = now_ms
        if delay_ms is None:
            self._ring_due_ms = now_ms if on else None
            return []
        self._ring_due_ms = None if on else now_ms + delay_ms
        return [f"{'DROF' if on else 'DRON'}={round(span / 100)}"] if span else []

    def ring_due(self, now_ms: int) -> bool:
        """Whether RING is to be told now, once."""
        due = self._ring_due_ms is not None and now_ms >= self._ring_due_ms
        if due:
            self._ring_due_ms = None
        return due

    def text(self, caller: CallerId, form: int) -> bytes:
        """The message as the modem prints it in one piece; nothing when caller ID is off."""
        self.latest = caller
        if form == RAW:
            return _block([b"MESG = " + self._message(caller).hex().upper().encode()])
        return _block(self._fields(caller)) if form == FORMATTED else b""

    def _message(self, caller: CallerId) -> bytes:
        """The multiple data message format (0x80) with its checksum."""
        name = self._coded(caller.name)
        fields = [(TIME_FIELD, f"{caller.sent:%m%d%H%M}".encode())]
        fields.append((NUMBER_FIELD, caller.number.encode()) if caller.number else (NO_NUMBER_FIELD, b"P"))
        fields.append((NAME_FIELD, name) if name else (NO_NAME_FIELD, b"O" if caller.number else b"P"))
        body = b"".join(bytes((kind, len(value))) + value for kind, value in fields)
        whole = bytes((MDMF, len(body))) + body
        return whole + bytes((-sum(whole) % 256,))

    def _fields(self, caller: CallerId) -> Iterable[bytes]:
        name = self._coded(caller.name)
        yield f"DATE = {caller.sent:%m%d}".encode()
        yield f"TIME = {caller.sent:%H%M}".encode()
        yield f"NMBR = {caller.number or 'P'}".encode()
        if name or not caller.number:
            yield b"NAME = " + (name or b"P")


def _coded(character_set: str, name: str) -> bytes:
    """Without control characters, as much of it as 15 bytes hold."""
    name = "".join(letter for letter in name if letter.isprintable())
    while len(name.encode(character_set, "replace")) > NAME_CHARACTERS:
        name = name[:-1]
    return name.encode(character_set, "replace")


def _block(lines: Iterable[bytes]) -> bytes:
    """On lines one after the other, as the captured CX93001 has them: some programs take a blank one for the end."""
    return b"\r\n" + b"".join(line + b"\r\n" for line in lines)
