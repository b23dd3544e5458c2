"""
Calls of before, through a menu as it is now.

Fed by question, not by second: new texts have other lengths. What hand-overs came to then they come to now. Menus in
Python on a menu file's way are not entered: they end as they did then, so their secrets are not needed. A call whose
menu itself is in Python finds the database as it is today, and is followed up to its first secret: nobody has written
that down.
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
from callserver.ivr.trying.beside import Outcome
from callserver.ivr.trying.keys import HANG_UP, SILENCE, Act, Script
from callserver.ivr.trying.run import ASKS
from callserver.wire.records import CallRecord

PEOPLE = ("queue ", "office ", "number ")
SPEAKS_S = 5.0  # a message, of which only the sound was kept
INSIDE = "plugin"  # an end


@dataclass(frozen=True)
class Again:
    """A call of before, to be made once more; `inside`: what stands for a menu in Python, by its name."""

    script: Script
    at: datetime
    caller: str
    outcomes: Mapping[str, str]
    inside: Callable[[str], IMenu]


Ask = Callable[[Again], Outcome]


@dataclass(frozen=True)
class Replayed:
    """
    :param result: "same", "other" (it ends otherwise), "key gone" (what was taken is taken no more), "secret" (the same
        as far as its first secret)
    :param step: the first that differs
    :param was, now: how it ended
    """

    result: str
    step: str = ""
    was: str = ""
    now: str = ""


class Answers(Script):
    """What was answered, a word a question; a message is none of them."""

    def message(self) -> Act:
        """He says something."""
        return Act(speaks_s=SPEAKS_S)


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


def replay(ask: Ask, call: Walked, record: CallRecord) -> Replayed:
    """One call."""
    tried = ask(_again(call, record))
    mine, steps = _steps_of(call), _steps(tried) if call.by_file else _questions(tried)
    was, now = _end(call), INSIDE if _is_inside(steps, tried.of("target", "target")) else tried.ended.partition(":")[0]
    if now == ASKS:
        mine, was = mine[: _until_secret(call)], ASKS
    if was == "caller":  # where he stood, be it before the next question, of which the log knows nothing
        is_same = steps[: len(mine)] == mine and tried.of("reply", "result")[: len(_replies(call))] == _replies(call)
    else:
        is_same = steps == mine and (now == was or (was == "over" and now == "hangup"))
    if is_same:
        return Replayed("secret" if was == ASKS else "same")
    n = next((n for n, (a, b) in enumerate(zip(mine, steps, strict=False)) if a != b), min(len(mine), len(steps)))
    step = (mine[n - 1] if n else mine[0]) if mine else ""
    is_gone = tried.of("reply", "result").count("wrong") > _replies(call).count("wrong")
    return Replayed("key gone" if is_gone else "other", step, was, now)


def _again(call: Walked, record: CallRecord) -> Again:
    until = len(call.answers) if call.by_file else _until_secret(call)
    keys = [one or SILENCE for one in call.answers[:until]]
    stops_at_secret = until < len(call.answers)
    if call.broken_off and not stops_at_secret:
        keys.append(HANG_UP)
    outcomes = {target: outcome or "answered" for target, outcome in call.targets if target.startswith("queue ")}
    outcomes |= {target: outcome for target, outcome in call.targets if outcome and not target.startswith("queue ")}
    over: dict[str, AsBefore] = {}
    for target, outcome in call.targets:
        kind, _, name = target.partition(" ")
        if kind == "plugin":
            over.setdefault(name, AsBefore(name)).outcomes.append(outcome)
    script = Answers(" ".join(keys), asks=stops_at_secret)
    number = record.caller_number or ""
    return Again(script, record.started_at, number, outcomes, lambda name: over.get(name) or AsBefore(name))


def _until_secret(call: Walked) -> int:
    """So many answers are known."""
    return call.answers.index(MASKED) if MASKED in call.answers else len(call.answers)


def _steps_of(call: Walked) -> list[str]:
    """As a trial says them."""
    return [step.rpartition(".")[2] if call.by_file and not _is_python(step) else step for step in call.steps]


def _replies(call: Walked) -> list[str]:
    """What his inputs were to steps of files."""
    return [result for visit in call.visits for result in visit.results] if call.by_file else []


def _is_python(step: str) -> bool:
    return step.startswith("plugin ")


def _is_inside(steps: Sequence[str], targets: Sequence[str]) -> bool:
    """Whether a call was over in a menu in Python on its way, which is the last that is told of it."""
    return bool(steps) and _is_python(steps[-1]) and targets.count(steps[-1]) < steps.count(steps[-1])


def _steps(tried: Outcome) -> list[str]:
    """Of files; a menu in Python is one."""
    return [
        str(one.data["step"]) if one.kind == "step" else f"plugin {one.data['name']}"
        for one in tried.trace
        if one.kind in ("step", "plugin")
    ]


def _questions(tried: Outcome) -> list[str]:
    return [str(one.data["asked"]) for one in tried.trace if one.kind in ("keys", "silence")]


def _end(call: Walked) -> str:
    """As a trial says it."""
    if call.by_file and _is_inside(call.steps, [target for target, _ in call.targets]):
        return INSIDE
    target, outcome = call.targets[-1] if call.targets else ("", "")
    with_people = target.startswith(PEOPLE) and outcome in ("", "answered")
    if call.broken_off and not with_people:
        return "caller"
    if with_people:
        return target
    if call.why.startswith("person"):
        return "person"
    return "hangup" if target == "hangup" else "over"
