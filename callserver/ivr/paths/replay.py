"""
Calls of before, through a menu as it is now.

Fed by question, not by second: new texts have other lengths. What hand-overs came to then they come to now. Menus in
Python on the way are not entered, so their secrets, which nobody has written down, are not needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from callserver.ivr.paths.walked import Walked
from callserver.ivr.trying.beside import Outcome
from callserver.ivr.trying.keys import HANG_UP, SILENCE
from callserver.wire.records import CallRecord

PEOPLE = ("queue ", "office ", "number ")
Ask = Callable[[str, datetime, str, Mapping[str, str]], Outcome]  # keys, at, caller, outcomes


@dataclass(frozen=True)
class Replayed:
    """
    :param result: "same", "other" (it ends otherwise), "key gone" (what was taken is taken no more)
    :param step: the first that differs
    :param was, now: how it ended
    """

    result: str
    step: str = ""
    was: str = ""
    now: str = ""


def replay(ask: Ask, call: Walked, record: CallRecord) -> Replayed:
    """One call."""
    keys = [one or SILENCE for one in call.answers] + ([HANG_UP] if call.gave_up else [])
    outcomes = {target: outcome or "answered" for target, outcome in call.targets if target.startswith("queue ")}
    outcomes |= {target: outcome for target, outcome in call.targets if outcome and not target.startswith("queue ")}
    tried = ask(" ".join(keys), record.started_at, record.caller_number or "", outcomes)
    steps = _steps(tried)
    mine = [step.rpartition(".")[2] for step in call.steps]
    was, now = _end(call), tried.ended.partition(":")[0]
    if steps == mine and (now == was or (was == "over" and now in ("over", "hangup"))):
        return Replayed("same")
    n = next((n for n, (a, b) in enumerate(zip(mine, steps, strict=False)) if a != b), min(len(mine), len(steps)))
    step = (mine[n - 1] if n else mine[0]) if mine else ""
    refused = sum(result == "wrong" for visit in call.visits for result in visit.results)
    is_gone = tried.of("reply", "result").count("wrong") > refused
    return Replayed("key gone" if is_gone else "other", step, was, now)


def _steps(tried: Outcome) -> list[str]:
    return tried.of("step", "step")


def _end(call: Walked) -> str:
    """As a trial says it."""
    if call.gave_up:
        return "caller"
    target, outcome = call.targets[-1] if call.targets else ("", "")
    if target.startswith(PEOPLE) and outcome in ("", "answered"):
        return target
    if call.why.startswith("person"):
        return "person"
    return "hangup" if target == "hangup" else "over"
