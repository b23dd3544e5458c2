"""Which chip this is and what it can do, from its own answers; ATI alone names an old and a new one alike."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callserver.dsp.codecs import A_LAW, LINEAR_16, MU_LAW, UNSIGNED_8, Codec
from callserver.dsp.frames import RATE_HZ
from callserver.wire.catalogue import Complaint

COMPRESSION = re.compile(r'(\d+),\s*"([^"]*)",\s*(\d+),\s*\(?\d+\)?,\s*(\([^)]*\)|\d+)')
CONNECTION = re.compile(r'(\d+),\s*"([^"]*)"')

# By name and bits, best first: numbers are not portable between makers.
USABLE = (
    (re.compile(r"\b(?:MU|U)[- ]?LAW\b", re.IGNORECASE), 8, MU_LAW),
    (re.compile(r"\bA[- ]?LAW\b", re.IGNORECASE), 8, A_LAW),
    (re.compile(r"\b(?:LINEAR|SIGNED PCM)\b", re.IGNORECASE), 16, LINEAR_16),
    (re.compile(r"\b(?:LINEAR|UNSIGNED PCM)\b", re.IGNORECASE), 8, UNSIGNED_8),
)


class Declined(Complaint):
    """This modem cannot serve a line; the text says why."""


@dataclass(frozen=True)
class Profile:
    """A family of chips, and what its members want beside the standard's commands."""

    family: str
    optional_settings: tuple[str, ...] = ()


# -STE=7: report an extension's hook, and the loop current's interruption: the best hang-up signal there is.
CONEXANT = Profile("Conexant CX93001", ("AT-STE=7",))
CONEXANT_HCF = Profile("Conexant HCF or USR softmodem", ("AT-STE=7",))
SILICON_LABS = Profile("Silicon Labs Si24xx")
USR = Profile("USR 5637")
LUCENT = Profile("Lucent/Agere")
STANDARD = Profile("V.253")


@dataclass(frozen=True)
class Compression:
    """One line of +VSM=?."""

    number: int
    name: str
    bits: int
    rates: str

    @property
    def codec(self) -> Codec | None:
        """Ours for it, if we have one."""
        if not _offers(self.rates, RATE_HZ):
            return None
        return next((codec for name, bits, codec in USABLE if bits == self.bits and name.search(self.name)), None)


@dataclass(frozen=True)
class Answers:
    """What a modem said when it was asked about itself; lines, as they came."""

    identity: Sequence[str]
    classes: Sequence[str]
    codecs: Sequence[str]
    connections: Sequence[str]
    duplex: bool  # it knows +VTR


@dataclass(frozen=True)
class Modem:
    """A modem that can serve a line."""

    identity: tuple[str, ...]
    profile: Profile
    codec: Codec
    codec_number: int
    off_hook_label: int
    fax_class_1: bool


def _offers(rates: str, rate_hz: int) -> bool:
    """Whether (7200,8000), (4800-11025) or 8000 holds the rate."""
    spans = (tuple(map(int, re.findall(r"\d+", span))) for span in rates.split(","))
    return any(span and span[0] <= rate_hz <= span[-1] for span in spans)


def compressions(lines: Iterable[str]) -> list[Compression]:
    """The lines of +VSM=? that have the standard's form."""
    found = (COMPRESSION.search(line) for line in lines)
    return [Compression(int(m[1]), m[2], int(m[3]), m[4]) for m in found if m]


def profile_of(offered: Sequence[Compression], identity: Sequence[str]) -> Profile:
    """The family, by the makers' own codec numbers, then by the maker's name."""
    kinds = {c.number: (c.name.upper(), c.bits) for c in offered}
    name_131, name_128 = kinds.get(131, ("", 0))[0], kinds.get(128, ("", 0))[0]
    makers = " ".join(identity).upper()
    rules = (
        ("ULAW" in name_131, CONEXANT_HCF),
        (kinds.get(129, ("", 0))[1] == 16, LUCENT),
        ("8-BIT LINEAR" in name_128, USR),
        (kinds.get(140, ("", 0))[0].startswith("2 BIT"), CONEXANT),
        ({0, 1, 4, 5} <= kinds.keys(), SILICON_LABS),
        ("CONEXANT" in makers or "CX930" in makers, CONEXANT),
        ("LUCENT" in makers or "AGERE" in makers, LUCENT),
        ("SI24" in makers, SILICON_LABS),
    )
    return next((profile for fits, profile in rules if fits), STANDARD)


def _classes(lines: Iterable[str]) -> set[str]:
    """0,1,1.0,8 as a set; the name of the command, where it is repeated, does not count."""
    return {word for line in lines for word in re.findall(r"\d+(?:\.\d+)?", line.rpartition(":")[2])}


def off_hook_label(lines: Iterable[str]) -> int:
    """The first label that connects the modem and the line ("T") and nothing else; 1 in the standard, 2 in IS-101."""
    found = (CONNECTION.search(line) for line in lines)
    return next((int(m[1]) for m in found if m and m[2] == "T"), 1)


def demand_voice(classes: Sequence[str], old_classes: Sequence[str]) -> None:
    """
    Check the answers to +FCLASS=? and #CLS=?, empty for an ERROR.

    :raises Declined: no voice mode, or only that of the '#V' commands of old Rockwell chips
    """
    if "8" in _classes(classes):
        return
    if "8" in _classes(old_classes):
        raise Declined("this modem knows only the old '#V' voice commands (#CLS=8); one with +FCLASS=8 is needed")
    raise Declined("this modem has no voice: +FCLASS=? says {classes}, 8 is missing", classes=", ".join(classes) or "-")


def judge(answers: Answers) -> Modem:
    """
    What a modem with voice can do for a line.

    :raises Declined: no duplex, or no codec of ours
    """
    if not answers.duplex:
        raise Declined("this modem cannot hear while it speaks (no +VTR); half-duplex lines are not served yet")
    offered = compressions(answers.codecs)
    usable = [(codec, c.number) for c in offered if (codec := c.codec) is not None]
    if not usable:
        names = ", ".join(f"{c.name} {c.bits} bit" for c in offered) or "-"
        raise Declined("no codec in common at {rate_hz} Hz; +VSM=? offers {names}", rate_hz=RATE_HZ, names=names)
    order = [codec for _, _, codec in USABLE]
    codec, number = min(usable, key=lambda choice: order.index(choice[0]))
    return Modem(
        identity=tuple(answers.identity),
        profile=profile_of(offered, answers.identity),
        codec=codec,
        codec_number=number,
        off_hook_label=off_hook_label(answers.connections),
        fax_class_1="1" in _classes(answers.classes),
    )
