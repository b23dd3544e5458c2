"""
Calls of before, through a menu as it is now: which would end otherwise because the menu is another one.

A menu finds the database as it is today, and not as it was: pieces are sold since, offices closed, orders sent. So what
differs from the log is the menu's doing only where the version of then, on the same data and with the same keys, goes
another way than today's. Where both go the same way, or nobody has kept the version of then, it cannot be judged. So a
menu that nobody has changed never ends otherwise, whatever has become of the shop.

菜单今天看到的是今天的数据；只有旧版本在同样的数据与按键下走法不同，才算“结果不同”。
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callserver.ivr.paths.again import Again, AnswersByQuestion, again
from callserver.ivr.paths.walked import Walked
from callserver.ivr.trying.beside import Outcome
from callserver.ivr.trying.run import ASKS
from callserver.wire.records import CallRecord

PEOPLE = ("queue ", "office ", "number ")
INSIDE = "plugin"  # an end
Ask = Callable[[Again], Outcome]


@dataclass(frozen=True)
class Replayed:
    """
    :param result: "same", "other" (it ends otherwise), "key gone" (what was taken is taken no more), "secret" (the same
        as far as its first secret), "unjudged" (the menu has found other data than then)
    :param step: the first that differs
    :param was, now: how it ended
    """

    result: str
    step: str = ""
    was: str = ""
    now: str = ""


@dataclass(frozen=True)
class Way:
    """
    One call's way through a menu.

    :param steps: of files; of a menu in Python its questions
    :param replies: what his inputs were to steps of files
    :param asked: the questions that the log has in its place, but for those that were skipped
    """

    steps: Sequence[str]
    replies: Sequence[str]
    ended: str
    asked: Sequence[str] = ()
    n_skipped: int = 0


def replay(ask: Ask, call: Walked, record: CallRecord, before: Ask | None) -> Replayed:
    """
    One call.

    :param ask: makes it with the menu as it is now
    :param before: with the version that it had; the same as `ask`: that is the menu still; None: nobody has kept it
    """
    now = _made(ask, call, record)
    logged = _logged(call, now)
    is_as_told, same = _is_as_told(now, logged), Replayed("secret" if now.ended == ASKS else "same")
    if is_as_told and not now.n_skipped:
        return same
    if before is None:
        return _differs(logged, now, "unjudged")
    then = now if before is ask else _made(before, call, record)
    if now == then:
        return same if is_as_told else _differs(logged, now, "unjudged")
    is_gone = now.replies.count("wrong") > then.replies.count("wrong")
    return _differs(then, now, "key gone" if is_gone else "other")


def _differs(was: Way, now: Way, result: str) -> Replayed:
    pairs = enumerate(zip(was.steps, now.steps, strict=False))
    n = next((n for n, (a, b) in pairs if a != b), min(len(was.steps), len(now.steps)))
    step = (was.steps[n - 1] if n else was.steps[0]) if was.steps else ""
    return Replayed(result, step, was.ended, now.ended)


def _is_as_told(now: Way, logged: Way) -> bool:
    if logged.ended == "caller":  # where he stood, be it before the next question, of which the log knows nothing
        n_steps, n_replies = len(logged.steps), len(logged.replies)
        return now.steps[:n_steps] == logged.steps and now.replies[:n_replies] == logged.replies
    ends_so = now.ended == logged.ended or (logged.ended == "over" and now.ended == "hangup")
    return now.steps == logged.steps and ends_so


def _made(ask: Ask, call: Walked, record: CallRecord) -> Way:
    """Once more, with the data of today."""
    made = again(call, record)
    tried = ask(made)
    steps = _steps(tried) if call.by_file else _questions(tried)
    ended = INSIDE if _is_inside(steps, tried.of("target", "target")) else tried.ended.partition(":")[0]
    by_question = made.script if isinstance(made.script, AnswersByQuestion) else None
    asked, n_skipped = (by_question.questions, by_question.n_skipped) if by_question is not None else ([], 0)
    return Way(steps, tried.of("reply", "result"), ended, asked, n_skipped)


def _logged(call: Walked, now: Way) -> Way:
    """As the event log tells it; up to the first secret, if nobody could go on there now."""
    if not call.by_file:
        return Way(now.asked, [], ASKS if now.ended == ASKS else _end(call))
    steps = [step if _is_python(step) else step.rpartition(".")[2] for step in call.steps]
    return Way(steps, [result for visit in call.visits for result in visit.results], _end(call))


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
