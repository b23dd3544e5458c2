"""Tests that stand beside a menu: NAME.test.ini says who calls when, what he presses, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from callserver.config import nearest
from callserver.ivr.menu_files.faults import Fault, Remark
from callserver.ivr.menu_files.ini import Entry, IniText, Section, name_of, shown
from callserver.ivr.menu_files.reading import Known
from callserver.ivr.trying.call import Heard
from callserver.ivr.trying.keys import Script
from callserver.ivr.trying.outcomes import TAKEN, read_outcome
from callserver.wire.catalogue import LANGUAGES, N_, Complaint

EXPECTED = ("hears", "never", "says", "saves", "writes", "language", "reaches")
SETTINGS = ("at", "caller", "keys", *EXPECTED, *(f"{kind} NAME" for kind in TAKEN))


@dataclass(frozen=True)
class MenuTest:
    """One call, and what is expected of it: entries with the lines where they stand."""

    name: str
    line: int
    at: datetime
    keys: str = ""
    caller: str = "13912345678"
    outcomes: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of a call: how it ended, what happened, rows written by table."""

    ended: str
    trace: Sequence[Heard]
    changes: Mapping[str, int]

    def of(self, kind: str, *keys: str) -> list[str]:
        """What happened of one kind."""
        return [" ".join(str(one.data[key]) for key in keys) for one in self.trace if one.kind == kind]

    @property
    def steps(self) -> list[str]:
        """All steps he came by."""
        return self.of("step", "step")

    @property
    def reached(self) -> list[str]:
        """Where he was handed to, in order; the last is where the call ended."""
        found: list[str] = []
        for one in self.trace:
            if one.kind in ("handed", "target", "plugin"):
                target = str(one.data.get("target") or f"plugin {one.data['name']}")
                found += [target] if found[-1:] != [target] else []
        ended = self.ended.partition(":")[0]
        return found if found[-1:] == [ended] else [*found, ended]


def read_tests(content: bytes, known: Known) -> tuple[list[MenuTest], list[Fault]]:
    """
    The tests of a file, and what is wrong in it.

    :param known: what hand-overs may name
    """
    ini = IniText(content)
    faults = [one for one in ini.faults if not isinstance(one, Remark)]
    tests: list[MenuTest] = []
    for section in ini.sections:
        if section.kind != "test":
            faults.append(Fault("{section}: write [test NAME]", section.line, section=str(section)))
            continue
        try:
            tests.append(_test(section, known))
        except Fault as fault:
            faults.append(fault)
    return tests, faults


def _test(section: Section, known: Known) -> MenuTest:
    given: dict[str, str] = {}
    outcomes: dict[str, str] = {}
    expected: list[Entry] = []
    for entry in section.entries.values():
        if entry.key.split()[0] in TAKEN:
            target, outcome = _outcome(entry, known)
            outcomes[target] = outcome
        elif entry.key in EXPECTED:
            expected.append(entry)
        elif entry.key in ("at", "caller", "keys"):
            given[entry.key] = name_of(entry.value)
        else:
            wrong = N_("{key}: {section} has no such setting; {hint}")
            hint = nearest(entry.key, SETTINGS)
            raise Fault(wrong, entry.line, key=shown(entry.key), section=str(section), hint=hint)
    try:
        Script(given.get("keys", ""))
    except Complaint as problem:
        raise Fault(problem.msgid, section.line_of("keys"), **problem.details) from problem
    return MenuTest(section.name, section.line, _at(section, given), given.get("keys", ""),
                    given.get("caller", MenuTest.caller), outcomes, tuple(expected))  # fmt: skip


def _outcome(entry: Entry, known: Known) -> tuple[str, str]:
    try:
        return read_outcome(entry.key, entry.value, known)
    except Complaint as problem:
        raise Fault(problem.msgid, entry.line, **problem.details) from problem


