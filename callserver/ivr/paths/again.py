"""
A call of before, to be made once more: what its caller did, question by question, and what came of him.

Fed by question, not by second: new texts have other lengths. What hand-overs came to then they come to now. Menus in
Python on a menu file's way are not entered: they end as they did then, so their secrets are not needed. Of a menu that
itself is in Python each question has the answer that it had; what a fax or a mailbox has asked in between is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from zope.interface import implementer

from callserver.ivr.dialogue import WantsPerson
from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_call import MASKED
from callserver.ivr.menu_files.journey import WANTS_PERSON
from callserver.ivr.paths.walked import Walked
from callserver.ivr.running import CallOver
from callserver.ivr.trying.keys import HANG_UP, SILENCE, Act, Asks, Script
from callserver.wire.records import CallRecord

SPEAKS_S = 5.0  # a message, of which only the sound was kept


class Answers(Script):
    """What was answered, a word a question; a message is none of them."""

    def message(self) -> Act:
        """He says something."""
        return Act(speaks_s=SPEAKS_S)


class AnswersByQuestion(Answers):
    """
    To each question what was answered to it next; where it never was asked, what was answered next at all.

    :param answers: each with its question
    `n_skipped`: of them, as nobody has asked their questions
    `given`: the questions of those that were given
    """

    def __init__(self, answers: Sequence[tuple[str, str]], *, hangs_up: bool) -> None:
        super().__init__(HANG_UP if hangs_up else "")
        self._left = list(answers)
        self.n_skipped, self.given = 0, list[str]()

    def next(self, question: str = "") -> Act:
        """:raises Asks: the answer was a secret, which nobody has written down"""
        n = next((n for n, (asked, _) in enumerate(self._left) if asked == question), 0)
        self.n_skipped += n
        del self._left[:n]
        if not self._left:
            return super().next(question)
        asked, keys = self._left.pop(0)
        if keys == MASKED:
            self._left.clear()
            raise Asks
        self.given.append(asked)
        return Act(keys=keys)

    @property
    def questions(self) -> list[str]:
        """As the log has them, without those that were skipped; up to the secret that nobody knows."""
        return [*self.given, *(asked for asked, _ in self._left)]


@dataclass(frozen=True)
class Again:
    """`inside`: what stands for a menu in Python on a file's way, by its name."""

    script: Script
    at: datetime
    caller: str
    outcomes: Mapping[str, str]
    inside: Callable[[str], IMenu]


@implementer(IMenu)
@dataclass
class AsBefore:
    """In place of a menu in Python, for one call; `outcomes`: what came of it, each time it ended before the call."""

    name: str
    outcomes: list[str] = field(default_factory=list)

    async def run(self, call: ICall) -> None:
        """It ends as it did, or the call does in it."""
        if not self.outcomes:
            await call.hang_up()
            raise CallOver("the call was over in it")
        if self.outcomes.pop(0) == WANTS_PERSON:
            raise WantsPerson("wanted in it")


def again(call: Walked, record: CallRecord) -> Again:
    """For one time: what its caller has done is done."""
    over: dict[str, AsBefore] = {}
    for target, outcome in call.targets:
        kind, _, name = target.partition(" ")
        if kind == "plugin":
            over.setdefault(name, AsBefore(name)).outcomes.append(outcome)
    number = record.caller_number or ""
    return Again(
        _script(call), record.started_at, number, _outcomes(call), lambda name: over.get(name) or AsBefore(name)
    )


def _script(call: Walked) -> Script:
    if not call.by_file:
        return AnswersByQuestion(list(zip(call.steps, call.answers, strict=True)), hangs_up=call.broken_off)
    keys = [one or SILENCE for one in call.answers]
    return Answers(" ".join([*keys, HANG_UP] if call.broken_off else keys))


def _outcomes(call: Walked) -> dict[str, str]:
    """Whom a queue has kept was answered; of what else nothing is told it came to what it comes to."""
    return {target: outcome or "answered" for target, outcome in call.targets if outcome or target.startswith("queue ")}
