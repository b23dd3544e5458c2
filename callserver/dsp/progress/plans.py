"""
The tones of each country's exchanges, and how it rings.

ITU-T E.180 supplement 2, as collected in Asterisk's indications.conf; China completed from exchange makers' tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from callserver.dsp.tones import FOR_EVER_S, Burst, Cadence, cadence
from callserver.wire.catalogue import Complaint

TONE_NAMES = (
    "dial",
    "ringback",
    "busy",
    "congestion",
    "unobtainable",
    "sit",
    "call_waiting",
    "trunk_offering",
    "third_party",
    "information",
    "howler",
)


@dataclass(frozen=True)
class Plan:
    """What one country's exchange sounds like; `ring_s` is the bell: seconds on, off, on, off."""

    code: str
    name: str
    tones: Mapping[str, Cadence]  # by the names of TONE_NAMES
    ring_s: tuple[float, ...]
    tolerance_hz: float = 8.5  # 2 % of 425 Hz


class UnknownPlan(Complaint, ValueError):
    """There is none of that name."""


def plan(code: str) -> Plan:
    """
    The plan of a country by its two letters.

    :raises ValueError: not known; the text names those that are
    """
    if code not in PLANS:
        raise UnknownPlan("no tone plan {code}; there are {plans}", code=repr(code), plans=", ".join(PLANS))
    return PLANS[code]


def _sit(*, gap_s: float = 0.0, pause_s: float = 1.0) -> Cadence:
    """Special information tone: ITU-T E.180, three rising tones of 330 ms."""
    return Cadence(
        (
            Burst((950.0,), 0.33, gap_s),
            Burst((1400.0,), 0.33, gap_s),
            Burst((1800.0,), 0.33, pause_s),
        )
    )


def _chinese_howler() -> Cadence:
    """950 Hz in five rising steps; the last one stays."""
    steps = [Burst((950.0,), 3.0, relative_db=db) for db in (-12.0, -9.0, -6.0, -3.0)]
    return Cadence((*steps, Burst((950.0,), FOR_EVER_S)))


def _australian_congestion() -> Cadence:
    return Cadence((Burst((425.0,), 0.375, 0.375), Burst((425.0,), 0.375, 0.375, relative_db=-10.0)))


BELL = (2.0, 4.0)
DOUBLE_BELL = (0.4, 0.2, 0.4, 2.0)
EURO_BELL = (1.0, 4.0)
AMERICAN_DIAL, AMERICAN_RINGBACK, AMERICAN_BUSY = (350.0, 440.0), (440.0, 480.0), (480.0, 620.0)

