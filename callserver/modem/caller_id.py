"""What caller ID may contain: a claim from outside, checked before anybody sees it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from callserver.dsp.caller_id.messages import MDMF, NAME, NUMBER, CallerIdError, CallerIdMessage, parse_message
from callserver.dsp.caller_id.names import read_name
from callserver.wire.numbers import normal

DIALABLE_NUMBER = 0x03  # a parameter of an MDMF message
DIGITS = re.compile(r"[0-9*#]{1,24}")
NOT_DIALLED = ("C", "Z", "P")  # Unicode's controls, blanks and punctuation, but * and #
UNKNOWN = re.compile(r"[A-Za-z][A-Za-z ._/-]*")  # P, O, PRIVATE, OUT OF AREA ...: unknown words count as withheld


@dataclass(frozen=True)
class CallingParty:
    """Who calls, as far as the exchange says and as far as it can be shown."""

    number: str | None = None  # [0-9*#]{1,24}, as received
    name: str | None = None  # at most 32 characters, none of them a control or formatting character
    withheld: bool = False
    normal: str | None = field(default=None, compare=False)  # the number as one dials it here


def calling_party(fields: Mapping[str, bytes], country: str = "cn") -> CallingParty:
    """
    The fields of one call.

    :param fields: values by tag, NMBR, NAME and MESG; others (date, time: the exchange's own clock) are not used
    :param country: of the exchange, ISO 3166
    """
    fields = {**_inside_a_message(fields.get("MESG", b"")), **fields}
    text = fields.get("NMBR", b"").decode("utf-8", "replace").strip()
    written = _without_punctuation(text)
    number = written.removeprefix("+")
    name = read_name(fields.get("NAME", b""), country)
    shown = None if name in ("", "P", "O") else name
    if DIGITS.fullmatch(number):
        return CallingParty(number, shown, normal=normal(written, country))
    return CallingParty(None, shown, withheld=UNKNOWN.fullmatch(text) is not None)


def _without_punctuation(text: str) -> str:
    """As it is dialled, however it is set: with hyphens of any kind, quotes, in full width, with a NUL at its end."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(char for char in plain if char in "*#" or unicodedata.category(char)[0] not in NOT_DIALLED)


def _inside_a_message(text: bytes) -> dict[str, bytes]:
    """
    What a modem did not take apart, in hex: a whole message of the line, or one parameter that it does not know.

    Some exchanges send the number as parameter 3 (dialable number), which few chips know.
    """
    try:
        raw = bytes.fromhex(text.decode("ascii"))
        message = parse_message(raw)
    except CallerIdError:
        message = CallerIdMessage(MDMF, parameters={raw[0]: raw[2:]} if len(raw) > 1 and len(raw) == raw[1] + 2 else {})
    except ValueError:
        return {}
    numbers = [message.parameters[kind] for kind in (NUMBER, DIALABLE_NUMBER) if kind in message.parameters]
    number = message.number.encode() if message.number else (message.absence or "").encode()
    found = {"NMBR": next(iter(numbers), number), "NAME": message.name or message.parameters.get(NAME, b"")}
    return {tag: value for tag, value in found.items() if value}
