"""What a modem lets itself be set: names, ranges, defaults."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    """
    A setting of whole numbers.

    :param ranges: for each number what is allowed, inclusive
    :param voice_only: ERROR outside +FCLASS=8
    :param frozen: accepted, and nothing changes
    """

    ranges: tuple[tuple[int, int], ...]
    default: tuple[int, ...]
    voice_only: bool = False
    frozen: bool = False

    def described(self) -> str:
        """The answer to =?."""
        return ",".join(f"({low}-{high})" if high > low + 1 else f"({low},{high})" for low, high in self.ranges)

    def read(self, text: str, current: Sequence[int]) -> tuple[int, ...]:
        """
        The numbers of a setting; those left out stay as they are.

        :raises ValueError: no number, out of range or too many
        """
        given = text.split(",")
        if len(given) > len(self.ranges):
            raise ValueError(text)
        values = list(current)
        for index, (number, (low, high)) in enumerate(zip(given, self.ranges, strict=False)):
            if number:
                values[index] = int(number)
            if not low <= values[index] <= high:
                raise ValueError(text)
        return tuple(values)


def _byte(default: int, **flags: bool) -> Parameter:
    return Parameter(((0, 255),), (default,), **flags)


PARAMETERS: dict[str, Parameter] = {
    "+VGR": _byte(128, voice_only=True),
    "+VGT": _byte(128, voice_only=True),
    "+VIT": _byte(0, voice_only=True),
    "+VTD": _byte(100, voice_only=True),
    "+VRA": _byte(50, voice_only=True),
    "+VRN": _byte(10, voice_only=True),
    "+VSD": Parameter(((0, 129), (0, 255)), (128, 0), voice_only=True, frozen=True),
    "+VDR": Parameter(((0, 1), (0, 6)), (0, 0)),
    "+VDT": Parameter(((0, 1), (0, 255)), (0, 0), frozen=True),
    "+VNH": Parameter(((0, 2),), (0,)),
    "+VCID": Parameter(((0, 2),), (0,)),
    "+FLO": Parameter(((0, 2),), (1,)),  # XON/XOFF, as fax programs expect
    "+FAR": Parameter(((0, 1),), (0,)),
    "+FCL": Parameter(((0, 255),), (0,), frozen=True),
    "+FIT": Parameter(((0, 255), (0, 1)), (0, 0), frozen=True),
    "+FDD": Parameter(((0, 1),), (0,)),
    "+FPR": Parameter(((0, 31),), (0,), frozen=True),
    "+IFC": Parameter(((0, 2), (0, 2)), (2, 2)),
    "-STE": Parameter(((0, 7),), (0,)),
    "-SCID": Parameter(((0, 1),), (0,)),
}

# Basic commands that only keep a number: the highest one allowed and the default.
BASIC: dict[str, tuple[int, int]] = {
    "E": (1, 1),
    "Q": (1, 0),
    "V": (1, 1),
    "L": (3, 1),
    "M": (3, 1),
    "N": (1, 1),
    "W": (2, 0),
    "X": (4, 4),
    "B": (3, 0),
    "&C": (1, 1),
    "&D": (3, 2),
    "&K": (6, 3),
    "&S": (1, 0),
    "&Q": (6, 5),
    "\\N": (5, 3),
    "%C": (3, 3),
}

REGISTERS: dict[int, int] = {
    0: 0,
    1: 0,
    2: 43,
    3: 13,
    4: 10,
    5: 8,
    6: 2,
    7: 50,
    8: 2,
    9: 6,
    10: 14,
    11: 85,
    12: 50,
    25: 5,
    29: 70,
    30: 0,
}
CARRIAGE_RETURN, LINE_FEED, BACKSPACE = 3, 4, 5
BEFORE_DIALLING_S, WAIT_FOR_ANSWER_S, COMMA_S, KEY_MS = 6, 7, 8, 11

# ITU-T T.35, annex A: the countries of which a line of ours can be, and the others that the chip can be set to.
COUNTRY_CODES = {
    "au": "09", "br": "16", "cn": "26", "de": "42", "es": "A0", "fr": "3D", "gb": "B4", "hk": "50", "in": "53",
    "it": "59", "jp": "00", "ru": "B8", "sg": "9C", "tw": "FE", "us": "B5",
}  # fmt: skip
OTHER_COUNTRY_CODES = (
    "0A", "0F", "20", "31", "3C", "51", "54", "57", "58", "61", "69", "6C", "73", "7B", "7E", "82", "89", "8A", "8B",
    "9F", "A5", "A6", "A9",
)  # fmt: skip
ALL_COUNTRY_CODES = tuple(sorted({*COUNTRY_CODES.values(), *OTHER_COUNTRY_CODES}))
PROFILES = 2  # AT&W0, AT&W1
