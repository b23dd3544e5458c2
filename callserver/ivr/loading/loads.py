"""
Which line has which version of which menu; each function runs in `store.read` or `store.write`.

A load and the files it is of are one transaction: killed at any moment, the line has the version before, or the new one
with all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from callserver.ivr.discovery import named_in
from callserver.ivr.loading import switching
from callserver.ivr.loading.tables import LoadRow, ServiceRow, VersionFileRow, VersionRow
from callserver.ivr.loading.version import BUILT_IN, MenuVersion
from callserver.ivr.menu_files.folder import SUFFIX
from callserver.ivr.menu_files.ini import name_of
from callserver.ivr.menu_files.reading import read_menu
from callserver.ivr.menu_files.steps import WrittenMenu
from callserver.ivr.menu_files.switches import Switches
from callserver.ivr.menu_files.ways import named_by
from callserver.store.tables import from_ms, to_ms
from callserver.wire.catalogue import Complaint


@dataclass(frozen=True)
class Load:
    """
    A line's menu from a moment on.

    :param menu: "": none
    :param configured: what config.ini named for the line then
    :param id: of the load, 0: it is kept nowhere yet
    """

    line: int
    menu: str
    version: str
    configured: str
    at: datetime
    id: int = 0


@dataclass(frozen=True)
class Service:
    """Whether a line is to be in service; `at_once`: and its call ends."""

    line: int
    enabled: bool
    configured: bool
    at: datetime
    at_once: bool = False


@dataclass(frozen=True)
class Wishes:
    """What lines are to be, by number, as far as somebody has said so; and what is otherwise than files say."""

    loads: Mapping[int, Load] = field(default_factory=dict)
    services: Mapping[int, Service] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)


def wishes() -> Wishes:
    """The newest of each line."""
    services = {
        row.line: Service(row.line, row.enabled, row.configured, from_ms(row.at_ms), row.at_once)
        for row in ServiceRow.select()
    }
    return Wishes(newest_loads(), services, switching.all_())


def newest_loads() -> dict[int, Load]:
    """What each line was given last, by its number."""
    return {load.line: load for load in _loads()}


def load(wanted: Load, version: MenuVersion | None) -> None:
    """
    A line has this from now on.

    :param version: with its files; None: a menu of the server itself, or one that is kept already
    """
    if version is not None:
        keep(version, wanted.at)
    LoadRow.create(
        line=wanted.line,
        menu=wanted.menu,
        version=wanted.version,
        configured=wanted.configured,
        at_ms=to_ms(wanted.at),
    )


def keep(version: MenuVersion, at: datetime) -> None:
    """With all its files; of one that is kept, that it was accepted now."""
    row = VersionRow.insert(version=version.name, menu=version.menu, at_ms=to_ms(at))
    row.on_conflict(conflict_target=[VersionRow.version], update={VersionRow.at_ms: to_ms(at)}).execute()
    for path, content in version.files.items():
        file = VersionFileRow.insert(version=version.name, path=str(path), content=content)
        file.on_conflict_ignore().execute()


def before(line: int) -> Load:
    """
    What a line had before what it has.

    :raises Complaint: nothing
    """
    loads = [one for one in _loads() if one.line == line]
    for one in reversed(loads[:-1]):
        if (one.menu, one.version) != (loads[-1].menu, loads[-1].version):
            return one
    raise Complaint("line {line}: nothing was loaded before what it has", line=line)


def refuse(load_id: int, why: str) -> None:
    """The server cannot use it: the one before counts."""
    LoadRow.update(refused=why).where(LoadRow.id == load_id).execute()


def refusal(line: int) -> str:
    """Why the newest load of a line does not count; "" if it does."""
    row = LoadRow.select().where(LoadRow.line == line).order_by(LoadRow.id.desc()).first()
    return str(row.refused or "") if row is not None else ""


def version(name: str) -> MenuVersion | None:
    """One that is kept."""
    row = VersionRow.get_or_none(VersionRow.version == name)
    if row is None:
        return None
    files = VersionFileRow.select().where(VersionFileRow.version == name)
    return MenuVersion(row.menu, {Path(one.path): bytes(one.content) for one in files})


def newest() -> dict[str, str]:
    """The version of each menu that was accepted last."""
    return {row.menu: row.version for row in VersionRow.select().order_by(VersionRow.at_ms)}


def loaded_files() -> list[WrittenMenu]:
    """The text files that lines have now, of each version, as far as they can be read."""
    read = (read_menu(name_of(path.stem), content).menu for path, content in _loaded() if path.suffix == SUFFIX)
    return [menu for menu in read if menu is not None]


def named() -> dict[str, str]:
    """What the menus that lines have lead callers to and say, as `ways.named_by` writes it, each with a place."""
    found: dict[str, str] = {}
    for path, content in _loaded():
        read = read_menu(name_of(path.stem), content) if path.suffix == SUFFIX else None
        written = read.menu if read is not None else None
        for what, line in named_by(written) if written is not None else named_in(path, content):
            found.setdefault(what, f"{path.name}:{line}")
    return found


def serve(wanted: Service) -> None:
    """A line is to be in service, or out of it."""
    ServiceRow.delete().where(ServiceRow.line == wanted.line).execute()
    ServiceRow.create(
        line=wanted.line,
        enabled=wanted.enabled,
        at_once=wanted.at_once,
        configured=wanted.configured,
        at_ms=to_ms(wanted.at),
    )


def label(version: str) -> str:
    """For people: that of a menu of the server itself has no name."""
    return version or "–"


def is_built_in(one: Load) -> bool:
    """Whether it needs no files."""
    return one.version == BUILT_IN


def _loaded() -> Iterator[tuple[Path, bytes]]:
    """The files that lines have now, of each version."""
    for name in {load.version for load in newest_loads().values()} - {BUILT_IN}:
        kept = version(name)
        yield from kept.files.items() if kept is not None else ()


def _loads() -> list[Load]:
    """The oldest first."""
    rows = LoadRow.select().where(LoadRow.refused.is_null()).order_by(LoadRow.id)
    return [Load(row.line, row.menu, row.version, row.configured, from_ms(row.at_ms), row.id) for row in rows]
