"""What a menu file says, once it is read: frozen steps, each with the line where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from callserver.ivr.menu_files.hours import OpeningHours


class To(Enum):
    """Where a call can go; behind each what its name means."""

    STEP = "step"  # of this file
    MENU = "menu"  # another file's menu, in the same call
    PLUGIN = "plugin"  # a menu written in Python: the shop's own, or one of the server's
    QUEUE = "queue"  # of people
    OFFICE = "office"  # "nearest": that of the caller's place; or its number
    NUMBER = "number"  # outside; one that config.ini lets menus dial
    MAILBOX = "mailbox"  # its number; "": the shop's general one
    DOCUMENT = "document"  # its number in the fax library; "": he is asked for it
    REPEAT = "repeat"  # the same question
    BACK = "back"  # the question before
    PERSON = "person"  # what [menu] person says, else the shop's first queue
    HANGUP = "hangup"


@dataclass(frozen=True)
class Target:
    """Where a call goes."""

    to: To
    name: str = ""
    line: int = 0

    def __str__(self) -> str:
        return self.name if self.to is To.STEP else f"{self.to.value} {self.name}".strip()


PERSON = Target(To.PERSON)


class Slot(str):
    """A place in a text, {opens} or {people}: what is said there is known in the call."""


Piece = str | Slot


@dataclass(frozen=True)
class Text:
    """
    What callers hear.

    :param said: pieces by language
    :param again: instead, when it is said once more to the same caller
    :param play: names of recorded prompts, in place of texts of its own
    """

    said: Mapping[str, tuple[Piece, ...]] = field(default_factory=dict)
    again: Mapping[str, tuple[Piece, ...]] = field(default_factory=dict)
    play: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One section; a step that asks waits for the caller's keys."""

    kind: str
    name: str
    line: int

    def __str__(self) -> str:
        return f"[{self.kind} {self.name}]"


@dataclass(frozen=True)
class Say(Step):
    """Says something."""

    text: Text
    then: Target


@dataclass(frozen=True)
class ChooseLanguage(Step):
    """Asks in each language, in that language; silence is the menu's first."""

    text: Text
    keys: Mapping[str, str]  # key -> language
    then: Target


@dataclass(frozen=True)
class When(Step):
    """Where the call goes by the clock."""

    hours: OpeningHours
    open: Target
    closed: Target
    holiday: Target


@dataclass(frozen=True)
class Asking:
    """How a question deals with callers: after so many tries, where silence and wrong keys lead."""

    silence: Target
    wrong: Target
    tries: int
    wait_s: float


@dataclass(frozen=True)
class Choice(Step):
    """Asks for one key. `save`: the name under which it is kept, of keys 1 to 9."""

    text: Text
    keys: Mapping[str, Target]
    save: str
    asking: Asking


@dataclass(frozen=True)
class Digits(Step):
    """Asks for a number of so many digits, ended by # or a pause."""

    text: Text
    fewest: int
    most: int
    save: str
    then: Target
    asking: Asking


@dataclass(frozen=True)
class Go(Step):
    """Hands the caller over; `then` where he comes back from it, `refused` where it does not take him."""

    text: Text
    to: Target
    then: Target | None
    refused: Target | None


@dataclass(frozen=True)
class WrittenMenu:
    """One menu: its steps by name, and how it deals with callers."""

    name: str
    steps: Mapping[str, Step]
    hours: Mapping[str, OpeningHours]
    start: str
    languages: tuple[str, ...]
    person: Target | None  # None: the shop's first queue
    refused: Target | None  # None: he may leave word
    tries: int
    between_s: float
    max_s: float


def texts_of(step: Step) -> tuple[Mapping[str, tuple[Piece, ...]], ...]:
    """What a step says itself, by language, and what it says when it is heard once more."""
    if isinstance(step, Say | ChooseLanguage | Choice | Digits | Go):
        return step.text.said, step.text.again
    return ()
