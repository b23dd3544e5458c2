"""All parts of one shop's server, each made with what it needs of the others; nothing runs yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from callserver.acd.phones.log_in import log_in
from callserver.acd.seats.acts import Act
from callserver.agents.channel import AgentChannel
from callserver.calls.board import Board
from callserver.calls.call import Call
from callserver.calls.event_log import EventLog
from callserver.calls.line import LineInService
from callserver.calls.live_calls import LiveCalls
from callserver.calls.recording_rules import recording_rules
from callserver.calls.vocabulary import Kind
from callserver.config import ConfigError
from callserver.dsp.ear import Ear
from callserver.dsp.progress.plan_files import FILE_NAME as TONES_FILE
from callserver.dsp.progress.plan_files import PlanFileError, load_plan
from callserver.dsp.progress.plans import Plan, plan
from callserver.emulator.exchange import Exchange
from callserver.features import Asked, Floor, House, Shop
from callserver.ivr import spoken
from callserver.ivr.call_back import CallBackTalk
from callserver.ivr.discovery import Found
from callserver.ivr.known_text import KnownText
from callserver.ivr.loading import loads
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.prompts import Prompts
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.media.patch_bay import PatchBay
from callserver.media.recorder import Recorder
from callserver.media.speech import Speech
from callserver.server import declarations
from callserver.server.books import Books
from callserver.server.call_centre import CallCentre
from callserver.server.checks.named import named_by_files
from callserver.server.known_texts import in_database, of_menus
from callserver.server.line_bank import LineBank
from callserver.server.line_menus import LineMenus
from callserver.server.mail import MailServer
from callserver.server.menu_people import MenuPeople
from callserver.server.new_texts import NewTexts
from callserver.server.people_only import FIRST
from callserver.server.recording_notice import RecordingNotice
from callserver.server.shop_folder import ShopFolder
from callserver.server.shop_menus import ShopMenus
from callserver.server.stalls import Stall, Stalls
from callserver.server.status import Status
from callserver.server.world import World
from callserver.store.database import Store
from callserver.store.journal import Journal
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused

log = Logger()


class Parts(MultiService):
    """
    Lines, menus, queues, seats, records of one shop.

    Parts that need each other are told of by a function that looks when it is asked; so each is made once, in the order
    below, and none of them is asked for anything before all are there.

    :param world: life, or a rehearsal's
    :param on_wait: told what the start waits for, when that takes long
    :param found: the menus, where the files have been looked at already
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
        self.reactor = world.reactor
        self.agents: AgentChannel | None = None
        self._make_bay()
        self._make_records(on_wait)
        self._make_sound()
        self._make_people(found)
        self._make_status()

    @property
    def lines(self) -> Mapping[int, LineInService]:
        """By number; none before calls are answered."""
        return self.line_bank.lines

    @property
    def exchange(self) -> Exchange | None:
        """The emulated one, if any line is attached to it."""
        return self.line_bank.exchange

    def box_numbers(self) -> Collection[str]:
        """Of all mailboxes."""
        return self._mailboxes.numbers if self._mailboxes is not None else ()

    # One after the other

    def _make_bay(self) -> None:
        """The patch bay and its tick, which all other threads let go first."""
        n_legs = len(self.config.lines) + self.config.agents.seats
        self.bay = PatchBay(
            self.reactor, n_legs=n_legs, ear_factory=partial(Ear, plan=self._tones()), on_alarm=self._alarm
        )
        self.tick = self.bay.schedule

    def _make_records(self, on_wait: Callable[[Complaint], None]) -> None:
        """Database, journal, event log, board."""
        world, server = self.world, self.config.server
        where = self.folder.database(self.config)
        self.disk = world.disk_room(self.folder.recordings)
        self.store = Store(
            where,
            self.reactor,
            self._alarm,
            make_database=partial(world.database, tick_over=self.tick.over),
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
        )
        self.board = Board(self.events, self.reactor.seconds)

    def _make_sound(self) -> None:
        """Recorder, prompts, voice."""
        world, config = self.world, self.config
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
        rules = recording_rules(config.recording)
        self.calls = LiveCalls(self.reactor, self.bay, self.events, world.new_id, self.recorder, rules)
        self.features = declarations.declared(Shop(config, self.store, self.events, world.choice, self._house()))
        self._faxes = next((feature.faxes for feature in self.features if feature.faxes is not None), None)
        self._mailboxes = next((feature.mailboxes for feature in self.features if feature.mailboxes is not None), None)
        self.menus = ShopMenus(self.features, self.folder, config, found)
        self._cards = declarations.Cards(self.features, self._region_of)
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
            mailboxes=self._mailboxes,
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
            named=lambda: {**named_by_files(self.folder.plugins(self.config)), **loads.named()},
            features=self.features,
        )
        self._acts: Mapping[str, Act] = {}  # given when all is there that they need
        self.people = MenuPeople(lambda: self.config, self.centre, RecordingNotice(self.events, self._say))
        self.line_bank = LineBank(self.folder, world, self.board, self.calls, self._alarm, self._serve)
        self.line_menus = LineMenus(world, self.store, self.menus, lambda: self.config, self.line_bank, self.events)

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

    def _house(self) -> House:
        """For features that do something with calls of their own."""
        return House(
            self.reactor,
            self.folder.path,
            lambda: self.config,
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
            mail=MailServer.of(self.reactor, self.world.in_thread, self.config),
            members=lambda group: self.centre.members_of(group),
            connect=lambda call, number, asks: self.people.connect(call, number, asks),
            post=lambda: next((feature.post for feature in self.features if feature.post is not None), None),
            tell=lambda number, said: self.agents is not None and self.agents.tell_person(number, said),
            telephones=self._telephones,
            floor=self._floor,
        )

    def _telephones(self, member_number: str) -> Collection[str]:
        """In the database's thread."""
        asked = [feature.telephones for feature in self.features if feature.telephones is not None]
        return [number for telephones in asked for number in telephones(member_number)]

    def _floor(self) -> Floor:
        """As it is now."""
        settings = {name: queue.settings for name, queue in self.centre.queues.by_name.items()}
        return Floor(self.centre.waiting.rows(), settings, self.board.statuses.values(), self.board.age_s)

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

    def _tones(self) -> Plan:
        """Those the shop has learned from its own line, else its country's."""
        learned = self.folder.path / TONES_FILE
        if not learned.exists():
            return plan(self.config.exchange.country)
        try:
            return load_plan(learned)
        except PlanFileError as problem:
            raise ConfigError(problem.msgid, **problem.details) from problem

    # What they need of each other

    def _refused(self, number: str, address: str, act: str, refused: Refused) -> None:
        """Somebody at the agents' channel was refused something."""
        if act == "log in":
            self.events.write(Kind.LOG_IN_REFUSED, person=number, address=address, act=act, right=str(refused))
        elif refused.code is Refusal.NO_RIGHT:
            self.events.write(Kind.RIGHT_REFUSED, person=number, address=address, act=act, right=refused.detail)

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
        faxes, mailboxes = self._faxes, self._mailboxes
        return MenuCall(call, self.voice, self.people, self.reactor, self.recorder, faxes, mailboxes, self._wall)

    def _wall(self) -> datetime:
        """The clock on the shop's wall."""
        return self.events.now().astimezone(self.config.server.zone)

    def _say(self, call: Call, prompts: Sequence[str]) -> Deferred[None]:
        return Deferred.fromCoroutine(self._menu_call(call).say(prompts)).addCallback(lambda _: None)

    def _region_of(self, number: str) -> str:
        return self.centre.organisation.whole_region_of(number)

    def _card(self, call: Call, queue: str) -> Deferred[Card]:
        """What an agent sees: the shop's books, and the way the caller has come."""
        asked = Asked(call.id, call.caller.known_by, self.events.now())
        return self.store.read(self._cards.read, asked).addCallback(partial(self._cards.card, call, queue))
