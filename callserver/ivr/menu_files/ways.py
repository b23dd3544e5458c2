"""Where a step of a menu can lead, and which of these ways need the caller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from callserver.ivr.menu_files.steps import (
    Choice,
    ChooseLanguage,
    Digits,
    Go,
    Say,
    Step,
    Target,
    Text,
    To,
    When,
    WrittenMenu,
)

QUESTIONS = (Choice, Digits)
NAMED = (To.QUEUE, To.OFFICE, To.NUMBER, To.DOCUMENT, To.MAILBOX)
REFUSES = (To.QUEUE, To.OFFICE, To.NUMBER, To.DOCUMENT, To.MAILBOX, To.PERSON)


@dataclass(frozen=True)
class Way:
    """One way out of a step; `by_caller`: a key of his is needed. `on`: the key, or why it goes there."""

    target: Target
    by_caller: bool
    on: str = ""


def ways(step: Step, menu: WrittenMenu) -> Iterator[Way]:
    """All ways out of a step."""
    if isinstance(step, Say | ChooseLanguage):
        yield Way(step.then, by_caller=False)
    elif isinstance(step, When):
        for state, target in (("open", step.open), ("closed", step.closed), ("holiday", step.holiday)):
            yield Way(target, by_caller=False, on=state)
    elif isinstance(step, Choice | Digits):
        yield from _from_question(step, menu)
    elif isinstance(step, Go):
        yield from _handed_over(step, menu)


def _from_question(step: Choice | Digits, menu: WrittenMenu) -> Iterator[Way]:
    keys = step.keys.items() if isinstance(step, Choice) else [("#", step.then)]
    for key, target in keys:
        yield Way(target, by_caller=True, on=key)
        yield from _refused(target, menu, by_caller=True)
    for on, target in (("silence", step.asking.silence), ("wrong", step.asking.wrong)):
        yield Way(target, by_caller=on == "wrong", on=on)


def _handed_over(step: Go, menu: WrittenMenu) -> Iterator[Way]:
    yield Way(step.to, by_caller=False)
    if step.then is not None:
        yield Way(step.then, by_caller=False, on="then")
    if step.refused is not None:
        yield Way(step.refused, by_caller=False, on="refused")
    else:
        yield from _refused(step.to, menu, by_caller=False)


def _refused(target: Target, menu: WrittenMenu, *, by_caller: bool) -> Iterator[Way]:
    if target.to in REFUSES and menu.refused is not None:
        yield Way(menu.refused, by_caller, on="refused")


def targets(menu: WrittenMenu) -> set[Target]:
    """Every target that a menu can send a caller to."""
    of_steps = {way.target for step in menu.steps.values() for way in ways(step, menu)}
    return of_steps | {target for target in (menu.person, menu.refused) if target is not None}


def named_by(menu: WrittenMenu) -> list[tuple[str, int]]:
    """What a menu leads callers to outside menus, and the prompts it says, each with its line, from the first on."""
    named = [(str(one), one.line) for one in targets(menu) if one.to in NAMED]
    for step in menu.steps.values():
        text = getattr(step, "text", Text())
        named += [(f"prompt {name}", step.line) for name in text.play]
    return sorted(named, key=lambda one: one[1])
