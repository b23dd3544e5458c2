"""Which chip this is and what it can do, from its own answers; ATI alone names an old and a new one alike."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from callserver.dsp.codecs import A_LAW, LINEAR_16, MU_LAW, UNSIGNED_8, Codec
from callserver.dsp.frames import RATE_HZ
from callserver.wire.catalogue import Complaint

# One line of +VSM=?: number, name, and in the standard bits, timing, rates ...; makers leave out what they like.
ENTRY = re.compile(r'^\W*(?P<number>\d+)\s*[,;]\s*(?:"(?P<quoted>[^"]*)"|(?P<bare>[^,;"()]+))\s*(?:[,;](?P<rest>.*))?$')
FIELD = re.compile(r"\([^)]*\)|[^,;()]+")
BITS_IN_NAME = re.compile(r"(\d+)[- ]?BITS?\b|G\.?7(?:11)|LAW\b", re.IGNORECASE)
LOWEST_RATE_HZ = 4000
STANDARD_BITS = {0: 8, 1: 8, 4: 8, 5: 8}  # V.253, table 17: what the number says when nothing else does
CONNECTION = re.compile(r'(\d+),\s*"([^"]*)"')

# By name and bits, best first: numbers are not portable between makers.
USABLE = (
    (re.compile(r"\b(?:MU|U|\u00b5)[- ]?LAW\b|\bG\.?711[- ]?(?:MU|U)\b|\bPCMU\b", re.IGNORECASE), 8, MU_LAW),
    (re.compile(r"\bA[- ]?LAW\b|\bG\.?711[- ]?A\b|\bPCMA\b", re.IGNORECASE), 8, A_LAW),
    (re.compile(r"^(?!.*\bUNSIGNED).*\b(?:LINEAR|SIGNED PCM)\b", re.IGNORECASE), 16, LINEAR_16),
    (re.compile(r"^(?!.*\bSIGNED).*\b(?:LINEAR|UNSIGNED)\b", re.IGNORECASE), 8, UNSIGNED_8),
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
    rates: str  # "" if it does not say

    def fits(self, bytes_per_s: float) -> bool:
        """Whether its sound, with a <DLE> doubled now and then, gets through a port."""
        return RATE_HZ * self.bits / 8 * (1 + 1 / 64) <= bytes_per_s

    @property
    def codec(self) -> Codec | None:
        """Ours for it, if we have one."""
        if self.rates and not _offers(self.rates, RATE_HZ):
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
    reads_back_caller_id: bool = False  # +VCID? says what was set


def _offers(rates: str, rate_hz: int) -> bool:
    """Whether (7200,8000), (4800-11025) or 8000 holds the rate."""
    spans = (tuple(map(int, re.findall(r"\d+", span))) for span in rates.split(","))
    return any(span and span[0] <= rate_hz <= span[-1] for span in spans)


def compressions(lines: Iterable[str]) -> list[Compression]:
    """The lines of +VSM=?: in the standard's form, without bits and timing, without quotes, several in one."""
    entries = (entry for line in lines for entry in _entries(line))
    found = (ENTRY.match(entry) for entry in entries)
    return [_compression(m) for m in found if m]


def _entries(line: str) -> list[str]:
    """A list in brackets, `(1,"A",8),(2,"B",8)`, as its entries; any other line is one."""
    text = line.partition("+VSM:")[2].strip() or line.strip()
    return re.split(r"\)\s*,\s*\((?=\d+\s*,\s*\D)", text) if text.startswith("(") else [text]


def _compression(entry: re.Match[str]) -> Compression:
    number, name = int(entry["number"]), (entry["quoted"] or entry["bare"] or "").strip()
    fields = FIELD.findall(entry["rest"] or "")
    is_rate = [any(int(n) >= LOWEST_RATE_HZ for n in re.findall(r"\d{1,9}", field)) for field in fields]
    rates = ",".join(field for field, rate in zip(fields, is_rate, strict=True) if rate)
    first = fields[0].strip(" ()") if fields and not is_rate[0] else ""
    in_name = BITS_IN_NAME.search(name)
    bits = int(first) if first.isdecimal() else int(in_name[1] or 8) if in_name else STANDARD_BITS.get(number, 0)
    return Compression(number, name, bits, rates)


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


def judge(answers: Answers, bytes_per_s: float = inf) -> Modem:
    """
    What a modem with voice can do for a line.

    :param bytes_per_s: what the port between carries
    :raises Declined: no duplex, or no codec of ours
    """
    if not answers.duplex:
        raise Declined("this modem cannot hear while it speaks (no +VTR); half-duplex lines are not served yet")
    offered = compressions(answers.codecs)
    usable = [(codec, c.number) for c in offered if (codec := c.codec) is not None and c.fits(bytes_per_s)]
    if not usable:
        if any(c.codec for c in offered):
            raise Declined("this modem offers only 16-bit sound, which its serial port is too slow for")
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
