"""
What an exchange says of a caller: the messages of FSK caller ID (SDMF and MDMF) and the keys of DTMF caller ID.

Telcordia GR-30 and GR-31, ETSI EN 300 659-3, YDN 069-1997.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from callserver.dsp.caller_id.names import read_name

SDMF, MDMF = 0x04, 0x80
MESSAGE_TYPES = (SDMF, MDMF, 0x06, 0x82, 0x86, 0x89)  # also message waiting, charge, short messages
DATE_TIME, NUMBER, NUMBER_ABSENT, NAME, NAME_ABSENT = 0x01, 0x02, 0x04, 0x07, 0x08  # MDMF parameters
LONGEST_NUMBER = 24
DTMF_LIMIT_S = 3.0


class CallerIdError(Exception):
    """Bytes that are no caller-ID message; the text says why."""


@dataclass(frozen=True)
class CallerIdMessage:
    """
    One message as sent.

    `absence`: why there is no number: "P" withheld, "O" out of area or unavailable, "C" payphone, "S" service conflict.
    `name`: bytes, in the exchange's own code; `name_text` reads them.
    `parameters`: all of an MDMF message, by type, also those not known here; of one sent twice, the first.
    """

    kind: int
    number: str | None = None
    name: bytes | None = None
    date_time: str | None = None  # MMDDhhmm
    absence: str | None = None
    name_absence: str | None = None
    parameters: Mapping[int, bytes] = field(default_factory=dict)

    def name_text(self, country: str = "cn") -> str | None:
        """The name as the exchanges of a country code it, fit to be shown."""
        return None if self.name is None else read_name(self.name, country)


def parse_message(raw: bytes) -> CallerIdMessage:
    """
    Read type, length, content and checksum.

    :raises CallerIdError: cut short, wrong checksum, or a parameter that runs over the end
    """
    if len(raw) < 3 or len(raw) != raw[1] + 3:
        raise CallerIdError(f"{len(raw)} bytes instead of {raw[1] + 3 if len(raw) > 1 else 'at least 3'}")
    if sum(raw) & 0xFF:
        raise CallerIdError(f"checksum {raw[-1]:02X} instead of {-sum(raw[:-1]) & 0xFF:02X}")
    return _sdmf(raw[2:-1]) if raw[0] == SDMF else _mdmf(raw[0], raw[2:-1])


def build_mdmf(parameters: Mapping[int, bytes]) -> bytes:
    """
    A whole MDMF message, in the order given.

    :raises CallerIdError: longer than 255 bytes
    """
    content = b"".join(bytes([kind, len(value)]) + value for kind, value in parameters.items())
    return _with_checksum(MDMF, content)


def build_sdmf(date_time: str, number: str) -> bytes:
    """A whole SDMF message; `number` may be "P" or "O", `date_time` is MMDDhhmm."""
    return _with_checksum(SDMF, (date_time + number).encode("ascii"))


def _with_checksum(kind: int, content: bytes) -> bytes:
    if len(content) > 255:
        raise CallerIdError(f"{len(content)} bytes do not fit into a message")
    message = bytes([kind, len(content)]) + content
    return message + bytes([-sum(message) & 0xFF])


def _sdmf(content: bytes) -> CallerIdMessage:
    if len(content) < 9:
        raise CallerIdError(f"SDMF with {len(content)} bytes; date, time and number need 9")
    number, absence = _number_or_absence(content[8:])
    return CallerIdMessage(SDMF, number, date_time=_digits(content[:8]), absence=absence)


def _mdmf(kind: int, content: bytes) -> CallerIdMessage:
    parameters: dict[int, bytes] = {}
    rest = content
    while rest:
        if len(rest) < 2 or len(rest) < 2 + rest[1]:
            raise CallerIdError(f"parameter {rest[0]:02X} runs over the end")
        parameters.setdefault(rest[0], rest[2 : 2 + rest[1]])
        rest = rest[2 + rest[1] :]
    number, absence = _number_or_absence(parameters.get(NUMBER, b""))
    return CallerIdMessage(
        kind,
        number,
        parameters.get(NAME),
        _digits(parameters.get(DATE_TIME, b"")),
        _letter(parameters.get(NUMBER_ABSENT)) or absence,
        _letter(parameters.get(NAME_ABSENT)),
        parameters,
    )


def _number_or_absence(value: bytes) -> tuple[str | None, str | None]:
    """A number, or the letter that stands in its place."""
    if len(value) == 1 and value.isalpha():
        return None, _letter(value)
    digits = "".join(char for char in value.decode("ascii", "ignore") if char in "0123456789*#")
    return digits[:LONGEST_NUMBER] or None, None


def _letter(value: bytes | None) -> str | None:
    return value[:1].decode("ascii", "replace").upper() if value else None


def _digits(value: bytes) -> str | None:
    return value.decode("ascii") if re.fullmatch(rb"[0-9]{8}", value) else None


@dataclass(frozen=True)
class DtmfForm:
    """How the exchange frames a number sent as keys; China's exchanges differ in both marks."""

    start: str = "D"  # one of A B C D * #, or "" for none
    end: str = "C"


NORDIC_ABSENCE = {"1": "P", "2": "O", "3": "O"}  # Denmark: D1# restricted, D2# international, D3# unavailable
SPECIAL_ABSENCE = {"00": "O", "10": "P"}  # B00 not available, B10 restricted


def read_dtmf(keys: str, form: DtmfForm = DtmfForm()) -> CallerIdMessage | None:  # frozen
    """
    The caller in a whole sequence of keys, or None if it is none: 3 to 20 digits between start and end.

    With start A there may follow D and the diverting number, or B and a reason in place of the number; with end #,
    D and one digit stand for a reason.
    """
    if form.start == "A" and (special := re.fullmatch(rf"AB([0-9]+){re.escape(form.end)}", keys)):
        return CallerIdMessage(MDMF, absence=SPECIAL_ABSENCE.get(special[1], "O"))
    if form.end == "#" and (special := re.fullmatch(r"D([123])#", keys)):
        return CallerIdMessage(MDMF, absence=NORDIC_ABSENCE[special[1]])
    diverted = "(?:D[0-9]+)?(?:B[0-9]+)?" if form.start == "A" else ""
    found = re.fullmatch(rf"{re.escape(form.start)}([0-9]{{3,20}}){diverted}{re.escape(form.end)}", keys)
    return CallerIdMessage(MDMF, found[1]) if found else None


class DtmfCallerId:
    """Collects the keys before the first ring; there is no checksum, so it is strict about form and time."""

    def __init__(self, form: DtmfForm = DtmfForm()) -> None:  # frozen
        self._form = form
        self._keys: list[tuple[str, float]] = []

    def key(self, key: str, at_s: float) -> CallerIdMessage | None:
        """A key was heard; returns the caller with the end mark."""
        if key == self._form.start and not (self._keys and key == self._form.end):
            self._keys.clear()
        self._keys = [(earlier, s) for earlier, s in self._keys if at_s - s <= DTMF_LIMIT_S]
        self._keys.append((key, at_s))
        if key != self._form.end or len(self._keys) == 1:
            return None
        message = read_dtmf("".join(each for each, _ in self._keys), self._form)
        self._keys.clear()
        return message
