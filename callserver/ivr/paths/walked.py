"""One call's way through a menu, as its events tell it: steps with their times, keys, where it led and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from callserver.calls.vocabulary import Kind
from callserver.ivr.menu_call import NOT_SERVED
from callserver.ivr.menu_files.journey import WANTS_PERSON
from callserver.wire.causes import Cause
from callserver.wire.records import EventRecord

BROKEN_OFF = (Cause.CALLER_HUNG_UP, Cause.LINE_LOST, Cause.LINE_DISABLED, Cause.EMERGENCY, Cause.SERVER_STOPPED)
RATING = "rating"  # what a survey keeps under this name is one
PEOPLE = (Kind.ENTRY, Kind.LEAVE, Kind.OFFICE_CASE, Kind.TRANSFER)  # let in or not, he has asked for them
LEAVES = (Kind.STEP, Kind.PLUGIN, Kind.TARGET, Kind.ENTRY, Kind.MENU_END, Kind.END)  # each ends the step before it


@dataclass(frozen=True)
class Answer:
    """
    One input.

    :param keys: "": silence; masked where they are secret
    :param result: what it was to the step: taken, wrong, silence, repeat, person
    :param took_s: since the question began; None: nobody has measured it
    :param in_prompt: it came before the question was said to its end
    """

    keys: str
    result: str
    took_s: float | None = None
    in_prompt: bool = False


@dataclass(frozen=True)
class Visit:
    """
    One stay at a step.

    :param step: its name; of another file's menu "menu.step"; "plugin NAME" of a menu in Python on the way; where the
        call's menu is in Python, the last prompt of the question
    :param took_s: until the next step, hand-over or end
    """

    step: str
    took_s: float
    answers: tuple[Answer, ...] = ()

    @property
    def results(self) -> list[str]:
        """What each input was to it."""
        return [one.result for one in self.answers]


@dataclass(frozen=True)
class Walked:
    """
    A call.

    :param version: of the menus that its line had
    :param through: the menu that its line had, where that led it to this one; "": it was this one
    :param inputs: what was keyed, in order; secrets masked
    :param answers: those of them that the menu took: without a Python menu's on the way, where it is a file
    :param targets: where it was handed to, with the outcome
    :param to_person: the inputs before it came to people, whether they took it or not; None: it never did
    :param gave_up: the caller hung up in the menu, unserved
    :param broken_off: he hung up, wherever he was, or the line did
    :param by_file: its steps are a menu file's
    :param why: of the menu's end, as the event says it
    """

    version: str
    visits: tuple[Visit, ...]
    inputs: tuple[str, ...]
    answers: tuple[str, ...]
    targets: tuple[tuple[str, str], ...]
    to_person: tuple[str, ...] | None
    gave_up: bool
    rating: str = ""
    why: str = ""
    broken_off: bool = False
    by_file: bool = True
    through: str = ""

    @property
    def steps(self) -> list[str]:
        return [visit.step for visit in self.visits]


def comes_by(menu: str) -> dict[str, str]:
    """By which events a call comes to a menu, each by its kind with what stands in its data."""
    return {
        Kind.MENU.value: f'"name": "{menu}"',
        Kind.PLUGIN.value: f'"name": "{menu}"',
        Kind.TARGET.value: f'"target": "menu {menu}"',
    }


def walked(menu: str, events: Sequence[EventRecord]) -> Walked | None:
    """A call's events in order; None: it was not in this menu."""
    begins = next((n for n, one in enumerate(events) if _begins(menu, one)), None)
    if begins is None:
        return None
    first, mine = events[begins], events[begins:]
    line_menu = next((one for one in reversed(events[: begins + 1]) if _is(one, Kind.MENU)), first)
    if _is(first, Kind.PLUGIN):
        mine = list(takewhile(lambda one: not _goes_on(menu, one), mine))
    elif _is(first, Kind.TARGET):
        mine = mine[1:]
    entered = next((n for n, one in enumerate(mine) if _is(one, *PEOPLE)), None)
    before = mine[:entered] if entered is not None else ()
    ratings = [str(one.data["value"]) for one in mine if _is(one, Kind.SAVED) and one.data.get("name") == RATING]
    by_file = not _is(first, Kind.PLUGIN) and any(_is(one, Kind.STEP) for one in mine)
    inside = [*takewhile(lambda one: not _is_over(menu, one), mine)]
    return Walked(
        version=str(line_menu.data.get("version", "")),
        through="" if line_menu is first else str(line_menu.data.get("name", "")),
        visits=tuple(_visits(menu, mine) if by_file else _questions(inside)),
        inputs=tuple(_inputs(mine)),
        answers=tuple(_answers(mine) if by_file else _inputs(inside)),
        targets=tuple(_targets(mine) if by_file else _queues(mine)),
        to_person=tuple(_inputs(before)) if entered is not None else None,
        gave_up=entered is None and any(_is_ended(one, Cause.CALLER_HUNG_UP) for one in mine),
        rating=ratings[-1] if ratings else "",
        why=next((str(one.data.get("why", "")) for one in mine if _is(one, Kind.MENU_END)), ""),
        broken_off=any(_is_ended(one, *BROKEN_OFF) for one in mine),
        by_file=by_file,
    )


