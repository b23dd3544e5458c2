"""The one place that knows all parts: puts the server of one shop together, starts and stops it in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from twisted.application.service import MultiService
from twisted.internet.defer import CancelledError, Deferred, maybeDeferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.acd.phones.log_in import log_in
from callserver.agents.channel import AgentChannel
from callserver.agents.desk import Desk
from callserver.agents.tls import OwnCertificate
from callserver.calls.board import Board
from callserver.calls.call import Call
from callserver.calls.call_recording import RecordingRule
from callserver.calls.event_log import EventLog
from callserver.calls.line import LineInService
from callserver.calls.live_calls import LiveCalls
from callserver.calls.vocabulary import Kind
from callserver.config import Config, ConfigError
from callserver.dsp.ear import Ear
from callserver.dsp.progress.plan_files import FILE_NAME as TONES_FILE
from callserver.dsp.progress.plan_files import PlanFileError, load_plan
from callserver.dsp.progress.plans import Plan, plan
from callserver.emulator.exchange import Exchange
from callserver.features import Asked, House, Shop
from callserver.ivr import spoken
from callserver.ivr.call_back import CallBackTalk
from callserver.ivr.discovery import Found
from callserver.ivr.known_text import KnownText
from callserver.ivr.loading.loads import queues_used
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.prompts import Prompts
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.media.patch_bay import PatchBay
from callserver.media.recorder import Recorder
from callserver.media.speech import Speech
from callserver.server import declarations, recovery
from callserver.server.backups import NightlyBackup, last_backup
from callserver.server.bareness import Bareness
from callserver.server.books import Books
from callserver.server.call_centre import CallCentre
from callserver.server.checks.menus import sent_to
from callserver.server.checks.organisation import everything
from callserver.server.drain import NOBODY, Drain
from callserver.server.known_texts import in_database, of_menus
from callserver.server.line_bank import LineBank
from callserver.server.line_menus import LineMenus
from callserver.server.menu_people import MenuPeople
from callserver.server.new_texts import NewTexts
from callserver.server.notify import notify
from callserver.server.people_only import FIRST
from callserver.server.prompt_watch import PromptWatch
from callserver.server.recording_notice import RecordingNotice
from callserver.server.reload import Reload
from callserver.server.shop_folder import Life, ShopFolder
from callserver.server.shop_menus import ShopMenus
from callserver.server.stalls import Stall, Stalls
from callserver.server.status import Status
from callserver.server.world import World
from callserver.store.database import Store
from callserver.store.journal import Journal
from callserver.wire.alarms import alarm_phrase
from callserver.wire.catalogue import N_, Complaint, told
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import AlarmNotice, Card, Phrase
from callserver.wire.records import EventRecord
from callserver.wire.refusals import Refusal, Refused

log = Logger()


class CallServer(MultiService):
    """
    The server of one shop: lines, menus, queues, seats, records.

    :param world: life, or a rehearsal's
    :param on_wait: told what the start waits for, when that takes long
    :param found: the menus, where the files have been looked at already
    `life` is known when the database is open.
    """

    def __init__(
        self,
        folder: ShopFolder,
        world: World,
        on_wait: Callable[[Complaint], None] = lambda why: None,
        found: Found | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder, self.config, self.world = folder, folder.config(), world
        self.life: Life | None = None
        self.reactor = world.reactor
        self._make_records(on_wait)
        self._make_sound()
        self._make_people(found)
        self._make_status()
        self.agents: AgentChannel | None = None
        self.certificate: OwnCertificate | None = None
        self._journal_open = self._answering = False
        self._reload = Reload(self, folder, world, self.events, lambda: self.store.read(everything))
        self._drain: Drain | None = None
        self._starting: Deferred[None] = succeed(None)
        self.ready: Deferred[None] = Deferred()  # fires when all is open; fails if it will not be

    @property
    def lines(self) -> Mapping[int, LineInService]:
        """By number; none before calls are answered."""
        return self.line_bank.lines

    @property
    def exchange(self) -> Exchange | None:
        """The emulated one, if any line is attached to it."""
        return self.line_bank.exchange

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

    # The parts

    def _make_records(self, on_wait: Callable[[Complaint], None]) -> None:
        """Database, journal, event log, board."""
        world, server = self.world, self.config.server
        where = self.folder.database(self.config)
        self.disk = world.disk_room(self.folder.recordings)
        self.store = Store(
            where,
            self.reactor,
            self._alarm,
            make_database=world.database,
            make_pool=world.one_thread,
            make_room=self._make_room,
        )
        self.journal = Journal(
            self.store,
            self.reactor,
            self.folder.spool,
            server.node,
            world.now,
            world.one_thread,
            make_room=self._make_room,
        )
        self.events = EventLog(self.journal, self.reactor, server.node, world.now)
        self._books = Books(
            self.folder,
            self.config,
            world,
            self.store,
            self.journal,
            self.events,
            on_wait=on_wait,
            on_late=self._answer,
        )
        self.board = Board(self.events, self.reactor.seconds)

    def _make_sound(self) -> None:
        """Patch bay, recorder, prompts, voice."""
        world, config = self.world, self.config
        n_legs = len(config.lines) + config.agents.seats
        self.bay = PatchBay(
            self.reactor, n_legs=n_legs, ear_factory=partial(Ear, plan=self._tones()), on_alarm=self._alarm
        )
        self.tick = self.bay.schedule
        self.recorder = Recorder(
            self.reactor,
            self.bay,
            self.disk,
            self._alarm,
            world.new_id,
            make_pool=world.one_thread,
            make_file=world.recording_file,
        )
        self.prompts = Prompts(self.folder.prompts(config))
        self.speech = Speech(self.reactor, self.prompts, self.folder.spoken)
        self.voice = Voice(self.prompts, self.speech, self.reactor)

    def _make_people(self, found: Found | None) -> None:
        """Calls, features with their menus, acts and cards, and the people."""
        world, config = self.world, self.config
        rule = RecordingRule(config.recording.calls == "all", config.recording.recent_s)
        self.calls = LiveCalls(self.reactor, self.bay, self.events, world.new_id, self.recorder, rule)
        self.features = declarations.declared(Shop(config, self.store, self.events, world.choice, self._house()))
        self._faxes = next((feature.faxes for feature in self.features if feature.faxes is not None), None)
        self.menus = ShopMenus(self.features, self.folder, config, found)
        self._cards = declarations.Cards(self.features)
        self._runner = MenuRunner(
            self.menus.serving,
            self._menu_call,
            FIRST,
            self._alarm,
            lambda call, seconds: self.line_bank.rest(call, seconds),
            lambda: self.centre.hours(),
            self._staff_call,
            config.agents.phone_log_in,
            takes_fax=lambda call: self._fax_on(call) == "tone",
        )
        self.centre = CallCentre(
            config,
            world,
            self.store,
            self.calls,
            self.board,
            self.events,
            self.bay,
            say=self._say,
            counted=spoken.number,
            place=spoken.place,
            minutes=spoken.minutes,
            card=self._card,
            flows=self._runner,
            asking=CallBackTalk(self._menu_call, lambda number: self.centre.call_backs.may_call(number)),
            trunks=lambda: self.line_bank.trunks,
            acts=lambda: self._acts,
            complain=self._refused,
            menus=self.menus.serving.keys,
            sent_to=lambda: {**sent_to(self.folder.plugins(self.config)), **queues_used()},
            features=self.features,
        )
        self._acts = declarations.acts(self.centre.acts(), self.features)
        self.people = MenuPeople(lambda: self.config, self.centre, RecordingNotice(self.events, self._say))
        self.line_bank = LineBank(self.folder, world, self.board, self.calls, self._alarm, self._serve)
        self.line_menus = LineMenus(world, self.store, self.menus, lambda: self.config, self.line_bank, self.events)

    def _house(self) -> House:
        """For features that do something with calls of their own."""
        return House(
            self.reactor,
            self.folder.path,
            self.world.in_thread,
            self.world.new_id,
            self._alarm,
            door=partial(self.world.programs_endpoint, self.folder.path),
            calls_out=lambda: self.centre.calls_out,
            rights=lambda number: self.centre.staff.rights(number),
            log_in=lambda call: log_in(call, self.centre.staff, self._refused),
            prompt_folders=lambda: self.folder.prompts(self.config),
            known_texts=self._known_texts,
            plan=self._tones(),
            serve=lambda call, menu: self._runner.serve(call, menu),
        )

    def _new_texts(self) -> Iterator[NewTexts]:
        """What says texts before they are needed; nothing in a rehearsal."""
        folder = self.folder.spoken
        voice = self.world.natural_voice(folder)
        if voice is not None:
            in_thread = self.world.in_thread
            yield NewTexts(self.reactor, in_thread, self._known_texts, self.prompts, voice, self.speech, folder)

    def _known_texts(self) -> Deferred[list[KnownText]]:
        """Of the database, and of menu files as they serve calls now, each line with its version."""
        bound = [menu for one in self.line_menus.bound.values() for menu in one.menus.values()]
        menus = of_menus([*self.menus.serving.values(), *bound])
        return self.store.read(in_database).addCallback(lambda found: found + menus)

    def _make_status(self) -> None:
        """What is told of the server from outside."""
        self.stalls = Stalls(self._stalled)
        self.status = Status(
            self.reactor,
            lambda: self.config,
            shop=str(self.folder.path),
            board=self.board,
            calls=self.calls,
            events=self.events,
            queues=self.centre.queues,
            tick=self.tick,
            stalls=self.stalls,
            about=self.line_menus.about,
        )

    def _tones(self) -> Plan:
        """Those the shop has learned from its own line, else its country's."""
        learned = self.folder.path / TONES_FILE
        if not learned.exists():
            return plan(self.config.exchange.country)
        try:
            return load_plan(learned)
        except PlanFileError as problem:
            raise ConfigError(problem.msgid, **problem.details) from problem

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
        self.life = await self._books.open(self.features)
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
        desk = Desk(centre.staff, centre.seats, self.board, self._acts, self._refused, self._is_demo, centre.waiting)
        self.agents = AgentChannel(self.reactor, endpoint, options, desk)
        await self.agents.startService()
        self.events.watch(self._tell_supervisors)

    # What the parts need of each other

    def _backed_up(self, at: datetime) -> None:
        self.status.last_backup = at

    def _refused(self, number: str, address: str, act: str, refused: Refused) -> None:
        """Somebody at the agents' channel was refused something."""
        if act == "log in":
            self.events.write(Kind.LOG_IN_REFUSED, person=number, address=address, act=act, right=str(refused))
        elif refused.code is Refusal.NO_RIGHT:
            self.events.write(Kind.RIGHT_REFUSED, person=number, address=address, act=act, right=refused.detail)

    def _tell_supervisors(self, event: EventRecord) -> None:
        """Every alarm, whoever has given it, and that it is over."""
        if self.agents is not None and event.kind in (Kind.ALARM.value, Kind.ALARM_OVER.value):
            over = event.kind == Kind.ALARM_OVER.value
            self.agents.tell_supervisors(AlarmNotice(alarm_phrase(event.data), event.channel or "", over))

    def _alarm(self, msgid: str, /, **details: object) -> None:
        self.events.alarm(msgid, None, **details)

    def _make_room(self) -> bool:
        """In a thread that writes records, on a full disk: the reserve is given up for them."""
        given_up = self.disk.drop_ballast()
        if given_up:
            self.reactor.callFromThread(self._alarm, N_("the disk is full: its reserve is given up for call records"))
        return given_up

    def _stalled(self, stall: Stall, worth_a_line: bool) -> None:
        """The reactor was held up."""
        if worth_a_line:
            log.warn("the server was held up for {s} s by {place}", s=f"{stall.busy_s:.2f}", place=stall.place)
        if stall.interrupted:
            self.events.alarm(
                N_("menu {menu} has held up the whole server for {s} s and was broken off: {file}, line {row}"),
                stall.place.channel or None,
                menu=stall.place.menu or stall.place.file,
                s=round(stall.busy_s, 1),
                file=stall.place.file,
                row=stall.place.line,
            )

    def _serve(self, number: int, call: Call) -> None:
        """A new call at a line, with the menu that its settings name now."""
        if self.config.lines[number].fax == "receive":
            self._runner.receive_fax(call)
        else:
            self._runner.serve(call, *self.line_menus.serve(number, call))

    def _fax_on(self, call: Call) -> str:
        """What the settings of a call's line say of faxes."""
        settings = next((self.config.lines[n] for n, line in self.lines.items() if line is call.first), None)
        return settings.fax if settings is not None and self._faxes is not None else "no"

    async def _staff_call(self, menu_call: MenuCall) -> None:
        """Somebody of the staff wants to work by the telephone that he calls from."""
        await self.centre.phones.serve(menu_call.call, menu_call)

    def _menu_call(self, call: Call) -> MenuCall:
        return MenuCall(call, self.voice, self.people, self.reactor, self.recorder, self._faxes, self._wall)

    def _wall(self) -> datetime:
        """The clock on the shop's wall."""
        return self.events.now().astimezone(self.config.server.zone)

    def _say(self, call: Call, prompts: Sequence[str]) -> Deferred[None]:
        return Deferred.fromCoroutine(self._menu_call(call).say(prompts)).addCallback(lambda _: None)

    def _card(self, call: Call, queue: str) -> Deferred[Card]:
        """What an agent sees: the shop's books, and the way the caller has come."""
        asked = Asked(call.id, call.caller.known_by, self.events.now())
        return self.store.read(self._cards.read, asked).addCallback(partial(self._cards.card, call, queue))
