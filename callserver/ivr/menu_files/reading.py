"""From a menu file's bytes to its steps; all that is wrong in the file is told at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from callserver.config import nearest
from callserver.ivr.menu_files import values
from callserver.ivr.menu_files.faults import Fault, Remark
from callserver.ivr.menu_files.hours import OpeningHours
from callserver.ivr.menu_files.hours_lines import read_hours
from callserver.ivr.menu_files.ini import Entry, IniText, Section, name_of, shown
from callserver.ivr.menu_files.section_keys import ALREADY, PRESS, SETTINGS, SectionKeys
from callserver.ivr.menu_files.steps import (
    PERSON,
    Asking,
    Choice,
    ChooseLanguage,
    Digits,
    Go,
    Piece,
    Say,
    Slot,
    Step,
    Target,
    Text,
    To,
    When,
    WrittenMenu,
)
from callserver.wire.catalogue import LANGUAGES, N_, Sentence

STEPS_MAX = 200
SAVED_KEYS = "123456789"
KINDS = (*SETTINGS, "hours")
NOTHING: tuple[str, ...] = ()
RETURNS = (To.PLUGIN, To.DOCUMENT, To.QUEUE, To.MAILBOX)  # a call may come back from them


@dataclass(frozen=True)
class Known:
    """What a menu may name; None: not looked at."""

    menus: Collection[str] | None = None  # written in files
    plugins: Collection[str] | None = None  # written in Python
    queues: Collection[str] | None = None
    prompts: Collection[str] | None = None
    numbers: Collection[str] | None = None  # outside, that may be dialled
    offices: Collection[str] | None = None  # by number
    boxes: Collection[str] | None = None
    not_dialled: Callable[[str], Sentence | None] = lambda number: None  # why no line dials it

    def of(self, to: To) -> Collection[str] | None:
        """The names there are of a kind of target."""
        known = {To.MENU: self.menus, To.PLUGIN: self.plugins, To.QUEUE: self.queues, To.NUMBER: self.numbers}
        if to is To.MAILBOX:
            return self.boxes if self.boxes is None else {*self.boxes, ""}
        offices = None if self.offices is None else {*self.offices, "nearest"}
        return offices if to is To.OFFICE else known.get(to)


@dataclass(frozen=True)
class ReadMenu:
    """
    A menu as far as it could be read: `menu` is None where it has faults.

    `allowed`: remarks that a comment above a line silences, by line
    """

    menu: WrittenMenu | None
    faults: tuple[Fault, ...]
    remarks: tuple[Remark, ...] = ()
    allowed: Mapping[int, Collection[str]] = field(default_factory=dict)


def read_menu(name: str, content: bytes, known: Known = Known()) -> ReadMenu:
    """
    A menu.

    :param name: its file's, without .ini
    :param content: the file's bytes, whatever they are
    """
    ini = IniText(content)
    remarks = tuple(one for one in ini.faults if isinstance(one, Remark))
    reader = _Reader([one for one in ini.faults if not isinstance(one, Remark)], known)
    menu = reader.menu(name, ini.sections)
    faults = tuple(sorted(reader.faults, key=lambda fault: fault.line))
    return ReadMenu(None if faults else menu, faults, remarks, ini.allowed)


class _Reader:
    """Of one file."""

    def __init__(self, faults: list[Fault], known: Known) -> None:
        self.faults, self._known = faults, known
        self._hours: dict[str, OpeningHours] = {}
        self._lines: dict[str, int] = {}  # of steps by name
        self._targets: list[Target] = []
        self._saved: set[str] = set()
        self._slots: list[tuple[int, Slot]] = []
        self._tries, self._wait_s = 3, 5
        self._languages: tuple[str, ...] = LANGUAGES

    def menu(self, name: str, sections: list[Section]) -> WrittenMenu | None:
        """None where there is no step at all."""
        sections = [section for section in sections if self._is_known(section)]
        settings = next((one for one in sections if one.kind == "menu"), Section("menu", "", 1))
        for one in sections:
            if one.kind == "hours":
                self._hours[one.name] = read_hours(one, self.faults)
        keys = SectionKeys(settings, self.faults)
        self._languages = keys.take("languages", values.languages, self._languages)
        self._tries, self._wait_s = keys.whole("tries", 3, 1, 5), keys.whole("wait_s", 5, 2, 15)
        steps = {one.name: step for one in sections if (step := self._step(one)) is not None}
        if not steps:
            self.faults.append(Fault("there is no step in it; begin with [say NAME], [choice NAME] ...", settings.line))
            return None
        start = keys.take("start", lambda entry: self._start(entry), next(iter(steps)))
        found = WrittenMenu(
            name,
            steps,
            self._hours,
            start,
            self._languages,
            keys.target("person"),
            keys.target("refused"),
            self._tries,
            keys.whole("between_s", 3, 1, 10),
            keys.whole("max_s", 600, 30, 1800),
        )
        self._targets += keys.targets
        self._look_at_names(any(isinstance(step, When) for step in steps.values()))
        return found

    def _is_known(self, section: Section) -> bool:
        """Whether a section can be one, with a name that no other has."""
        if section.kind not in KINDS:
            hint = nearest(section.kind, KINDS)
            self._tell(section, N_("{section}: no such kind; {hint}"), section=str(section), hint=hint)
            return False
        key = section.name if section.kind not in ("menu", "hours") else str(section)
        if key in self._lines:
            self._tell(section, ALREADY, key=str(section), first=self._lines[key])
            return False
        self._lines[key] = section.line
        if section.kind == "menu":
            if section.name:
                self._tell(
                    section, N_("{section}: write [menu] alone; the file's name is the menu's"), section=str(section)
                )
        elif not values.NAME.fullmatch(section.name) or section.name in values.RESERVED:
            wrong = N_("{section}: give it a name of letters, digits, - or ?, one that is no target's")
            self._tell(section, wrong, section=str(section))
            return False
        if len(self._lines) > STEPS_MAX:
            self._tell(section, N_("too large: at most {most} steps; split it"), most=STEPS_MAX)
            return False
        return True

    def _tell(self, section: Section, msgid: str, /, **details: object) -> None:
        self.faults.append(Fault(msgid, section.line, **details))

    def _step(self, section: Section) -> Step | None:
        makers = {
            "say": self._say,
            "language": self._language,
            "when": self._when,
            "choice": self._choice,
            "digits": self._digits,
            "go": self._go,
        }
        if section.kind not in makers:
            return None
        keys = SectionKeys(section, self.faults)
        step = makers[section.kind](keys, (section.kind, section.name, section.line))
        self._targets += keys.targets
        return step

    def _say(self, keys: SectionKeys, who: tuple[str, str, int]) -> Step:
        return Say(*who, self._text(keys), keys.needed_target("then"))

    def _language(self, keys: SectionKeys, who: tuple[str, str, int]) -> Step:
        pressed = keys.pressed(values.language, LANGUAGES[0])
        return ChooseLanguage(*who, self._text(keys), pressed, keys.needed_target("then"))

    def _when(self, keys: SectionKeys, who: tuple[str, str, int]) -> Step:
        hours = keys.take("hours", self._hours_named, OpeningHours(""))
        if "hours" not in keys:
            keys.tell(N_("{section} needs hours =, the name of an [hours ...]"), section=str(keys.section))
        closed = keys.needed_target("closed")
        return When(*who, hours, keys.needed_target("open"), closed, keys.target("holiday") or closed)

    def _choice(self, keys: SectionKeys, who: tuple[str, str, int]) -> Step:
        pressed = keys.pressed(values.target, PERSON)
        if not any(key.startswith(PRESS) for key in keys.section.entries):
            keys.tell(N_("{section} needs press 1 = and where it leads"), section=str(keys.section))
        return Choice(*who, self._text(keys), pressed, self._save(keys), self._asking(keys))

    def _digits(self, keys: SectionKeys, who: tuple[str, str, int]) -> Step:
        if "digits" not in keys:
            keys.tell(N_("{section} needs digits =, how many, as 4 or 1-8"), section=str(keys.section))
        fewest, most = keys.take("digits", values.digit_range, (1, 1))
        text, save, then = self._text(keys), self._save(keys), keys.needed_target("then")
        return Digits(*who, text, fewest, most, save, then, self._asking(keys))

    def _go(self, keys: SectionKeys, who: tuple[str, str, int]) -> Step:
        text = self._text(keys) if keys.section.entries.keys() & {*LANGUAGES, "play"} else Text()
        to, then, refused = keys.needed_target("to"), keys.target("then"), keys.target("refused")
        for key, kinds in (("then", RETURNS), ("refused", (To.QUEUE, To.OFFICE, To.NUMBER, To.DOCUMENT, To.MAILBOX))):
            if key in keys and to is not PERSON and to.to not in (*kinds, To.PERSON if key == "refused" else To.PLUGIN):
                never = N_("{section} {key}: a call never comes here from {to}; leave it out")
                keys.tell(never, key, section=str(keys.section), key=key, to=shown(str(to)))
        return Go(*who, text, to, then, refused)

    def _asking(self, keys: SectionKeys) -> Asking:
        tries, wait_s = keys.whole("tries", self._tries, 1, 5), keys.whole("wait_s", self._wait_s, 2, 15)
        return Asking(keys.target("silence") or PERSON, keys.target("wrong") or PERSON, tries, wait_s)

    def _save(self, keys: SectionKeys) -> str:
        name = keys.take("save", values.plain, "")
        if name and (not values.NAME.fullmatch(name) or name == values.OPENS):
            keys.tell(N_("save = {value}: a name of letters, digits or -"), "save", value=shown(name))
        self._saved.add(name)
        return name

    def _text(self, keys: SectionKeys) -> Text:
        said, again = self._said(keys, ""), self._said(keys, " again")
        play = keys.take("play", lambda entry: values.prompts(entry, self._known.prompts), NOTHING)
        if "play" in keys:
            if said:
                keys.tell(N_("{section} has texts and play =; keep one"), "play", section=str(keys.section))
            return Text(play=play)
        for language in self._languages:
            if language not in said:
                no_text = N_("{section} has no {language} text; add {language} = ..., or play = NAME")
                keys.tell(no_text, section=str(keys.section), language=language)
        return Text(said, again)

    def _said(self, keys: SectionKeys, suffix: str) -> dict[str, tuple[Piece, ...]]:
        """The texts of a section by language; what is to be known in the call is noted."""
        found: dict[str, tuple[Piece, ...]] = {}
        for language in LANGUAGES:
            if (key := language + suffix) in keys:
                found[language] = keys.take(key, values.pieces, NOTHING)
                line = keys.section.line_of(key)
                self._slots += [(line, one) for one in found[language] if isinstance(one, Slot)]
        return found

    # What is named

    def _start(self, entry: Entry) -> str:
        self._targets.append(Target(To.STEP, name_of(entry.value), entry.line))
        return name_of(entry.value)

    def _hours_named(self, entry: Entry) -> OpeningHours:
        (name,) = values.all_known(entry, [values.plain(entry)], self._hours, N_("no hours {name}; {hint}"))
        return self._hours[name]

    def _look_at_names(self, knows_hours: bool) -> None:
        for target in self._targets:
            if target.to is To.STEP and target.name not in self._lines:
                self._unknown(target, N_("{name} is neither a step nor a target; {hint}"), self._lines)
            elif (names := self._known.of(target.to)) is not None and target.name not in names:
                self._unknown(target, N_("no {kind} {name}; {hint}"), names)
            elif target.to is To.NUMBER and (never := self._known.not_dialled(target.name)) is not None:
                self.faults.append(Fault("{problem}", target.line, problem=never))
        known = self._saved - {""} | ({values.OPENS} if knows_hours else set())
        for line, slot in self._slots:
            if slot not in known:
                wrong = N_("{name}: nothing is kept under this name; {hint}")
                self.faults.append(Fault(wrong, line, name=f"'{{{slot}}}'", hint=nearest(slot, known)))

    def _unknown(self, target: Target, msgid: str, names: Collection[str]) -> None:
        if target.to is To.NUMBER:
            barred = N_("number {name} may not be dialled; see [menus] may_dial in config.ini")
            self.faults.append(Fault(barred, target.line, name=target.name))
            return
        steps = [name for name in names if not name.startswith("[")]
        hint = nearest(target.name, steps)
        self.faults.append(Fault(msgid, target.line, kind=target.to.value, name=shown(target.name), hint=hint))
