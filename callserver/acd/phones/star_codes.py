"""
What an agent keys on his telephone: a star, two digits, and what the code takes.

    *21        hold                          at once, nothing follows
    *122       pause, reason 2               one digit follows
    *30802#    transfer to seat 802          digits follow, ended by #
    *76802#3   let seat 802 pause, reason 3  one thing after the other

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
    """One thing that is keyed after the code: a digit, or digits to the END."""

    REASON = "a digit"
    MINUTES = "a digit: minutes"
    SEAT = "seat"
    GROUP = "group"  # none: the whole house
    NUMBER = "number"
    TARGET = "seat, group, queue, menu, mailbox, office or number"
    BOX = "mailbox"
    PLACE = "place"
    CHANNEL = "seat of another"
    CHANNEL_OR_NONE = "seat of another, or none"  # where he listens
    WAITING = "place in the queue"  # none: the first
    PRIORITY = "priority"
    HANG_UP_OR_QUEUE = "queue, or none"  # none: the caller is hung up on


NAMED = {Takes.CHANNEL: "seat", Takes.CHANNEL_OR_NONE: "seat", Takes.BOX: TargetKind.BOX.value}
ONE_DIGIT = (Takes.REASON, Takes.MINUTES)


@dataclass(frozen=True)
class StarCode:
    """
    One code.

    :param act: its name in the register of acts, the same that programs ask for
    :param takes: what is keyed after it, in this order
    :param said: the prompt when it is done; a tone where there is none
    :param gives: what the act is given where nothing is keyed
    """

    keys: str
    act: str
    takes: tuple[Takes, ...] = ()
    said: str = ""
    gives: tuple[str, ...] = ()


CODES = (  # docs/staff.md says what they do
    StarCode("*10", "log_out"),  # the good-bye is said for every way of logging out
    StarCode("*11", "ready", said="seat-is-ready"),
    StarCode("*12", "pause", (Takes.REASON,), "seat-is-paused"),
    StarCode("*13", "prolong_wrap_up", (Takes.MINUTES,)),
    StarCode("*20", "hang_up"),
    StarCode("*21", "hold"),
    StarCode("*22", "retrieve"),
    StarCode("*30", "transfer", (Takes.TARGET,)),
    StarCode("*31", "consult", (Takes.TARGET,)),
    StarCode("*32", "join"),
    StarCode("*33", "three_way"),
    StarCode("*34", "cancel"),
    StarCode("*35", "flash_transfer", (Takes.NUMBER,)),
    StarCode("*36", "transfer", gives=(str(Target(TargetKind.OFFICE)),)),
    StarCode("*37", "transfer", (Takes.BOX,)),  # also to the box that has a seat's number
    StarCode("*38", "swap"),
    StarCode("*40", "pick_up", (Takes.SEAT,)),
    StarCode("*41", "pick_up_group", (Takes.GROUP,)),
    StarCode("*42", "grab", (Takes.WAITING,)),
    StarCode("*43", "set_priority", (Takes.WAITING, Takes.PRIORITY)),
    StarCode("*50", "start_recording"),
    StarCode("*51", "stop_recording"),
    StarCode("*52", "hide_secret"),
    StarCode("*53", "show_again"),
    StarCode("*60", "park"),
    StarCode("*61", "fetch", (Takes.PLACE,)),
    StarCode("*70", "listen", (Takes.CHANNEL,)),
    StarCode("*71", "whisper"),
    StarCode("*72", "barge_in", (Takes.CHANNEL_OR_NONE,)),
    StarCode("*73", "take_over"),
    StarCode("*74", "break_off", (Takes.CHANNEL, Takes.HANG_UP_OR_QUEUE)),
    StarCode("*75", "force_log_out", (Takes.SEAT,)),
    StarCode("*76", "force_pause", (Takes.SEAT, Takes.REASON)),
    StarCode("*90", "dial", (Takes.NUMBER,)),
)


@dataclass(frozen=True)
class Began:
    """A code begins: what follows is for us alone."""


@dataclass(frozen=True)
class Keyed:
    """A whole code, and what was keyed after it: for each thing that it takes its digits."""

    code: StarCode
    digits: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.code.keys + END.join(self.digits)


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
        parts = _parts(code.takes, digits)
        if parts is None:
            return None
        self.reset()
        return Keyed(code, parts)


def _parts(takes: tuple[Takes, ...], keys: str) -> tuple[str, ...] | None:
    """What was keyed for each; None while something is missing."""
    parts: list[str] = []
    for one in takes:
        if one in ONE_DIGIT:
            part, end, keys = keys[:1], keys[:1], keys[1:]
        else:
            part, end, keys = keys.partition(END)
        if not end:
            return None
        parts.append(part)
    return tuple(parts)


@dataclass(frozen=True)
class Numbers:
    """
    What numbers mean in this house.

    :param is_seat: whether somebody has this staff number
    :param group, queue, menu: the name of the one with this number; None: there is none
    :param is_office: whether an office has it
    :param is_box: whether a mailbox has it
    :param waiting: the ids of the calls whose callers wait for people, in order
    """

    is_seat: Callable[[str], bool]
    group: Callable[[str], str | None]
    queue: Callable[[str], str | None]
    menu: Callable[[str], str | None]
    is_office: Callable[[str], bool]
    waiting: Callable[[], list[str]]
    is_box: Callable[[str], bool] = lambda number: False

    def target(self, digits: str) -> Target:
        """Whom one reaches by a number: the first of these that has it, else it is one outside."""
        if self.is_seat(digits) or self.group(digits) is not None:
            return Target(TargetKind.SEAT, digits)
        for kind, find in ((TargetKind.QUEUE, self.queue), (TargetKind.MENU, self.menu)):
            name = find(digits)
            if name is not None:
                return Target(kind, name)
        if self.is_box(digits):
            return Target(TargetKind.BOX, digits)
        return Target(TargetKind.OFFICE if self.is_office(digits) else TargetKind.NUMBER, digits)


def arguments(keyed: Keyed, numbers: Numbers) -> tuple[str | int, ...] | None:
    """What the act is given for what was keyed; None if that is nothing it could be."""
    given: list[str | int] = [*keyed.code.gives]
    for takes, digits in zip(keyed.code.takes, keyed.digits, strict=True):
        value = _argument(takes, digits, numbers) if not digits or digits.isdecimal() else None
        if value is None:
            return None
        given.append(value)
    return tuple(given)


def _argument(takes: Takes, digits: str, numbers: Numbers) -> str | int | None:
    if not digits:
        return _of_nothing(takes, numbers)
    if takes in NAMED:
        return f"{NAMED[takes]} {digits}"
    match takes:
        case Takes.REASON:
            return PAUSE_REASONS.get(digits)
        case Takes.MINUTES:
            return 60 * int(digits)
        case Takes.PRIORITY:
            return int(digits)
        case Takes.WAITING:
            return _waiting(int(digits), numbers)
        case Takes.GROUP:
            return numbers.group(digits)
        case Takes.TARGET:
            return str(numbers.target(digits))
        case Takes.HANG_UP_OR_QUEUE:
            queue = numbers.queue(digits)
            return str(Target(TargetKind.QUEUE, queue)) if queue is not None else None
        case _:
            return digits


def _of_nothing(takes: Takes, numbers: Numbers) -> str | None:
    """What no digits mean, where they mean something."""
    match takes:
        case Takes.GROUP | Takes.CHANNEL_OR_NONE:
            return ""
        case Takes.WAITING:
            return _waiting(1, numbers)
        case Takes.HANG_UP_OR_QUEUE:
            return str(Target(TargetKind.HANG_UP))
        case _:
            return None


def _waiting(place: int, numbers: Numbers) -> str | None:
    calls = numbers.waiting()
    return calls[place - 1] if 0 < place <= len(calls) else None
