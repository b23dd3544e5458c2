"""Where a caller lives, as far as the shop's regions go."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import phonenumbers
from twisted.internet.defer import Deferred

from callserver.wire.catalogue import LANGUAGES

CHINESE_FROM = "\u2e80"
AREAS = Path(__file__).with_name("areas.toml")
ENGLISH_STREET = (
    r"(?![\w-])(?!\s+(?:(?:east|west|north|south|middle|[ewns]\.?|dong|xi|nan|bei|zhong)\s*)?"
    r"(?:road|rd|street|st|avenue|ave|lane|lu|jie)\b)"
)


class Office(Protocol):
    """A place outside that is told of faults."""

    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def phone(self) -> str:
        """As one dials it from the shop."""

    @property
    def calendar(self) -> str:
        """Its hours; "": always open."""


class OfficeBook(Protocol):
    """The shop's regions and offices, as they are now."""

    def region_names(self) -> Collection[str]: ...
    def region_of(self, number: str) -> str:
        """The region with the longest code that a telephone number, or an area code, begins with; "": none."""

    def offices_of(self, region: str) -> Sequence[Office]:
        """The nearest first; a region without any has those of its parent."""

    def office(self, number: str) -> Office | None:
        """The one of this number."""

    def is_open(self, name: str, now: datetime) -> bool:
        """A calendar at an aware moment."""


class FoundBy(Enum):
    """What told the region; stored with the case."""

    ADDRESS = "address"  # of the customer, who has proved who he is
    NUMBER = "number"  # the caller's
    AREA_CODE = "area_code"  # he keyed it in
    ASKED = "asked"  # by an agent
    NOTHING = "nothing"


@dataclass(frozen=True)
class Known:
    """What is known of where a caller lives, the surest first."""

    address: str = ""
    number: str = ""
    asked: str = ""  # a region, by its name
    ask_area_code: Callable[[], Deferred[str]] | None = None  # asks him, if nothing else tells
    office: str = ""  # this one and no other, by its number


async def region_of(known: Known, book: OfficeBook, place_of: Callable[[str], Deferred[str]]) -> tuple[str, FoundBy]:
    """
    The region by the first that yields one; "" if nothing does.

    :param place_of: a number's place in words, as `places` gives it
    """
    names = book.region_names()
    if region := named_in(known.address, names):
        return region, FoundBy.ADDRESS
    if known.number and (region := book.region_of(known.number) or _named(await place_of(known.number), names)):
        return region, FoundBy.NUMBER
    if known.ask_area_code is not None and (region := await _keyed(known.ask_area_code, book, names, place_of)):
        return region, FoundBy.AREA_CODE
    return (known.asked, FoundBy.ASKED) if known.asked in names else ("", FoundBy.NOTHING)


async def _keyed(
    ask: Callable[[], Deferred[str]], book: OfficeBook, names: Collection[str], place_of: Callable[[str], Deferred[str]]
) -> str:
    code = await ask()
    with_zero = code if code.startswith("0") else f"0{code}"
    if not code.strip("0"):
        return ""
    return book.region_of(with_zero) or _named(await place_of(with_zero), names)


def named_in(place: str, names: Collection[str]) -> str:
    """
    The region that an address, or a place in words, names most closely; "": none.

    Chinese goes from the province to the street, so the last name counts; English the other way. A name counts
    whole, and not as a part of another or of a street's: neither Xinjiang nor Fox Street is in region x, nor is 南京路
    in 南京.
    """
    chinese = any(character >= CHINESE_FROM for character in place)
    text = place.casefold()
    known = {name.casefold(): name for name in names if name and name.casefold() in text}
    found = [(at, name) for name in known for at in _whole(name, text, known)]
    if not found:
        return ""
    return known[max(found, key=lambda one: (one[0] if chinese else -one[0], len(one[1])))[1]]


def _whole(name: str, text: str, names: Collection[str]) -> Iterator[int]:
    """Where a name stands whole: English by its words; Chinese first, behind the area around it, or with its kind."""
    if name[0] >= CHINESE_FROM:
        areas = _areas()
        around = "|".join([*areas["provinces"], *map(re.escape, names)])
        before = rf"(?:^|[\W\da-z{areas['kinds']}]|{around}|(?={re.escape(name)}[{areas['small']}]))"
        behind = f"(?!{areas['street']})"
    else:
        before, behind = r"(?<![\w-])", ENGLISH_STREET
    for found in re.finditer(f"{before}(?P<name>{re.escape(name)}){behind}", text):
        yield found.start("name")


@cache
def _areas() -> Mapping[str, Any]:
    """How a Chinese address is divided."""
    return tomllib.loads(AREAS.read_text("utf-8"))


def _named(places: str, names: Collection[str]) -> str:
    """By the first place, a line each, that is called as a region: Urumchi, Xinjiang is in no other than those two."""
    known = {name.casefold(): name for name in names}
    for place in places.split("\n"):
        parts = [part.strip().casefold() for part in re.split("[,/]", place)]
        called = next((known[part] for part in parts if part in known), "")
        if region := called or (named_in(place, names) if place[:1] >= CHINESE_FROM else ""):
            return region
    return ""


def places(number: str, country: str) -> str:
    """
    What a number's area code or mobile prefix says of its place, by Google's tables: a line in Chinese, one in English.

    Takes half a second the first time: for a thread.

    :param number: as one dials it in the country; an area code with its 0 is enough
    """
    from phonenumbers import geocoder  # large, and most shops' codes tell

    for one in (number, number.ljust(11, "6"), number.ljust(12, "6")):  # an area code alone is no number yet
        try:
            parsed = phonenumbers.parse(one, country.upper())
        except phonenumbers.NumberParseException:
            continue
        described = [geocoder.description_for_number(parsed, language) for language in LANGUAGES]
        if any(described):
            return "\n".join(described)
    return ""
