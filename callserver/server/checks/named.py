"""What the shop's menus lead callers to and say: queues, offices, documents, prompts, each with its place in a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from callserver.config import Finding, Grade, Reading, nearest
from callserver.ivr.discovery import named_in
from callserver.ivr.menu_files.file_menu import FileMenu
from callserver.ivr.menu_files.folder import menu_files, read_files
from callserver.ivr.menu_files.reading import Known
from callserver.ivr.menu_files.ways import named_by
from callserver.wire.catalogue import N_, Complaint

QUEUE, OFFICE, MAILBOX = "queue", "office", "mailbox"
UNKNOWN = {
    QUEUE: N_("no queue {queue}; {hint}"),
    OFFICE: N_("no office {office}; {hint}"),
    MAILBOX: N_("no mailbox {mailbox}; {hint}"),
}
NO_GENERAL = N_("there is no general mailbox: give its number in config.ini, [voicemail] general")


@dataclass(frozen=True)
class Places:
    """Where callers can be led, as far as it is set up; `offices`, `boxes`: by number; `general`: the one of none."""

    queues: Collection[str]
    offices: Collection[str] = ()
    boxes: Collection[str] = ()
    general: str = ""


def unknown_in_python(path: Path, places: Places) -> Iterator[Finding]:
    """Where a menu sends callers to what there is not: in a call they would get the first queue."""
    yield from _unknown(path, named_in(path), places)


def unknown_in_file(menu: FileMenu, places: Places) -> Iterator[Finding]:
    """The same for a menu that is written in a file."""
    yield from _unknown(menu.path, named_by(menu.written), places)


def _unknown(path: Path, named: Iterable[tuple[str, int]], places: Places) -> Iterator[Finding]:
    there = {QUEUE: places.queues, OFFICE: {*places.offices, "nearest"}, MAILBOX: places.boxes}
    for what, line in named:
        kind, _, name = what.partition(" ")
        if what.strip() == MAILBOX:
            name = places.general
        if kind in there and name not in there[kind]:
            problem = Complaint(UNKNOWN[kind], **{kind: name, "hint": nearest(name, there[kind])})
            if not name:
                problem = Complaint(NO_GENERAL)
            yield Finding(problem, path, line, grade=Grade.MISTAKE)


def general_box(reading: Reading, places: Places) -> Iterator[Finding]:
    """That there is one of whom nobody has served: else what they say is a recording, and an alarm."""
    number = reading.config.voicemail.general
    if number and number not in places.boxes:
        problem = Complaint(UNKNOWN[MAILBOX], mailbox=number, hint=nearest(number, places.boxes))
        yield reading.finding(problem, "voicemail", "general", Grade.MISTAKE)


def named_by_files(folders: Iterable[Path]) -> dict[str, str]:
    """By files of these folders, as a menu file writes it ("queue tea", "prompt welcome"), each with its place."""
    found: dict[str, str] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            _note(found, path.name, named_in(path))
        for path, read in read_files(menu_files(folder), Known()).items():
            if read.menu is not None:
                _note(found, path.name, named_by(read.menu))
    return found


def _note(found: dict[str, str], file: str, named: Iterable[tuple[str, int]]) -> None:
    for what, line in named:
        found.setdefault(what, f"{file}:{line}")


def refuse_if_named(what: str, named: Mapping[str, str]) -> None:
    """
    Before it is taken away.

    :param what: "document 12", "prompt welcome"
    :raises Complaint: a menu says it or leads to it
    """
    if what in named:
        raise Complaint("{what} is named by {where}: change that first", what=what, where=named[what])
