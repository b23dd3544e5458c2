"""What many calls have in common: where callers leave, how long steps take, who wants a person; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median

from callserver.ivr.paths.walked import Walked

LAST_KEYS = 3  # before a person
COMMON = 5  # of these are told


@dataclass(frozen=True)
class StepFigures:
    """
    One step, over all its visits.

    :param left: so many callers hung up there
    :param wrong, silent, early: shares of its inputs, 0 to 1; early: before the question was said to its end
    :param answer_s: median from the question to the answer; None: nobody has measured it
    :param keys: what was keyed there, the most common first, with how often; "-" is silence
    """

    step: str
    visits: int
    left: int
    median_s: float
    p90_s: float
    inputs: int
    wrong: float
    silent: float
    early: float
    answer_s: float | None
    keys: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PathFigures:
    """
    One version of a menu.

    :param through: the menu whose version it is, where that has led its callers to this one
    :param to_person: calls that waited for people
    :param last_keys: what was keyed last before that, the most common first, with how often
    :param rating: mean of the points callers gave; None: nobody gave any
    """

    version: str
    through: str
    calls: int
    gave_up: int
    to_person: int
    last_keys: tuple[tuple[str, int], ...]
    ratings: int
    rating: float | None
    steps: tuple[StepFigures, ...]


def figures(calls: Iterable[Walked]) -> list[PathFigures]:
    """By version, in the order in which they were met."""
    by_version: dict[tuple[str, str], list[Walked]] = {}
    for call in calls:
        by_version.setdefault((call.version, call.through), []).append(call)
    return [_of_version(version, through, found) for (version, through), found in by_version.items()]


def _of_version(version: str, through: str, calls: Sequence[Walked]) -> PathFigures:
    keyed = Counter(" ".join(one or "-" for one in call.to_person[-LAST_KEYS:]) for call in calls if call.to_person)
    points = [int(call.rating) for call in calls if call.rating.isdecimal()]
    return PathFigures(
        version=version,
        through=through,
        calls=len(calls),
        gave_up=sum(call.gave_up for call in calls),
        to_person=sum(call.to_person is not None for call in calls),
        last_keys=tuple(keyed.most_common(COMMON)),
        ratings=len(points),
        rating=mean(points) if points else None,
        steps=tuple(_of_step(name, calls) for name in dict.fromkeys(step for call in calls for step in call.steps)),
    )


def _of_step(name: str, calls: Sequence[Walked]) -> StepFigures:
    visits = [visit for call in calls for visit in call.visits if visit.step == name]
    answers = [answer for visit in visits for answer in visit.answers]
    measured_s = [answer.took_s for answer in answers if answer.took_s is not None]
    took_s = [visit.took_s for visit in visits]
    left = sum(call.gave_up and call.steps[-1:] == [name] for call in calls)
    return StepFigures(
        step=name,
        visits=len(visits),
        left=left,
        median_s=median(took_s),
        p90_s=percentile(took_s, 0.9),
        inputs=len(answers),
        wrong=_share(answer.result == "wrong" for answer in answers),
        silent=_share(answer.result == "silence" for answer in answers),
        early=_share(answer.in_prompt for answer in answers),
        answer_s=median(measured_s) if measured_s else None,
        keys=tuple(Counter(answer.keys or "-" for answer in answers).most_common(COMMON)),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """By nearest rank: the least value that so large a share does not exceed; `values` not empty."""
    rank = -int(-share * len(values) // 1)  # rounded up
    return sorted(values)[max(rank, 1) - 1]


def _share(holds: Iterable[bool]) -> float:
    found = list(holds)
    return sum(found) / len(found) if found else 0.0
