"""What caller ID may contain: a claim from outside, checked before anybody sees it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from callserver.dsp.caller_id.names import read_name
from callserver.wire.numbers import normal

NUMBER = re.compile(r"[0-9*#]{1,24}")
PUNCTUATION = str.maketrans("", "", " -./()\u00a0")
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

    :param fields: values by tag, NMBR and NAME; others (date, time: the exchange's own clock) are not used
    :param country: of the exchange, ISO 3166
    """
    text = fields.get("NMBR", b"").decode("ascii", "replace").strip()
    written = text.translate(PUNCTUATION)
    number = written.removeprefix("+")
    name = read_name(fields.get("NAME", b""), country)
    shown = None if name in ("", "P", "O") else name
    if NUMBER.fullmatch(number):
        return CallingParty(number, shown, normal=normal(written, country))
    return CallingParty(None, shown, withheld=UNKNOWN.fullmatch(text) is not None)