PLANS: dict[str, Plan] = {
    each.code: each
    for each in (
        Plan(
            "cn",
            "China",
            {
                "dial": cadence([450]),
                "ringback": cadence([450], 1, 4),
                "busy": cadence([450], 0.35, 0.35),
                "congestion": cadence([450], 0.7, 0.7),
                "unobtainable": cadence([450], 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4, 0.4),
                "call_waiting": cadence([450], 0.4, 4),
                "trunk_offering": cadence([450], 0.2, 0.2, 0.2, 0.6),
                "third_party": cadence([1400], 0.4, 10),
                "howler": _chinese_howler(),
            },
            (1.0, 4.0),
            25.0,
        ),
        Plan(
            "us",
            "USA and Canada",
            {
                "dial": cadence(AMERICAN_DIAL),
                "ringback": cadence(AMERICAN_RINGBACK, 2, 4),
                "busy": cadence(AMERICAN_BUSY, 0.5, 0.5),
                "congestion": cadence(AMERICAN_BUSY, 0.25, 0.25),
                "sit": _sit(),
                "call_waiting": cadence([440], 0.3, 10),
            },
            BELL,
        ),
        Plan(
            "gb",
            "United Kingdom",
            {
                "dial": cadence(AMERICAN_DIAL),
                "ringback": cadence([400, 450], 0.4, 0.2, 0.4, 2),
                "busy": cadence([400], 0.375, 0.375),
                "congestion": cadence([400], 0.4, 0.35, 0.225, 0.525),
                "unobtainable": cadence([400]),
                "sit": _sit(gap_s=0.015),
            },
            DOUBLE_BELL,
        ),
        Plan(
            "de",
            "Germany",
            {
                "dial": cadence([425]),
                "ringback": cadence([425], 1, 4),
                "busy": cadence([425], 0.48, 0.48),
                "congestion": cadence([425], 0.24, 0.24),
                "sit": _sit(),
            },
            EURO_BELL,
        ),
        Plan(
            "fr",
            "France",
            {
                "dial": cadence([440]),
                "ringback": cadence([440], 1.5, 3.5),
                "busy": cadence([440], 0.5, 0.5),
                "congestion": cadence([440], 0.25, 0.25),
                "sit": _sit(),
            },
            (1.5, 3.5),
        ),
        Plan(
            "it",
            "Italy",
            {
                "dial": cadence([425], 0.2, 0.2, 0.6, 1),
                "ringback": cadence([425], 1, 4),
                "busy": cadence([425], 0.5, 0.5),
                "congestion": cadence([425], 0.2, 0.2),
                "sit": _sit(),
            },
            EURO_BELL,
        ),
        Plan(
            "es",
            "Spain",
            {
                "dial": cadence([425]),
                "ringback": cadence([425], 1.5, 3),
                "busy": cadence([425], 0.2, 0.2),
                "congestion": cadence([425], 0.2, 0.2, 0.2, 0.2, 0.2, 0.6),
            },
            (1.5, 3.0),
        ),
        Plan(
            "ru",
            "Russia",
            {
                "dial": cadence([425]),
                "ringback": cadence([425], 1, 4),
                "busy": cadence([425], 0.35, 0.35),
                "congestion": cadence([425], 0.175, 0.175),
                "sit": _sit(),
            },
            EURO_BELL,
        ),
        Plan(
            "jp",
            "Japan",
            {
                "dial": cadence([400]),
                "ringback": cadence([400], 1, 2, modulation_hz=16),
                "busy": cadence([400], 0.5, 0.5),
            },
            (1.0, 2.0),
        ),
        Plan(
            "au",
            "Australia",
            {
                "dial": cadence([413, 438]),
                "ringback": cadence([413, 438], 0.4, 0.2, 0.4, 2),
                "busy": cadence([425], 0.375, 0.375),
                "congestion": _australian_congestion(),
                "information": cadence([425], 2.5, 0.5),
            },
            DOUBLE_BELL,
        ),
        Plan(
            "in",
            "India",
            {
                "dial": cadence([400], modulation_hz=25),
                "ringback": cadence([400], 0.4, 0.2, 0.4, 2, modulation_hz=25),
                "busy": cadence([400], 0.75, 0.75),
                "congestion": cadence([400], 0.25, 0.25),
                "sit": _sit(),
            },
            DOUBLE_BELL,
        ),
        Plan(
            "hk",
            "Hong Kong",
            {
                "dial": cadence(AMERICAN_DIAL),
                "ringback": cadence(AMERICAN_RINGBACK, 0.4, 0.2, 0.4, 3),
                "busy": cadence(AMERICAN_BUSY, 0.5, 0.5),
                "congestion": cadence(AMERICAN_BUSY, 0.25, 0.25),
            },
            (0.4, 0.2, 0.4, 3.0),
        ),
        Plan(
            "tw",
            "Taiwan",
            {
                "dial": cadence(AMERICAN_DIAL),
                "ringback": cadence(AMERICAN_RINGBACK, 1, 2),
                "busy": cadence(AMERICAN_BUSY, 0.5, 0.5),
                "congestion": cadence(AMERICAN_BUSY, 0.25, 0.25),
            },
            (1.0, 2.0),
        ),
        Plan(
            "sg",
            "Singapore",
            {
                "dial": cadence([425]),
                "ringback": cadence([425], 0.4, 0.2, 0.4, 2, modulation_hz=24),
                "busy": cadence([425], 0.75, 0.75),
                "congestion": cadence([425], 0.25, 0.25),
            },
            DOUBLE_BELL,
        ),
        Plan(
            "br",
            "Brazil",
            {
                "dial": cadence([425]),
                "ringback": cadence([425], 1, 4),
                "busy": cadence([425], 0.25, 0.25),
                "congestion": cadence([425], 0.25, 0.25, 0.75, 0.25),
            },
            EURO_BELL,
        ),
    )
}
