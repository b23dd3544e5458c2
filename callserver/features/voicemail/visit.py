"""An owner in his box: which messages he has before him, and what he has done with them. No telephone in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from callserver.features.voicemail.rules import Box, Left, Message, in_order


@dataclass(frozen=True)
class Who:
    """Who has opened a box: a person of the staff, "" where only its PIN is known."""

    number: str = ""
    name: str = ""


@dataclass
class Visit:
    """
    One owner in one box. What he does with its messages happens when he leaves.

    `proved`: he has keyed in the PIN; else his messages were brought to him, and he only hears them.
    `at`: the message before him.
    """

    box: Box
    who: Who
    messages: list[Message]
    proved: bool = True
    at: int = 0
    heard: set[str] = field(default_factory=set)
    kept_new: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, box: Box, who: Who, messages: Sequence[Message], *, proved: bool = True) -> Visit:
        return cls(box, who, in_order(messages), proved)

    @property
    def message(self) -> Message | None:
        """None: there is none, or he has come behind the last."""
        return self.messages[self.at] if 0 <= self.at < len(self.messages) else None

    @property
    def n_new(self) -> int:
        return sum(not one.heard for one in self.messages)

    @property
    def n_old(self) -> int:
        return len(self.messages) - self.n_new

    def step(self, n: int) -> bool:
        """To the one after (1) or before (-1); whether there is one."""
        if not 0 <= self.at + n < len(self.messages):
            return False
        self.at += n
        return True

    def hear(self, message: Message) -> None:
        """He has heard it, or as much of it as he likes."""
        self.heard.add(message.id)

    def delete(self, message: Message) -> bool:
        """Delete it, or not after all; whether it will be."""
        self.deleted ^= {message.id}
        self.kept_new.discard(message.id)
        return message.id in self.deleted

    def keep_new(self, message: Message) -> None:
        """It is as if he had not heard it."""
        self.kept_new.add(message.id)
        self.deleted.discard(message.id)

    def left(self) -> Left:
        """What he has done with them, all in all."""
        return Left(frozenset(self.heard), frozenset(self.kept_new), frozenset(self.deleted))
