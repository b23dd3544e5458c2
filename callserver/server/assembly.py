"""The one place that knows all parts: puts the server of one shop together."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.logger import Logger

from callserver.acd.floor import Floor
from callserver.acd.queue import Queue
from callserver.acd.seat_core import SeatLimits
from callserver.acd.staff import StaffBook
from callserver.agents.channel import AgentChannel
from callserver.agents.tls import OwnCertificate
from callserver.calls.board import Board
from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.calls.line import LineChannel
from callserver.calls.vocabulary import Kind
from callserver.config import EMULATED, ConfigError, LineConfig
from callserver.dsp.ear import Ear
from callserver.dsp.frames import FloatArray
from callserver.dsp.progress.plan_files import FILE_NAME as TONES_FILE
from callserver.dsp.progress.plan_files import PlanFileError, load_plan
from callserver.dsp.progress.plans import Plan, plan
from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import Line
from callserver.features.shopping import sample
from callserver.features.shopping.desk import customer_card
from callserver.features.shopping.flow import ShopMenu
from callserver.ivr.discovery import find_menus
from callserver.ivr.interfaces import IMenu
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.prompts import FOLDER as OUR_PROMPTS
from callserver.ivr.prompts import PromptError, Prompts
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.media.patch_bay import PatchBay
from callserver.media.recorder import Recorder
from callserver.media.repair import NotARecording, repair
from callserver.media.speech import Speech
from callserver.media.tick import Tick
from callserver.server.shop_folder import TOP, ShopFolder
from callserver.server.world import World
from callserver.store.database import Store
from callserver.store.journal import Journal
from callserver.wire.messages import Card
from callserver.wire.records import CallRecord
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right

log = Logger()

FIRST_STAFF = {"800": "班长 Supervisor"} | {f"80{number}": f"座席 Agent {number}" for number in range(1, 5)}
AGENT_RIGHTS = frozenset(
    {Right.ANSWER_INTERNAL, Right.ANSWER_QUEUED, Right.PICK_UP, Right.DIAL_INTERNAL, Right.DIAL_LOCAL}
)


class CallServer(MultiService):
    """
    The server of one shop: lines, menus, queues, seats, records.

    :param world: life, or a rehearsal's
    `exchange` is the emulated one, if any line is attached to it.
    """

    def __init__(self, folder: ShopFolder, world: World) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.folder, self.config, self.world = folder, folder.config(), world
        reactor = self.reactor = world.reactor
        config = self.config
        database = config.server.database
        where = database if "://" in database else str(folder.path / database)
        self.store = Store(where, reactor, self._alarm, make_database=world.database, make_pool=world.one_thread)
        self.journal = Journal(self.store, reactor, folder.spool, config.server.node, world.now, world.one_thread)
        self.events = EventLog(self.journal, reactor, config.server.node, world.now)
        self.board = Board(self.events, reactor.seconds)
        ear = partial(Ear, plan=self._tones())
        self.bay = PatchBay(reactor, n_legs=len(config.lines) + config.agents.seats, ear_factory=ear)
        self.tick = Tick(reactor, self.bay.tick)
        self.recorder = Recorder(
            reactor,
            self.bay,
            folder.recordings,
            self._alarm,
            make_pool=world.one_thread,
            make_disk=world.disk_room,
            make_file=world.recording_file,
            new_name=world.new_id,
        )
        limits = SeatLimits(max_misses=next(iter(config.queues.values())).misses)
        self.floor = Floor(
            reactor,
            board=self.board,
            events=self.events,
            bay=self.bay,
            n_seats=config.agents.seats,
            limits=limits,
        )
        self.staff = StaffBook(self.store, reactor, world.now)
        own_prompts = [Path(config.server.prompts)] if config.server.prompts else []
        self.prompts = Prompts([*own_prompts, OUR_PROMPTS])
        self.speech = Speech(reactor, self.prompts, folder.spoken)
        self.voice = Voice(self.prompts, self.speech, reactor)
        self.menus = self._menus()
        self.queues: dict[str, Queue] = {}
        self.agents: AgentChannel | None = None
        self.exchange: Exchange | None = None
        self.certificate: OwnCertificate | None = None
        self.channels: dict[int, LineChannel] = {}
        self._journal_open = False
        self.ready: Deferred[None] = Deferred()  # fires when calls are answered; fails if they will not be

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        Deferred.fromCoroutine(self._start()).chainDeferred(self.ready)

    def stopService(self) -> Deferred[None]:
        """End the calls, put the lines on hook, write everything down."""
        return Deferred.fromCoroutine(self._stop())

    # Start, in the order in which one part needs another

    async def _start(self) -> None:
        await self.store.start()
        unfinished = await self.journal.start()
        self._journal_open = True
        self.events.write(Kind.SERVER, state="started")
        await self.world.in_thread(self.prompts.load)
        await self._furnish()
        await self._repair(unfinished)
        for part in (self.recorder, self.tick):
            part.setServiceParent(self)  # type: ignore[no-untyped-call]
        if self.prompts.music is None:
            raise PromptError(f"{OUR_PROMPTS / 'music.wav'} is missing: run bin/render-prompts")
        self._open_queues(self.prompts.music)
        self._open_lines()
        await self._open_agents()

    async def _stop(self) -> None:
        for channel in self.channels.values():
            if channel.call is not None:
                channel.call.end("server", "server stopped")
        if self.agents is not None:
            await self.agents.stopService()
        await super().stopService()  # type: ignore[no-untyped-call]
        await self.speech.stop()
        self.world.close()
        if self._journal_open:
            self.events.write(Kind.SERVER, state="stopped")
            await self.journal.close()
            await self.store.stop()

    async def _furnish(self) -> None:
        """An empty database gets the demo shop and the first staff."""
        await self.store.write(sample.load, self.events.now())
        if await self.staff.everybody():
            return
        password = self.folder.first_password()
        for number, name in FIRST_STAFF.items():
            await self.staff.add(number, name, password, frozenset(Right) if number == "800" else AGENT_RIGHTS)

    async def _repair(self, unfinished: Sequence[CallRecord]) -> None:
        """Recordings that were running when the server was killed."""
        for record in unfinished:
            if record.recording is None:
                continue
            try:
                length_s = await self.world.in_thread(repair, self.folder.recordings / record.recording)
            except (OSError, NotARecording) as problem:
                self._alarm(f"recording of call {record.id} cannot be repaired: {problem}")
            else:
                self.events.write(
                    Kind.RECORDING_REPAIRED,
                    call_id=record.id,
                    channel=record.channel,
                    file=record.recording,
                    length_s=round(length_s, 3),
                )

    def _tones(self) -> Plan:
        """Those the shop has learned from its own line, else its country's."""
        learned = self.folder.path / TONES_FILE
        if not learned.exists():
            return plan(self.config.exchange.country)
        try:
            return load_plan(learned)
        except PlanFileError as problem:
            raise ConfigError(str(problem)) from problem

    def _menus(self) -> dict[str, IMenu]:
        shop = ShopMenu(
            self.store, self.events, announce_recording=self.config.recording.announce, choice=self.world.choice
        )
        menus = {shop.name: shop} | find_menus(TOP / self.config.server.plugins)
        for number, line in self.config.lines.items():
            if line.menu not in menus:
                raise ConfigError(f"[line {number}] menu: no menu {line.menu!r}; there are {', '.join(sorted(menus))}")
        return menus

    def _open_queues(self, music: FloatArray) -> None:
        for name, settings in self.config.queues.items():
            self.queues[name] = Queue(
                name,
                settings,
                clock=self.reactor,
                bay=self.bay,
                floor=self.floor,
                say=self._say,
                card=self._card,
                music=music,
            )

    def _open_lines(self) -> None:
        if any(line.device == EMULATED for line in self.config.lines.values()):
            self.exchange = Exchange(self.reactor, self.config.exchange.country, now=self.world.local_now)
            self.exchange.setServiceParent(self)  # type: ignore[no-untyped-call]
        runner = MenuRunner(self.menus, self._menu_call, next(iter(self.queues)))
        for number, settings in self.config.lines.items():
            self._open_line(number, settings, runner)
        if self.exchange is not None:
            self._open_exchange(self.exchange)

    def _open_exchange(self, exchange: Exchange) -> None:
        """The shop's number rings its lines, and telephones can be used."""
        exchange.hunt(self.config.exchange.number, list(exchange.lines))
        try:
            self.world.open_to_telephones(exchange, self.folder.exchange_socket).setServiceParent(self)  # type: ignore[no-untyped-call]
        except (CannotListenError, OSError) as problem:  # in use, or the path is too long for a socket
            self._alarm(f"telephones cannot reach the emulated exchange: {problem}")

    def _open_line(self, number: int, settings: LineConfig, runner: MenuRunner) -> None:
        subscriber = self._subscriber(number) if settings.device == EMULATED else None
        line = self.world.line(f"line {number}", settings, self.config.exchange.country, subscriber)
        self.channels[number] = channel = LineChannel(
            line,
            clock=self.reactor,
            bay=self.bay,
            board=self.board,
            events=self.events,
            on_call=partial(runner.serve, menu_name=settings.menu),
            new_id=self.world.new_id,
            recorder=self.recorder if self.config.recording.calls == "all" else None,
            keys_from_sound=settings.keys == "sound",
            ring_stop_s=settings.ring_stop_s,
            guard_s=settings.guard_s,
        )
        channel.load(settings.menu)
        if settings.enabled:
            channel.enable()
        line.setServiceParent(self)

    def _subscriber(self, number: int) -> Line:
        """The place of a line on the emulated exchange."""
        assert self.exchange is not None
        return self.exchange.add_line(f"{self.config.exchange.number}{number:02}")

    async def _open_agents(self) -> None:
        endpoint, self.certificate = self.world.agents_endpoint(self.config.agents, self.folder.path)
        self.agents = AgentChannel(
            self.reactor,
            endpoint,
            self.certificate.options if self.certificate else None,
            log_in=self.staff.log_in,
            sit_down=self.floor.log_in,
            complain=self._refused,
        )
        self.floor.watch(self.agents.show)
        await self.agents.startService()

    # What the parts need of each other

    def _refused(self, number: str, address: str, act: str, refused: Refused) -> None:
        """Somebody at the agents' channel was refused something."""
        if act == "log in":
            self.events.write(Kind.LOG_IN_REFUSED, person=number, address=address, act=act, right=str(refused))
        elif refused.code is Refusal.NO_RIGHT:
            self.events.write(Kind.RIGHT_REFUSED, person=number, address=address, act=act, right=refused.detail)

    def _alarm(self, text: str) -> None:
        self.events.alarm(text)

    def _menu_call(self, call: Call) -> MenuCall:
        return MenuCall(call, self.voice, self, self.reactor, self.recorder)

    async def enter(self, queue: str, call: Call) -> str:
        """People, for menus: one of the shop's queues, or the first one."""
        return await self.queues.get(queue, next(iter(self.queues.values()))).enter(call)

    def _say(self, call: Call, prompts: Sequence[str]) -> Deferred[None]:
        return Deferred.fromCoroutine(self.voice.say(call, prompts))

    def _card(self, call: Call, queue: str) -> Deferred[Card]:
        """What an agent sees: the shop's books, and the way the caller has come."""
        caller = call.caller
        in_books = self.store.read(customer_card, caller.number, call.id, self.events.now(), call.language)
        return in_books.addCallback(
            lambda found: Card.from_wire(
                found
                | {
                    "call_id": call.id,
                    "caller_number": caller.number,
                    "caller_name": caller.name,
                    "queue": queue,
                    "language": call.language,
                    "path": call.path,
                }
            )
        )
