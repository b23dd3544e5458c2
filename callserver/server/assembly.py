"""The server of one shop: its start and its stop, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from twisted.internet.defer import CancelledError, Deferred, maybeDeferred, succeed
from twisted.python.failure import Failure

from callserver.acd.seats.acts import Act
from callserver.agents.channel import AgentChannel
from callserver.agents.desk import Desk
from callserver.agents.tls import OwnCertificate
from callserver.calls.vocabulary import Kind
from callserver.config import Config
from callserver.ivr.discovery import Found
from callserver.ivr.prompts import Prompts
from callserver.server import declarations, recovery
from callserver.server.backups import NightlyBackup, last_backup
from callserver.server.bareness import Bareness
from callserver.server.checks.organisation import everything
from callserver.server.drain import NOBODY, Drain
from callserver.server.line_desk import LineDesk
from callserver.server.notify import notify
from callserver.server.parts import Parts
from callserver.server.prompt_watch import PromptWatch
from callserver.server.reload import Reload
from callserver.server.settings.desk import SettingsDesk
from callserver.server.shop_folder import Life, ShopFolder
from callserver.server.world import World
from callserver.wire.alarms import alarm_phrase
from callserver.wire.catalogue import Complaint, told
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import AlarmNotice, Phrase
from callserver.wire.records import EventRecord


class CallServer(Parts):
    """
    The server of one shop: starts its parts in order, and stops them.

    `life` is known when the database is open.
    """

    def __init__(
        self,
        folder: ShopFolder,
        world: World,
        on_wait: Callable[[Complaint], None] = lambda why: None,
        found: Found | None = None,
    ) -> None:
        super().__init__(folder, world, on_wait, found)
        self.life: Life | None = None
        self.certificate: OwnCertificate | None = None
        self._journal_open = self._answering = False
        self._reload = Reload(self, folder, world, self.events, lambda: self.store.read(everything))
        self._acts = declarations.acts({**self.centre.acts(), **self._own_acts()}, self.features)
        self._drain: Drain | None = None
        self._starting: Deferred[None] = succeed(None)
        self.ready: Deferred[None] = Deferred()  # fires when all is open; fails if it will not be

    def _own_acts(self) -> dict[str, Act]:
        """What supervisors can ask of the server itself."""
        lines = LineDesk(self.store, self.events, lambda: self.config, self.line_menus, self.world.now)
        settings = SettingsDesk(self.folder, self.world, self.events, lambda: self.config, self._reload)
        return {**lines.acts(), **settings.acts()}

    @property
    def acts(self) -> Mapping[str, Act]:
        """All that agents can ask for, by name."""
        return self._acts

    def startService(self) -> None:
        self._watches = [
            self.world.open_to_status(self.folder.path, self.status.as_bytes),
            self.world.watchdog(self.stalls, self.folder.stacks),
        ]
        for watch in self._watches:  # outside the house: to the end of its stop they tell how it is
            watch.startService()  # type: ignore[no-untyped-call]
        super().startService()  # type: ignore[no-untyped-call]
        self._starting = Deferred.fromCoroutine(self._start())
        self._starting.addBoth(self._started)

    def stopService(self) -> Deferred[None]:
        """End the calls, put the lines on hook, write everything down."""
        return Deferred.fromCoroutine(self._stop())

    def drain(self, tell: Callable[[Phrase], None]) -> Deferred[None]:
        """
        Take no new calls; fires when the last one is over, or `[server] stop_wait_s` is. Screens are told.

        :param tell: told the same
        """
        if self.status.state == "stopping" or not self._answering:
            tell(Phrase(NOBODY))
            return succeed(None)
        self.status.state = "stopping"

        def tell_all(phrase: Phrase) -> None:
            self.status.stopping = phrase
            notify(f"STATUS={told(phrase, 'en')}")
            if self.agents is not None:
                self.agents.tell_all(phrase)
            tell(phrase)

        lines = [line for number, line in self.lines.items() if self.line_menus.is_enabled(number)]
        self._drain = Drain(self.reactor, lines, self.calls, self.board, self.config.server.stop_wait_s, tell_all)
        return self._drain.when_dry()

    def reload(self) -> Deferred[None]:
        """Settings, menus and prompts anew, all or nothing; what came of it stands in log and status."""
        return self._reload.begin()

    def take_over(self, config: Config, prompts: Prompts) -> None:
        """Other settings and recordings, for what happens from now on."""
        old, self.config = self.config, config
        self._hear(prompts)
        self.centre.change(config)
        self.line_bank.change(config)
        self.line_menus.take_files([n for n in config.lines if n in old.lines])

    def _hear(self, prompts: Prompts) -> None:
        """Other recordings, from the next prompt on."""
        self.prompts.become(prompts)
        self.calls.music = prompts.music

    def _hear_changed(self, prompts: Prompts) -> None:
        """Recordings that have changed under the running server; what is newly wrong with them is told."""
        known = {str(problem) for problem in self.prompts.problems}
        for problem in prompts.problems:
            if str(problem) not in known:
                self._alarm(problem.msgid, **problem.details)
        self._hear(prompts)

    # Start, in the order in which one part needs another, and stop

    async def _start(self) -> None:
        await self.world.in_thread(self.prompts.load)
        self.calls.music = self.prompts.music
        self._began = self.world.now()
        self.journal.open()
        self._journal_open = True
        for problem in (*self.menus.found.problems, *self.prompts.problems):
            self._alarm(problem.msgid, **problem.details)
        patiently = self._books.patiently
        self.life = await self._books.open(self.features, on_late=self._answer)
        await patiently(recovery.log_out_the_killed, self.store, self.events, self._began)
        repaired = self.store, self.folder.recordings, self.events, self.world.in_thread, self._began
        await patiently(recovery.repair_recordings, *repaired)
        await self.centre.staff.follow()
        await self.centre.organisation.follow()
        await patiently(self.centre.restore, self._began)
        bare = await patiently(self._books.bare, self.features)
        self.menus.bare(bare)
        await patiently(self.line_menus.restore)
        self._answer()
        self.line_menus.apply()  # lines that were opened before the database was
        await patiently(self.centre.call_backs.open)
        self.status.demo, self.status.last_backup = self._is_demo, last_backup(self.folder, self.config)
        nightly = NightlyBackup(self.folder, self.config, self.world, self.events, self._backed_up)
        services = [service for feature in self.features for service in feature.services]
        books = self.centre.staff, self.centre.organisation, self.line_menus
        watch = PromptWatch(
            self.reactor,
            self.world.in_thread,
            self.prompts,
            lambda: self.folder.prompts(self.config),
            self._hear_changed,
        )
        bareness = Bareness(self.reactor, self.store, bare, self.menus.bare)
        parts = (*books, bareness, self.centre.alarms.schedule, nightly, watch, *self._new_texts(), *services)
        for part in parts:
            part.setServiceParent(self)  # type: ignore[no-untyped-call]
        await self._open_agents()
        if self._drain is None:  # a stop may have begun while the database was waited for
            self.status.state = "ready"

    @property
    def losses(self) -> Sequence[Complaint]:
        """What became of the shop's data before this start."""
        return self._books.losses

    @property
    def _is_demo(self) -> bool:
        return self.life is not None and self.life.demo

    def _answer(self) -> None:
        """From now on calls are answered; with the menus that there are."""
        if self._answering:
            return
        self._answering = True
        for part in (self.recorder, self.tick):
            part.setServiceParent(self)  # type: ignore[no-untyped-call]
        self.centre.open_queues()
        self._open_lines()

    def _started(self, result: Failure | None) -> None:
        if not isinstance(result, Failure) or not isinstance(result.value, CancelledError):  # stopped meanwhile
            self.ready.callback(result)

    async def _stop(self) -> None:
        self.status.state = "stopping"
        self._starting.cancel()  # what has not been opened yet stays closed
        if self._drain is not None:
            self._drain.cut()
        stopped = Reason(Cause.SERVER_STOPPED)
        parted = self.agents.stopService() if self.agents is not None else succeed(None)
        for number, line in self.lines.items():
            if self.line_menus.is_enabled(number) and self._drain is None:
                line.disable()  # the programs take their time: a call that rang meanwhile would have no end
        self.calls.end_all("server", stopped)
        self.centre.close(stopped)  # after the good-bye: a program that is told of a log-out would stay out
        await parted
        await super().stopService()  # type: ignore[no-untyped-call]
        await self.speech.stop()
        self.world.close()
        if self._journal_open:
            self.events.write(Kind.SERVER, state="stopped")
            await self.journal.close()
            await self.store.stop()
        for watch in self._watches:
            await maybeDeferred(watch.stopService)

    def _open_lines(self) -> None:
        self.line_bank.open(self.config)
        self.line_menus.apply()
        self.line_bank.setServiceParent(self)  # type: ignore[no-untyped-call]

    async def _open_agents(self) -> None:
        endpoint, self.certificate = self.world.agents_endpoint(self.config.agents, self.folder.path)
        options = self.certificate.options if self.certificate else None
        centre = self.centre
        desk = Desk(
            centre.staff,
            centre.seats,
            self.board,
            self._acts,
            self._refused,
            self._is_demo,
            centre.waiting,
            lambda number: self._mailboxes.marks(number) if self._mailboxes is not None else (),
            self._arrived,
        )
        self.agents = AgentChannel(self.reactor, endpoint, options, desk)
        await self.agents.startService()
        self.events.watch(self._tell_supervisors)
        if self._mailboxes is not None:
            self._mailboxes.watch(self.agents.tell_marks)

    def _arrived(self, number: str) -> None:
        """A program has asked for all it shows; features add what waits for it, behind the answer."""
        for feature in self.features:
            if feature.arrived is not None:
                self.reactor.callLater(0, feature.arrived, number)

    def _backed_up(self, at: datetime) -> None:
        self.status.last_backup = at

    def _tell_supervisors(self, event: EventRecord) -> None:
        """Every alarm, whoever has given it, and that it is over."""
        if self.agents is not None and event.kind in (Kind.ALARM.value, Kind.ALARM_OVER.value):
            over = event.kind == Kind.ALARM_OVER.value
            self.agents.tell_supervisors(AlarmNotice(alarm_phrase(event.data), event.channel or "", over))
