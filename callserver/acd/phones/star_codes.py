"""
What an agent keys on his telephone: a star, two digits, and what the code takes.

    *21        hold                     at once, nothing follows
    *122       pause, reason 2          one digit follows
    *30802#    transfer to seat 802     digits follow, ended by #

A star in the middle begins anew. This is a wire format: keys in, events out, no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from callserver.wire.targets import Target, TargetKind

STAR, END = "*", "#"
CODE_LENGTH = 3
DIGITS_MAX = 24
PAUSE_REASONS = {"1": "at work", "2": "break", "3": "meal", "4": "training", "5": "meeting"}


class Takes(Enum):
    """What is keyed after the code."""

    NOTHING = "nothing"
    REASON = "a digit"
    SEAT = "seat"
    GROUP = "group"  # none: the whole house
    NUMBER = "number"
    TARGET = "seat or number"
    PLACE = "place"
    CHANNEL = "seat of another"  # none: where he listens
    WAITING = "place in the queue"  # none: the first


@dataclass(frozen=True)
class StarCode:
    """
    One code.

    :param act: its name in the register of acts, the same that programs ask for
    :param said: the prompt when it is done; a tone where there is none
    """

    keys: str
    act: str
    takes: Takes = Takes.NOTHING
    said: str = ""


CODES = (  # docs/staff.md says what they do
    StarCode("*10", "log_out"),  # the good-bye is said for every way of logging out
    StarCode("*11", "ready", Takes.NOTHING, "seat-is-ready"),
    StarCode("*12", "pause", Takes.REASON, "seat-is-paused"),
    StarCode("*20", "hang_up"),
    StarCode("*21", "hold"),
    StarCode("*22", "retrieve"),
    StarCode("*30", "transfer", Takes.TARGET),
    StarCode("*31", "consult", Takes.TARGET),
    StarCode("*32", "join"),
    StarCode("*33", "three_way"),
    StarCode("*34", "cancel"),
    StarCode("*35", "flash_transfer", Takes.NUMBER),
    StarCode("*40", "pick_up", Takes.SEAT),
    StarCode("*41", "pick_up_group", Takes.GROUP),
    StarCode("*42", "grab", Takes.WAITING),
    StarCode("*50", "start_recording"),
    StarCode("*51", "stop_recording"),
    StarCode("*52", "hide_secret"),
    StarCode("*53", "show_again"),
    StarCode("*60", "park"),
    StarCode("*61", "fetch", Takes.PLACE),
    StarCode("*70", "listen", Takes.CHANNEL),
    StarCode("*71", "whisper"),
    StarCode("*72", "barge_in", Takes.CHANNEL),
    StarCode("*73", "take_over"),
    StarCode("*75", "force_log_out", Takes.SEAT),
    StarCode("*90", "dial", Takes.NUMBER),
)


@dataclass(frozen=True)
class Began:
    """A code begins: what follows is for us alone."""


@dataclass(frozen=True)
class Keyed:
    """A whole code, and what was keyed after it."""

    code: StarCode
    digits: str = ""


@dataclass(frozen=True)
class Unknown:
    """There is no such code, or what follows it is too long."""


@dataclass(frozen=True)
class Plain:
    """A key that belongs to no code."""

    key: str


Event = Began | Keyed | Unknown | Plain


@dataclass
class StarCodeReader:
    """Keys in, codes out; `reset` when the rest of a code does not come."""

    codes: Mapping[str, StarCode] = field(default_factory=lambda: {code.keys: code for code in CODES})
    _keys: str = ""

    @property
    def is_keying(self) -> bool:
        """A code has begun and is not whole."""
        return bool(self._keys)

    def reset(self) -> None:
        """What was keyed of a code counts for nothing."""
        self._keys = ""

    def feed(self, key: str) -> Event | None:
        """What has come of this key; None while a code goes on."""
        if key == STAR:
            self._keys = STAR
            return Began()
        if not self._keys:
            return Plain(key)
        self._keys += key
        if len(self._keys) < CODE_LENGTH:
            return None
        return self._whole()

    def _whole(self) -> Event | None:
        code, digits = self.codes.get(self._keys[:CODE_LENGTH]), self._keys[CODE_LENGTH:]
        if code is None or len(digits) > DIGITS_MAX:
            self.reset()
            return Unknown()
        if code.takes is Takes.REASON and not digits:
            return None
        if code.takes not in (Takes.NOTHING, Takes.REASON) and not digits.endswith(END):
            return None
        self.reset()
        return Keyed(code, digits.removesuffix(END))


@dataclass(frozen=True)
class Numbers:
    """
    What numbers mean in this house.

    :param is_seat: whether somebody has this staff number
    :param group: the name of the group with this number; None: there is none
    :param waiting: the ids of the calls that wait for people, in order
    """

    is_seat: Callable[[str], bool]
    group: Callable[[str], str | None]
    waiting: Callable[[], list[str]]


def arguments(keyed: Keyed, numbers: Numbers) -> tuple[str, ...] | None:
    """What the act is given for what was keyed; None if that is nothing it could be."""
    digits, takes = keyed.digits, keyed.code.takes
    if digits and not digits.isdecimal():
        return None
    if takes is Takes.NOTHING:
        return ()
    if takes is Takes.REASON:
        return (PAUSE_REASONS[digits],) if digits in PAUSE_REASONS else None
    if takes is Takes.WAITING:
        calls, place = numbers.waiting(), int(digits or "1")
        return (calls[place - 1],) if 0 < place <= len(calls) else None
    if takes is Takes.GROUP:
        group = numbers.group(digits) if digits else ""
        return (group,) if group is not None else None
    if takes is Takes.CHANNEL:
        return (f"seat {digits}" if digits else "",)
    if not digits:
        return None
    if takes is Takes.TARGET:
        return (str(Target(TargetKind.SEAT if numbers.is_seat(digits) else TargetKind.NUMBER, digits)),)
    return (digits,)