def _begins(menu: str, event: EventRecord) -> bool:
    if _is(event, Kind.TARGET):
        return event.data.get("target") == f"menu {menu}"
    return _is(event, Kind.MENU, Kind.PLUGIN) and event.data.get("name") == menu


def _is_over(menu: str, event: EventRecord) -> bool:
    """Whether a menu in Python is: what is keyed later is another story's."""
    return _is(event, Kind.MENU_END) or (_is(event, Kind.TARGET) and event.data.get("target") == f"plugin {menu}")


def _goes_on(menu: str, event: EventRecord) -> bool:
    """Whether the caller goes on in the file from which he came into it; not who wants a person."""
    return _is(event, Kind.TARGET) and _is_over(menu, event) and event.data.get("outcome") != WANTS_PERSON


def _inputs(events: Sequence[EventRecord]) -> Iterator[str]:
    return (str(one.data.get("digits", "")) for one in events if _is(one, Kind.INPUT))


def _visits(menu: str, events: Sequence[EventRecord]) -> Iterator[Visit]:
    for n, one in enumerate(events):
        if not _is(one, Kind.STEP, Kind.PLUGIN):
            continue
        rest = events[n + 1 :]
        until = next((k for k, later in enumerate(rest) if _is(later, *LEAVES)), len(rest) - 1)
        took_s = rest[until].uptime_s - one.uptime_s if rest else 0.0
        yield Visit(_place(menu, one), took_s, tuple(_answered(rest[: until + 1])))


def _answered(events: Sequence[EventRecord]) -> Iterator[Answer]:
    """Each input of a stay, with what it was to a file's step; a menu in Python does not say."""
    inputs = [n for n, one in enumerate(events) if _is(one, Kind.INPUT)]
    for n, until in zip(inputs, [*inputs[1:], len(events)], strict=False):
        replies = [str(one.data["result"]) for one in events[n:until] if _is(one, Kind.REPLY)]
        yield _answer(events[n], replies[0] if replies else "")


def _answer(event: EventRecord, result: str = "") -> Answer:
    keys, took_s = str(event.data.get("digits", "")), event.data.get("took_s")
    in_prompt = event.data.get("in_prompt") is True
    return Answer(
        keys,
        result or ("taken" if keys else "silence"),
        float(took_s) if isinstance(took_s, int | float) else None,
        in_prompt,
    )


def _place(menu: str, event: EventRecord) -> str:
    if _is(event, Kind.PLUGIN):
        return f"plugin {event.data['name']}"
    own = event.data.get("menu") == menu
    return str(event.data["step"] if own else f"{event.data['menu']}.{event.data['step']}")


def _questions(events: Sequence[EventRecord]) -> Iterator[Visit]:
    """Of a menu in Python: each input is one to the question it was asked by."""
    since_s = events[0].uptime_s
    for one in events:
        if _is(one, Kind.INPUT):
            prompts = one.data.get("prompts")
            asked = str(prompts[-1]) if isinstance(prompts, list) and prompts else "-"
            yield Visit(asked, one.uptime_s - since_s, (_answer(one),))
            since_s = one.uptime_s


def _answers(events: Sequence[EventRecord]) -> Iterator[str]:
    """Inputs that a step of a file has judged; others were a Python menu's on the way."""
    digits = ""
    for one in events:
        if _is(one, Kind.INPUT):
            digits = str(one.data.get("digits", ""))
        elif _is(one, Kind.REPLY):
            yield digits


def _targets(events: Sequence[EventRecord]) -> Iterator[tuple[str, str]]:
    """Those told when they were done; who kept the caller to his end is told by how he came to them."""
    waiting = ""
    for one in events:
        if _is(one, Kind.ENTRY):
            waiting = waiting or f"queue {one.data.get('queue')}"
        elif _is(one, Kind.OFFICE_CASE):
            waiting = waiting or "office nearest"
        elif _is(one, Kind.TRANSFER):  # a number or an office; of one by an agent it is known who had him
            waiting = waiting or str(one.data.get("target"))
        elif _is(one, Kind.TARGET):
            waiting = ""
            yield str(one.data["target"]), str(one.data.get("outcome", ""))
    if waiting:
        yield waiting, "answered"


def _queues(events: Sequence[EventRecord]) -> Iterator[tuple[str, str]]:
    """Of a menu in Python; who was in a queue and not sent back stayed with it. No office has him: a queue has."""
    waiting = ""
    for one in events:
        if _is(one, Kind.OFFICE_CASE):
            waiting = "office nearest"
        elif _is(one, Kind.ENTRY):
            waiting = waiting or f"queue {one.data.get('queue')}"
        elif _is(one, Kind.LEAVE):
            outcome = str(one.data.get("outcome", ""))
            yield waiting or f"queue {one.data.get('queue')}", outcome if outcome in NOT_SERVED else "answered"
            waiting = ""
    if waiting:
        yield waiting, "answered"


def _is_ended(event: EventRecord, *causes: Cause) -> bool:
    return _is(event, Kind.END) and str(event.data.get("reason", "")).startswith(tuple(one.value for one in causes))


def _is(event: EventRecord, *kinds: Kind) -> bool:
    return any(event.kind == kind.value for kind in kinds)
