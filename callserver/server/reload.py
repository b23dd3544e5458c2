"""What a new config.ini changes while the server runs, and what it changes only at the next start."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, Protocol

from twisted.internet.defer import Deferred, TimeoutError, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.acd.organisation.parts import Organisation
from callserver.acd.organisation.surroundings import Surroundings
from callserver.calls.event_log import EventLog
from callserver.config import (
    Config,
    DiallingConfig,
    Finding,
    Grade,
    MenusConfig,
    OfficesConfig,
    Reading,
    VoicemailConfig,
)
from callserver.config.described import text_of
from callserver.ivr.discovery import Found
from callserver.ivr.loading.version import led_to
from callserver.ivr.prompts import Prompts
from callserver.server.checks.organisation import misfits, places, taken
from callserver.server.checks.shop import mistakes
from callserver.server.line_menus import LineMenus
from callserver.server.shop_folder import ShopFolder
from callserver.server.shop_menus import ShopMenus
from callserver.server.status import Reloaded, Status
from callserver.server.tested import failing, test_files
from callserver.server.world import World
from callserver.wire.catalogue import N_, Complaint, Sentence, told
from callserver.wire.messages import Phrase

log = Logger()

MENUS_S = 30.0  # so long the files of the plugins folder may take
TESTS_S = 120.0  # and so long the tests beside menus, on a slow machine with all its lines at work
DATABASE_S = 5.0
NOTHING_CHANGED = N_("Nothing was changed.")
NOT_READY = N_("Settings are read only while the server is ready, once at a time.")

SINGLE = (
    "server",
    "exchange",
    "agents",
    "dialling",
    "offices",
    "recording",
    "interface",
    "menus",
    "shop",
    "backup",
    "fax",
    "mail",
    "voicemail",
    "statistics",
)
NOW = {  # settings that a running server takes over
    "server": {"plugins", "prompts", "stop_wait_s"},
    "line": {"menu", "enabled", "direction", "group"},
    "agents": {"outcomes", "barge_in_tone", "paused_alarm_min", "menu_numbers"},
    "offices": {one.name for one in fields(OfficesConfig)},
    "menus": {one.name for one in fields(MenusConfig)},
    "dialling": {one.name for one in fields(DiallingConfig)},
    "voicemail": {one.name for one in fields(VoicemailConfig)},
}
LATER = N_("[{section}] {key} counts from the next start on.")
NEW, GONE = N_("[{section}] is new: from the next start on."), N_("[{section}] is gone: from the next start on.")
MOVED = N_("[{section}] does not count: the database has the queues; change them by bin/callserver queues.")
CHANGED = N_("[{section}] {key} = {value}")


def counts_now(kind: str, key: str) -> bool:
    """Whether a running server takes a setting over; else it counts from the next start on."""
    return key in NOW.get(kind, ())


@dataclass(frozen=True)
class Judged:
    """
    What would come of settings.

    :param failed: what fails in the tests beside menus that lines would have anew
    """

    reading: Reading
    prompts: Prompts
    menus: Found
    findings: Sequence[Finding]
    failed: Sequence[Sentence]


@dataclass(frozen=True)
class Change:
    """
    From one config.ini to the next.

    `config`: what counts now; `told`: each setting that is another, and from when on it counts
    """

    config: Config
    told: tuple[Phrase, ...]


def change(old: Config, new: Config) -> Change:
    """What a running server makes of it."""
    said: list[Phrase] = []
    single = {name: _merged(name, name, getattr(old, name), getattr(new, name), said) for name in SINGLE}
    lines = _each("line", old.lines, new.lines, said)
    said += [
        Phrase(MOVED, {"section": f"queue {name}"}) for name, one in new.queues.items() if old.queues.get(name) != one
    ]
    return Change(replace(old, **single, lines=lines), tuple(said))


def _each(kind: str, old: Mapping[Any, Any], new: Mapping[Any, Any], said: list[Phrase]) -> dict[Any, Any]:
    said += [Phrase(NEW, {"section": f"{kind} {name}"}) for name in new.keys() - old.keys()]
    said += [Phrase(GONE, {"section": f"{kind} {name}"}) for name in old.keys() - new.keys()]
    return {name: _merged(kind, f"{kind} {name}", one, new.get(name, one), said) for name, one in old.items()}


def _merged(kind: str, section: str, old: Any, new: Any, said: list[Phrase]) -> Any:
    now = {}
    for key in _different(old, new):
        if counts_now(kind, key):
            now[key] = getattr(new, key)
            said.append(Phrase(CHANGED, {"section": section, "key": key, "value": text_of(now[key])}))
        else:
            said.append(Phrase(LATER, {"section": section, "key": key}))
    return replace(old, **now)


def _different(old: Any, new: Any) -> Iterator[str]:
    return (one.name for one in fields(old) if getattr(old, one.name) != getattr(new, one.name))


class Endless(Complaint):
    """A file that is read does not end."""


class Reloadable(Protocol):
    """The server, as far as it can be given other settings while it runs."""

    config: Config
    status: Status
    prompts: Prompts
    menus: ShopMenus
    line_menus: LineMenus

    def box_numbers(self) -> Collection[str]:
        """Of all mailboxes."""

    def take_over(self, config: Config, prompts: Prompts) -> None:
        """From now on."""


class Reload:
    """
    All or nothing, once at a time: files are read in a thread, and looked over before anything is taken over.

    What is wrong is told as `callserver check` tells it, all of it, also if it stops nothing.

    :param organised: what is in the database of people's work, and their names
    """

    def __init__(
        self,
        server: Reloadable,
        folder: ShopFolder,
        world: World,
        events: EventLog,
        organised: Callable[[], Deferred[tuple[Organisation, Mapping[str, str]]]],
    ) -> None:
        self._server, self._folder, self._world, self._events = server, folder, world, events
        self._organised = organised
        self._under_way = False

    def begin(self) -> Deferred[None]:
        """Fires when what came of it stands in log and status."""
        if self._server.status.state != "ready" or self._under_way:
            self._tell(False, Phrase(NOT_READY))
            return succeed(None)
        self._under_way = True
        return Deferred.fromCoroutine(self._read()).addErrback(self._broken).addCallback(self._over)

    async def judge(self, reading: Reading) -> Judged:
        """
        What would come of these settings, with all files as they are now; nothing is taken over.

        :raises Endless: a file in the plugins folder
        """
        prompts = Prompts(self._folder.prompts(reading.config))
        await self._world.in_thread(prompts.load)
        finding = self._world.apart(self._server.menus.find, reading.config)
        try:
            menus = await finding.addTimeout(MENUS_S, self._world.reactor)
        except TimeoutError:
            raise Endless(N_("A file in the plugins folder does not end.")) from None
        failed = await self._failing(reading, menus)
        return Judged(reading, prompts, menus, await self._findings(reading, menus), failed)

    async def save(self, reading: Reading, keep: Callable[[], None]) -> tuple[Judged, list[Sentence]]:
        """
        Settings that nothing is `against` are kept and taken over; else nothing has changed.

        :param keep: puts them on disk, in a thread; what it raises is raised
        :raises Complaint: the server is not ready, or reads settings already
        """
        if self._server.status.state != "ready" or self._under_way:
            raise Complaint(NOT_READY)
        self._under_way = True
        try:
            judged = await self.judge(reading)
            if self._server.status.state != "ready":  # a stop has begun meanwhile
                raise Complaint(NOT_READY)
            against = self.against(judged)
            if not against:
                await self._world.in_thread(keep)
                if self._server.status.state == "ready":  # else they count from the next start on
                    self._take_over(judged)
            return judged, against
        finally:
            self._under_way = False

    def against(self, judged: Judged) -> list[Sentence]:
        """Why these settings cannot be taken over; nothing may be broken that was not before."""
        server = self._server
        known = {str(problem) for problem in (*server.menus.problems, *server.prompts.problems)}
        found = (*server.menus.problems_with(judged.menus), *judged.prompts.problems)
        broken = [one for one in found if str(one) not in known]
        return [*judged.failed, *broken, *(one for one in judged.findings if one.grade is Grade.STOPS)]

    async def _read(self) -> None:
        reading = self._folder.reading()
        try:
            judged = await self.judge(reading)
        except Endless as endless:
            self._tell(False, *reading.findings, Phrase.of(endless), Phrase(NOTHING_CHANGED))
        else:
            self._look_over(judged)

    async def _findings(self, reading: Reading, menus: Found) -> list[Finding]:
        """Without notes."""
        try:
            all_, people = await self._organised().addTimeout(DATABASE_S, self._world.reactor)
        except Exception:  # the store has raised the alarm
            all_, people = Organisation(), {}
        there = places(all_, reading.config, self._server.box_numbers())
        accepted = self._server.line_menus.menus
        looking = partial(mistakes, reading, self._folder, menus, there, accepted, running=True)
        around = Surroundings.of(reading.config, menus.menus.keys, boxes=self._server.box_numbers)
        said = [
            *await self._world.in_thread(looking),
            *misfits(all_, people, around, self._folder.database(reading.config)),
            *taken(reading, people),
        ]
        return [one for one in said if one.grade is not Grade.NOTE]

    async def _failing(self, reading: Reading, menus: Found) -> Sequence[Sentence]:
        """What fails in the tests beside menus that lines would have anew, and beside those they lead to."""
        files = test_files(self._folder.plugins(reading.config))
        anew = self._server.line_menus.anew(menus, reading.config)
        names = {name for menu in anew for name in led_to(menu, menus) if name in files}
        if not names:
            return []
        try:
            return await self._world.apart(failing, self._folder.path, sorted(names), TESTS_S)
        except Exception:
            log.failure("the tests beside menus did not end")
            broken = N_("The tests beside menus {menus} cannot be run: bin/callserver menus test tells why.")
            return [Phrase(broken, {"menus": ", ".join(sorted(names))})]

    def _look_over(self, judged: Judged) -> None:
        """All or nothing: no menu is loaded whose tests fail, either."""
        if self.against(judged):
            self._tell(False, *judged.failed, *judged.findings, Phrase(NOTHING_CHANGED))
        elif self._server.status.state != "ready":  # a stop has begun meanwhile: a line that is put back would ring
            self._tell(False, Phrase(NOT_READY), Phrase(NOTHING_CHANGED))
        else:
            self._take_over(judged)

    def _take_over(self, judged: Judged) -> None:
        new = change(self._server.config, judged.reading.config)
        self._server.menus.become(judged.menus)
        self._server.take_over(new.config, judged.prompts)
        self._tell(True, Phrase(N_("Settings, menus and prompts are read anew.")), *new.told, *judged.findings)

    def _broken(self, failure: Failure) -> None:
        log.failure("settings, menus and prompts were not read anew", failure)
        self._tell(False, Phrase(NOTHING_CHANGED))

    def _over(self, _: None) -> None:
        self._under_way = False

    def _tell(self, ok: bool, *said: Sentence) -> None:
        status = self._server.status
        n = status.reloaded.n + 1 if status.reloaded else 1
        status.reloaded = Reloaded(n, status.iso(self._events.now()), ok, said)
        for one in said:
            log.info("reload: {text}", text=told(one, "en"))
        if not ok:
            first = Phrase.of(said[0])
            details: dict[str, Any] = dict(first.details)
            self._events.alarm(first.msgid, **details)
