"""What the database has of people's work: whether it fits what stands around it; and what has moved there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache

from callserver.acd.organisation import rows, rules
from callserver.acd.organisation.faults import faults
from callserver.acd.organisation.parts import CALLED, Organisation
from callserver.acd.organisation.references import TARGETS
from callserver.acd.organisation.remarks import remarks
from callserver.acd.organisation.surroundings import Surroundings
from callserver.config import Config, Finding, Grade, Reading
from callserver.features.voicemail.rules import box_numbers
from callserver.ivr.loading import loads
from callserver.server.checks.menus import all_menus
from callserver.server.checks.named import Places, named_by_files
from callserver.server.checks.stored import stored
from callserver.server.shop_folder import ShopFolder
from callserver.store.opening import name_of
from callserver.wire.catalogue import Complaint
from callserver.wire.targets import TargetKind


def surroundings(config: Config, folder: ShopFolder) -> Surroundings:
    """For a command: the files of the shop's menus are run if something names one, once."""
    menus = cache(lambda: all_menus(config, folder).menus.keys())
    named = lambda: {**named_by_files(folder.plugins(config)), **loads.named()}  # noqa: E731
    return Surroundings.of(config, menus, named, box_numbers)


def moved(reading: Reading, folder: ShopFolder) -> Iterator[Finding]:
    """Sections of a shop that has lived: the first start of this version has taken them over, or will."""
    if folder.life() is None:
        return
    for section in reading.queue_sections:
        complaint = Complaint(
            "the database has this now, taken over once; change it by {command}, and delete this section",
            command="bin/callserver queues",
        )
        yield reading.finding(complaint, section, grade=Grade.NOTE)


def known_places(reading: Reading, folder: ShopFolder) -> Places:
    """Those of the database; of a shop that has none yet those that its first start will make."""
    boxes = stored(reading, folder, box_numbers) or ()
    return places(stored(reading, folder, rows.load) or Organisation(), reading.config, boxes)


def places(all_: Organisation, config: Config, boxes: Collection[str]) -> Places:
    """The same of an organisation that has been read."""
    return Places(all_.queues or config.queues, all_.offices, boxes, config.voicemail.general)


def organised(reading: Reading, folder: ShopFolder, menus: Callable[[], Collection[str]]) -> Iterator[Finding]:
    """What in the database cannot work, as far as it can be read: what is wrong with it is told elsewhere."""
    found = stored(reading, folder, everything)
    if found is not None:
        boxes = stored(reading, folder, box_numbers) or ()
        around = Surroundings.of(reading.config, menus, boxes=lambda: boxes)
        yield from misfits(*found, around, folder.database(reading.config))
        yield from taken(reading, found[1])


def boxes_named(all_: Organisation, config: Config) -> dict[str, str]:
    """Mailboxes that settings lead callers to, as a menu file writes them ("mailbox 12"), each with where."""
    general = config.voicemail.general
    named = {f"mailbox {general}": "config.ini [voicemail] general"} if general else {}
    for queue in all_.queues.values():
        for key in TARGETS:
            target = getattr(queue, key)
            if target is not None and target.kind is TargetKind.BOX:
                named[f"mailbox {target.name}"] = f"queue {queue.name} {key}"
    return named


def everything() -> tuple[Organisation, Mapping[str, str]]:
    """All that is set up of people's work, and their names by number; in the database's thread."""
    return rows.load(), rules.people()


def misfits(all_: Organisation, people: Mapping[str, str], around: Surroundings, database: str) -> Iterator[Finding]:
    """The same of an organisation that has been read."""
    for fault in faults(all_, people, around):
        act = f"set {fault.by} {fault.key}=..." if fault.key else f"delete {fault.by}"
        command = f"bin/callserver {CALLED[fault.part]} {act}"
        complaint = Complaint("{problem}; change it by {command}", problem=fault.problem, command=command)
        yield Finding(complaint, name_of(database), 0, f"{fault.part.value} {fault.by}", fault.key, Grade.MISTAKE)
    for fault in remarks(all_, around):
        yield Finding(fault.problem, name_of(database), 0, f"{fault.part.value} {fault.by}", fault.key, Grade.NOTE)


def taken(reading: Reading, people: Mapping[str, str]) -> Iterator[Finding]:
    """Menus whose number is a person's already: who keys it reaches the person."""
    for number, menu in reading.config.agents.menu_numbers.items():
        if number in people:
            said = {"number": number, "other": people[number], "one": Complaint("menu {name}", name=menu)}
            complaint = Complaint("number {number} is {other}'s already: {one} needs another", **said)
            yield reading.finding(complaint, "agents", "menu_numbers", Grade.MISTAKE)
