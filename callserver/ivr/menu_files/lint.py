"""
What callers will not like in a menu that can be loaded, by code; `# allow L3` above a line silences it.

Limits: five choices are what guides for menus allow; 30 s of text are 140 Chinese or 510 English characters, at the
4.6 and 17 a second of our prompts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Protocol
from unicodedata import normalize

from callserver.ivr.menu_files.faults import Remark
from callserver.ivr.menu_files.steps import Choice, Digits, Go, Say, Slot, Step, Target, To, When, WrittenMenu, texts_of
from callserver.ivr.menu_files.ways import QUESTIONS, ways
from callserver.wire.catalogue import N_

CHOICES_MAX = 5
LETTERS_MAX = {"zh": 140, "en": 510}
DEPTH_MAX = 3
SOON = timedelta(days=30)
DIGIT = re.compile(r"(?<!\d)\d(?!\d)")
PEOPLE = (To.PERSON, To.QUEUE, To.OFFICE, To.NUMBER)


def lint(menu: WrittenMenu, today: date, allowed: Mapping[int, Collection[str]]) -> list[Remark]:
    """In the file's order; those that a comment silences are left out."""
    found = [
        *_too_many_choices(menu),
        *_too_long(menu),
        *_no_person(menu),
        *_unused(menu),
        *_keys_and_texts(menu),
        *_too_deep(menu),
        *_silent_end(menu),
        *_dates(menu, today),
        *_refused(menu),
    ]
    told = [one for one in found if one.code not in allowed.get(one.line, ())]
    return sorted(told, key=lambda remark: remark.line)


class Recorded(Protocol):
    """What is recorded (callserver.ivr.prompts.Prompts)."""

    def named(self, language: str, text: str) -> object | None:
        """The recording of a text; None: there is none."""

    def text(self, language: str, name: str) -> str:
        """What the recording of a name says; the name itself where nobody wrote it down."""


def unrecorded(menu: WrittenMenu, recorded: Recorded, allowed: Mapping[int, Collection[str]]) -> list[Remark]:
    """
    L9: texts that the synthesiser speaks, a remark a step; one that was recorded with other words says so.

    Where nothing is recorded yet, nothing is said: `callserver prompts list --synthetic` has them all.
    """
    found: list[Remark] = []
    if not any(_is_recorded(menu, step, recorded) for step in menu.steps.values()):
        return found
    for step in menu.steps.values():
        name = f"{menu.name}.{step.name}"
        for language, pieces in texts_of(step)[0].items() if texts_of(step) else ():
            missing = [one for one in pieces if not isinstance(one, Slot) and recorded.named(language, one) is None]
            if missing and recorded.text(language, name) not in (name, *missing):
                other = N_("L9: the {language} recording of {section} says something else; record it anew")
                found.append(Remark(other, step.line, "L9", language=language, section=str(step)))
            elif missing:
                synthetic = N_("L9: the {language} text of {section} is synthetic; record it")
                found.append(Remark(synthetic, step.line, "L9", language=language, section=str(step)))
    return [one for one in found if one.code not in allowed.get(one.line, ())]


def _is_recorded(menu: WrittenMenu, step: Step, recorded: Recorded) -> bool:
    """Whether any of a step's texts is, or was with other words."""
    name, texts = f"{menu.name}.{step.name}", texts_of(step)
    return any(
        recorded.named(language, piece) is not None or recorded.text(language, name) not in (name, piece)
        for language, pieces in (texts[0].items() if texts else ())
        for piece in pieces
        if not isinstance(piece, Slot)
    )


def _choices(menu: WrittenMenu) -> list[Choice]:
    return [step for step in menu.steps.values() if isinstance(step, Choice)]


def _is_rating(step: Choice) -> bool:
    """All keys lead to the same: 1 to 5 points."""
    return len(set(map(str, step.keys.values()))) == 1


def _too_many_choices(menu: WrittenMenu) -> Iterator[Remark]:
    for step in _choices(menu):
        n = len(step.keys.keys() - {"0", "*", "#"})
        if n > CHOICES_MAX and not _is_rating(step):
            many = N_("L1: {n} choices are more than callers keep in mind; at most {most}")
            yield Remark(many, step.line, "L1", n=n, most=CHOICES_MAX)


def _too_long(menu: WrittenMenu) -> Iterator[Remark]:
    for step in menu.steps.values():
        for language, pieces in _said(step).items():
            n = sum(len(piece) for piece in pieces if not isinstance(piece, Slot))
            if n > LETTERS_MAX[language]:
                long = N_("L2: the {language} text is longer than half a minute ({n} characters)")
                yield Remark(long, step.line, "L2", language=language, n=n)