def _at(section: Section, given: Mapping[str, str]) -> datetime:
    try:
        return datetime.strptime(given.get("at", ""), "%Y-%m-%d %H:%M")
    except ValueError:
        wrong = N_("{section} needs at =, when the call begins, as 2027-02-06 18:40")
        raise Fault(wrong, section.line_of("at"), section=str(section)) from None


def misses(test: MenuTest, outcome: Outcome) -> Iterator[Fault]:
    """What did not come as it was expected."""
    for entry in test.expected:
        if (problem := JUDGED[entry.key](entry, outcome)) is not None:
            yield problem
    if outcome.ended.startswith("broken"):
        yield Fault("the menu broke: {problem}", test.line, problem=outcome.ended)


def _hears(entry: Entry, outcome: Outcome) -> Fault | None:
    """In this order; other steps may come between."""
    left = iter(outcome.steps)
    for step in name_of(entry.value).replace(",", " ").split():
        if step not in left:
            wrong = N_("does not hear {step} (in this order); he came by {steps}")
            return Fault(wrong, entry.line, step=shown(step), steps=" ".join(outcome.steps))
    return None


def _never(entry: Entry, outcome: Outcome) -> Fault | None:
    heard = [one for one in name_of(entry.value).replace(",", " ").split() if one in outcome.steps]
    if not heard:
        return None
    return Fault("hears {step}; he came by {steps}", entry.line, step=shown(heard[0]), steps=" ".join(outcome.steps))


def _says(entry: Entry, outcome: Outcome) -> Fault | None:
    said = ["".join(map(str, one.data["texts"])) for one in outcome.trace if one.kind == "said"]  # type: ignore[call-overload]
    if any(entry.value.replace(" ", "") in one.replace(" ", "") for one in said):
        return None
    return Fault("does not hear {text}", entry.line, text=shown(entry.value))


def _saves(entry: Entry, outcome: Outcome) -> Fault | None:
    kept = outcome.of("saved", "name", "value")
    missing = [one for one in _list(entry) if one not in kept]
    if not missing:
        return None
    return Fault("does not keep {wanted}; it keeps {kept}", entry.line, wanted=shown(missing[0]), kept=", ".join(kept))


def _writes(entry: Entry, outcome: Outcome) -> Fault | None:
    missing = [one for one in _list(entry) if one not in outcome.changes and one != "nothing"]
    if not missing and not (_list(entry) == ["nothing"] and outcome.changes):
        return None
    there = ", ".join(sorted(outcome.changes))
    return Fault("does not write {wanted}; it writes {there}", entry.line, wanted=shown(entry.value), there=there)


def _language(entry: Entry, outcome: Outcome) -> Fault | None:
    spoken = [LANGUAGES[0], *outcome.of("language", "language")][-1]
    if spoken == name_of(entry.value):
        return None
    return Fault("speaks {spoken} in the end, not {wanted}", entry.line, spoken=spoken, wanted=shown(entry.value))


def _reaches(entry: Entry, outcome: Outcome) -> Fault | None:
    wanted, left = _list(entry), iter([name_of(one) for one in outcome.reached])
    if all(one in left for one in wanted):
        return None
    wrong = N_("reaches {reached}, not {wanted}; it came by {steps}{why}")
    reached, steps = ", ".join(outcome.reached), " ".join(outcome.steps)
    return Fault(wrong, entry.line, reached=reached, wanted=", ".join(wanted), steps=steps, why=_clock(outcome))


def _clock(outcome: Outcome) -> str:
    """What the clock has decided on the way."""
    return "".join(f"; {one}" for one in outcome.of("branch", "step", "taken", "why"))


def _list(entry: Entry) -> list[str]:
    return [one.strip() for one in name_of(entry.value).split(",") if one.strip()]


JUDGED: Mapping[str, Callable[[Entry, Outcome], Fault | None]] = {
    "hears": _hears,
    "never": _never,
    "says": _says,
    "saves": _saves,
    "writes": _writes,
    "language": _language,
    "reaches": _reaches,
}
