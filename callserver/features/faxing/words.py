"""What comes of faxes in words that a shop understands, whatever it came from."""

from callserver.wire.catalogue import N_, known, plural
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult
from callserver.wire.fax_results import BY_CODE
from callserver.wire.words import reason_text

DIRECTIONS = {"in": N_("to us"), "out": N_("from us")}


def not_reached(result: DialResult) -> str:
    """As it is stored that a number was not reached."""
    return str(Reason(Cause.NOT_REACHED, result.value))


def pages_text(n: int, language: str) -> str:
    """So many pages."""
    return plural(language, "{n} page", "{n} pages", n)


def result_text(result: str | None, language: str) -> str:
    """In "zh" or "en"; the code of another version as it is."""
    code = result or ""
    return known(language, BY_CODE[code]) if code in BY_CODE else reason_text(code, language)
