"""Numbers that are said sign by sign: telephone, order and tracking numbers."""

import re
from unicodedata import category, normalize

import phonenumbers
from twisted.logger import Logger

log = Logger()

GROUPS = re.compile(r"(?:[a-z]*[0-9]){1,4}|[a-z]+")  # a listener writes down four digits and waits for more
MOBILE = re.compile(r"(1[3-9]\d)(\d{4})(\d{4})")  # everybody in China groups it so


def digits(language: str, text: str) -> list[str]:
    """
    A number said sign by sign, with a pause after every fourth digit: telephone, order or tracking number.

    A mobile number is grouped 3-4-4. A-Z are letters; full-width signs and other scripts' digits count as ours; blanks
    and punctuation, which are not said, begin a new group. Any other sign cannot be said: it is left out, and the log
    tells.
    """
    figure = "digit" if language == "zh" else "number"
    said: list[str] = []
    for group in _groups(text):
        said += ["pause"] * bool(said)
        said += [f"{figure}-{sign}" if sign.isdigit() else f"letter-{sign}" for sign in group]
    return said


def _groups(text: str) -> list[str]:
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in normalize("NFKC", text).lower())
    if unsaid := "".join(sign for sign in plain if not _has_prompt(sign)):
        log.warn("no prompts for {signs} of {text}: left out", signs=repr(unsaid), text=repr(text))
    sayable = "".join(sign for sign in plain if _has_prompt(sign)).strip()
    mobile = MOBILE.fullmatch(sayable)
    return [*mobile.groups()] if mobile else GROUPS.findall(sayable)


def _has_prompt(sign: str) -> bool:
    """Or needs none."""
    return (sign.isascii() and sign.isprintable()) or sign.isspace() or category(sign)[0] in "PZ"


def telephone(language: str, number: str, country: str = "CN") -> list[str]:
    """
    A telephone number as it is dialled from here, in the groups in which people there write it.

    A number that begins with + is said as it is dialled from here, a foreign one with 00 and its country's; of any
    other, and wherever it is from, exactly the digits that it has are said.

    :param country: where the shop is, ISO 3166
    """
    return digits(language, _as_dialled(number, country))


def _as_dialled(number: str, country: str) -> str:
    try:
        parsed = phonenumbers.parse(number, country.upper())
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_valid_number(parsed):  # an extension, a service's short number, a slip
        return number
    grouped = phonenumbers.format_out_of_country_calling_number(parsed, country.upper())
    return grouped if number.startswith("+") or _figures(grouped) == _figures(number) else number


def _figures(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())
