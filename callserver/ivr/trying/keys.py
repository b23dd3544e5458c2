"""What a caller does who is not there: `2 1 1001# - hangup`, one word a question."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from callserver.ivr.running import MenuStopped
from callserver.wire.catalogue import N_, Complaint

PRESSED = re.compile(r"[0-9*#]+")
SPOKEN = re.compile(r"speak\s+(\d{1,3})\s*s\b")
SILENCE, HANG_UP = "-", "hangup"
HOW = N_("{typed}: write keys as 2 1 1001#, a blank between questions; - is silence, hangup, speak 12s")


class Asks(MenuStopped):
    """A question for which there is no act."""


@dataclass(frozen=True)
class Act:
    """One thing the caller does. `keys`, or else so many seconds of speech, or else silence."""

    keys: str = ""
    speaks_s: float = 0.0
    hangs_up: bool = False


class Script:
    """
    His acts in order; when they are through he is silent.

    :param asks: instead, the trial stops at the question that comes then
    :raises Complaint: what cannot be done
    """

    def __init__(self, text: str, *, asks: bool = False) -> None:
        self._asks = asks
        plain = SPOKEN.sub(r"speak\1", text.lower())
        self._acts = deque(_act(word) for word in plain.split())

    def next(self, question: str = "") -> Act:
        """
        What he does at a question, which is named by its last prompt.

        :raises Asks: nobody has said what
        """
        if self._asks and not self._acts:
            raise Asks
        return self._acts.popleft() if self._acts else Act()

    def message(self) -> Act:
        """What he does when he is to speak."""
        return self.next()


def _act(word: str) -> Act:
    if PRESSED.fullmatch(word):
        return Act(keys=word)
    if word.startswith("speak") and word[5:].isdigit():
        return Act(speaks_s=float(word[5:]))
    if word not in (SILENCE, HANG_UP):
        raise Complaint(HOW, typed=word)
    return Act(hangs_up=word == HANG_UP)
