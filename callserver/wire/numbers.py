"""
Telephone numbers in one normal form: as they are dialled within the country, or out of it.

Exchanges, gateways and people write the same number as +86 138 0013 8000, 008613800138000, 8613800138000,
013800138000 or 13800138000. What is compared or looked up is the normal form; what came is kept beside it. The rules
of the countries are those of the library phonenumbers (Google's libphonenumber).
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberFormat, ValidationResult

NOT_DIALLED = re.compile(r"[^0-9*#]")
LONGEST = 24
REMEMBERED = 1024  # numbers: a caller's is asked for again and again in a call


def load(country: str) -> None:
    """Read the rules of a country, which takes some 10 ms; else the first number does it."""
    PhoneMetadata.metadata_for_region(country.upper())


def digits(written: str) -> str:
    """What of it can be dialled: 0-9, * and #."""
    return NOT_DIALLED.sub("", written)


@lru_cache(REMEMBERED)
def normal(written: str, country: str) -> str:
    """
    A number as one dials it in a country, digits only; what is no number of any country keeps its digits.

    :param written: with or without +, blanks and the like
    :param country: ISO 3166, of the line or of who wrote it
    """
    parsed = _parsed(written, country)
    if parsed is None:
        return digits(written)
    if parsed.country_code == phonenumbers.country_code_for_region(country.upper()):
        return digits(phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL))
    return digits(phonenumbers.format_out_of_country_calling_number(parsed, country.upper()))


@lru_cache(REMEMBERED)
def spellings(written: str, country: str) -> tuple[str, ...]:
    """All the ways in which a shop may have written down the number that this one is, itself among them, sorted."""
    found = {written, digits(written), normal(written, country)}
    parsed = _parsed(written, country)
    if parsed is not None:
        national = phonenumbers.national_significant_number(parsed)
        region = PhoneMetadata.metadata_for_region(country.upper())
        prefixes = ["", "+{}", "00{}", "{}", region.national_prefix or "" if region else ""]
        found |= {prefix.format(parsed.country_code) + national for prefix in prefixes}
    return tuple(sorted(found))


def beginning(written: str, country: str) -> str:
    """The digits of a number that is not written to its end, without what dials the country: of +86 139 it is 139."""
    code = phonenumbers.country_code_for_region(country.upper())
    typed = digits(written)
    prefix = str(code) if written.startswith("+") else f"00{code}"
    return typed.removeprefix(prefix) or typed


def is_possible(written: str, country: str) -> bool:
    """Whether it is as long as numbers of its country are."""
    try:
        parsed = phonenumbers.parse(written, country.upper())
    except NumberParseException:
        return False
    return phonenumbers.is_possible_number_with_reason(parsed) == ValidationResult.IS_POSSIBLE


def _parsed(written: str, country: str) -> PhoneNumber | None:
    """A valid number, None for any other: short codes, internal ones, what has * or # in it."""
    if len(written) > 2 * LONGEST or "*" in written or "#" in written:
        return None
    try:
        parsed = phonenumbers.parse(written, country.upper())
    except NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None
