"""Which calls are recorded without anybody's demand: a pure function of what is known of a call at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from callserver.config import RecordingConfig
from callserver.config.record_rules import RecordRule

IN_HOUSE = "internal"


class Wish(Enum):
    """What the shop's rules want of a call."""

    NOTHING = "nothing"
    RECORD = "record"
    BY_VOICE = "by voice"  # whenever somebody speaks


@dataclass(frozen=True)
class Known:
    """
    What is known of a call.

    :param line: the number of its outside line; 0: it has none
    :param queue: in which it waits or has waited last
    :param parties: who takes part: "line 3", "seat 801"
    """

    line: int = 0
    direction: str = "in"
    queue: str = ""
    parties: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RecordingRules:
    """
    :param always: what is wanted of calls that no rule fits; a call in the house is recorded by a rule alone that says
        `internal`
    :param recent_s: how much a recording on demand begins with
    :param menus: whether the time in menus and queues is recorded, too, and not only talks
    :param level_dbm0, silence_s: by voice, a recording begins at this level and ends after so much silence
    """

    always: bool = True
    recent_s: float = 0.0
    rules: tuple[RecordRule, ...] = ()
    menus: bool = True
    level_dbm0: float = -40.0
    silence_s: float = 5.0

    def wish(self, call_id: str, known: Known) -> Wish:
        """
        Of the first rule that fits; of a share the same calls whenever it is asked, for the call's id decides.

        A rule for a queue or a seat does not fit before the call is there, and a seat's no more when it has left.
        """
        rule = next((rule for rule in self.rules if fits(rule, known)), None)
        if rule is not None and rule.by_voice:
            return Wish.BY_VOICE
        if not self.menus and len(known.parties) < 2:
            return Wish.NOTHING
        if rule is None:
            return Wish.RECORD if self.always and known.direction != IN_HOUSE else Wish.NOTHING
        return Wish.RECORD if drawn(call_id) < rule.share else Wish.NOTHING


def recording_rules(settings: RecordingConfig) -> RecordingRules:
    """As config.ini says."""
    return RecordingRules(
        settings.calls == "all",
        settings.recent_s,
        settings.rules,
        settings.menus,
        settings.voice_level_dbm0,
        settings.voice_silence_s,
    )


def fits(rule: RecordRule, known: Known) -> bool:
    """Whether all holds that a rule names."""
    return (
        (rule.direction == known.direction or (not rule.direction and known.direction != IN_HOUSE))
        and (not rule.lines or known.line in rule.lines)
        and (not rule.queue or rule.queue == known.queue)
        and (not rule.seat or f"seat {rule.seat}" in known.parties)
    )


def drawn(call_id: str) -> float:
    """A number from 0 to below 1, even over many calls, and always the same for one."""
    return int.from_bytes(sha256(call_id.encode()).digest()[:6], "big") / 2**48


def line_number(party: str) -> int:
    """Of "line 3"; 0: it is none."""
    kind, _, number = party.partition(" ")
    return int(number) if kind == "line" and number.isdecimal() else 0