def _said(step: Step) -> Mapping[str, tuple[str, ...]]:
    return step.text.said if isinstance(step, Say | Choice | Digits | Go) else {}


def _no_person(menu: WrittenMenu) -> Iterator[Remark]:
    if menu.person is not None:
        return
    for step in menu.steps.values():
        if not isinstance(step, QUESTIONS):
            continue
        asks_for_0 = isinstance(step, Digits) or "0" not in step.keys
        if not asks_for_0 and not any(target.to in PEOPLE for target in _ahead(step, menu)):
            yield Remark("L3: no way from {section} to a person", step.line, "L3", section=str(step))


def _ahead(step: Step, menu: WrittenMenu) -> Iterator[Target]:
    """All targets that can be reached from a step."""
    seen, left = {step.name}, [step]
    while left:
        for way in ways(left.pop(), menu):
            yield way.target
            if way.target.to is To.STEP and way.target.name not in seen:
                seen.add(way.target.name)
                left.append(menu.steps[way.target.name])


def _unused(menu: WrittenMenu) -> Iterator[Remark]:
    start = menu.steps[menu.start]
    used = {target.name for target in _ahead(start, menu) if target.to is To.STEP} | {menu.start}
    own = (target for target in (menu.person, menu.refused) if target is not None and target.to is To.STEP)
    for target in own:
        used |= {target.name} | {one.name for one in _ahead(menu.steps[target.name], menu) if one.to is To.STEP}
    for step in menu.steps.values():
        if step.name not in used:
            yield Remark("L4: no call ever comes to {section}", step.line, "L4", section=str(step))
    looked_at = {step.hours.name for step in menu.steps.values() if isinstance(step, When)}
    for name, hours in menu.hours.items():
        if name not in looked_at:
            yield Remark("L4: no step looks at [hours {name}]", hours.line, "L4", name=name)


def _keys_and_texts(menu: WrittenMenu) -> Iterator[Remark]:
    for step in _choices(menu):
        keys = {key for key in step.keys if key.isdigit()}
        for language, pieces in _said(step).items() if not _is_rating(step) else ():
            named = set(DIGIT.findall(normalize("NFKC", " ".join(p for p in pieces if not isinstance(p, Slot)))))
            for key in sorted(keys - named - {"0"}):
                yield Remark(
                    "L5: the {language} text does not name key {key}", step.line, "L5", language=language, key=key
                )
            for key in sorted(named - keys - {"0"}):
                yield Remark("L5: the {language} text names key {key}, which leads nowhere", step.line, "L5",
                             language=language, key=key)  # fmt: skip


def _too_deep(menu: WrittenMenu) -> Iterator[Remark]:
    """By the shortest way from the start, how many questions have been asked before."""
    depth, left = {menu.start: 0}, [menu.steps[menu.start]]
    while left:
        step = left.pop(0)
        asked = depth[step.name] + isinstance(step, QUESTIONS)
        if asked > DEPTH_MAX:
            deep = N_("L6: {section} is question {n} of a caller's; at most {most} before he gets something")
            yield Remark(deep, step.line, "L6", section=str(step), n=asked, most=DEPTH_MAX)
            continue
        for way in ways(step, menu):
            if way.target.to is To.STEP and way.target.name not in depth:
                depth[way.target.name] = asked
                left.append(menu.steps[way.target.name])


def _silent_end(menu: WrittenMenu) -> Iterator[Remark]:
    for step in menu.steps.values():
        if isinstance(step, Choice | When):
            for way in ways(step, menu):
                if way.target.to is To.HANGUP and way.on not in ("silence", "wrong"):
                    yield Remark("L7: hangs up without a word at {on}", way.target.line, "L7", on=way.on)


def _dates(menu: WrittenMenu, today: date) -> Iterator[Remark]:
    for hours in menu.hours.values():
        past = [day for day in hours.dates if day < today] + [last for _, last, _ in hours.ranges if last < today]
        if past:
            yield Remark("L8: {day} is over; remove the line", hours.line, "L8", day=min(past).isoformat())
        if hours.holidays is not None and hours.holidays.last_day() - today < SOON:
            ends = N_("L8: holidays are known until {day}; beyond, write them as dates, or update chinesecalendar")
            yield Remark(ends, hours.line, "L8", day=hours.holidays.last_day().isoformat())


def _refused(menu: WrittenMenu) -> Iterator[Remark]:
    for step in menu.steps.values():
        for way in ways(step, menu):
            if way.on == "refused" and way.target.to is To.HANGUP:
                yield Remark("L10: who is not served is hung up on", way.target.line, "L10")
