"""How a modem tells of a call that comes in: rings, their cadence, the caller's number."""

from collections.abc import Iterable

from callserver.emulator.loop import CallerId

NAME_CHARACTERS = 15
MDMF, TIME_FIELD, NUMBER_FIELD, NO_NUMBER_FIELD, NAME_FIELD, NO_NAME_FIELD = 0x80, 1, 2, 4, 7, 8
FORMATTED, RAW = 1, 2


class CallerReport:
    """Remembers the latest call."""

    def __init__(self) -> None:
        self.latest: CallerId | None = None
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
            return _lines([f"MESG = {message(caller).hex().upper()}"])
        return _lines(_fields(caller)) if form == FORMATTED else b""


def message(caller: CallerId) -> bytes:
    """The multiple data message format (0x80) with its checksum."""
    name = _name(caller).encode("gbk", "replace")
    fields = [(TIME_FIELD, f"{caller.sent:%m%d%H%M}".encode())]
    fields.append((NUMBER_FIELD, caller.number.encode()) if caller.number else (NO_NUMBER_FIELD, b"P"))
    fields.append((NAME_FIELD, name) if name else (NO_NAME_FIELD, b"O" if caller.number else b"P"))
    body = b"".join(bytes((kind, len(value))) + value for kind, value in fields)
    whole = bytes((MDMF, len(body))) + body
    return whole + bytes((-sum(whole) % 256,))


def _fields(caller: CallerId) -> Iterable[str]:
    yield f"DATE = {caller.sent:%m%d}"
    yield f"TIME = {caller.sent:%H%M}"
    yield f"NMBR = {caller.number or 'P'}"
    if _name(caller) or not caller.number:
        yield f"NAME = {_name(caller) or 'P'}"


def _name(caller: CallerId) -> str:
    """Without control characters, as much of it as 15 bytes hold."""
    name = "".join(letter for letter in caller.name if letter.isprintable())
    while len(name.encode("gbk", "replace")) > NAME_CHARACTERS:
        name = name[:-1]
    return name


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"\r\n{line}\r\n" for line in lines).encode("gbk", "replace")
