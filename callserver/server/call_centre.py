"""People and what they do with calls: who may, who sits where, who waits, what agents can ask for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from callserver.acd.moves.dialling import Dialling
from callserver.acd.moves.moved import Flows
from callserver.acd.moves.moves import Moves
from callserver.acd.moves.parking import ParkingLimits
from callserver.acd.moves.target_list import TargetList
from callserver.acd.offices.desk import CaseList
from callserver.acd.offices.regions import places
from callserver.acd.offices.transfer import Around, OfficeTransfers
from callserver.acd.organisation import describing
from callserver.acd.organisation.acts import OrganisationActs
from callserver.acd.organisation.book import OrganisationBook
from callserver.acd.organisation.parts import CallerClass
from callserver.acd.organisation.surroundings import Surroundings
from callserver.acd.phones.log_in import Complain
from callserver.acd.phones.phones import Phones
from callserver.acd.phones.star_codes import Numbers
from callserver.acd.queues.call_back_desk import CallBackDesk
from callserver.acd.queues.call_backs import CallBacks, Lists
from callserver.acd.queues.house import Asking, House
from callserver.acd.queues.kept_call_backs import KeptCallBacks, last_agent
from callserver.acd.queues.kept_cut_offs import lost_places
from callserver.acd.queues.queues import Queues
from callserver.acd.queues.wait import Counted, Say, Speaking
from callserver.acd.queues.waiting_lists import WaitingLists
from callserver.acd.routing.candidates import Member
from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.acts import SEAT_ACTS, Act
from callserver.acd.seats.parts import SeatLimits
from callserver.acd.seats.presence import PresenceLimits
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Seats
from callserver.acd.staff.book import StaffBook
from callserver.acd.staff.day_caps import DayCaps
from callserver.acd.supervision.alarms import Alarms
from callserver.acd.supervision.sight import Sight
from callserver.acd.supervision.supervision import Supervision, intrusion_tone
from callserver.calls.board import Board
from callserver.calls.call import Call
from callserver.calls.calls_out import CallsOut, Dialler
from callserver.calls.dial_caps import DialCaps
from callserver.calls.dial_guard import DialClass, DialGuard, classify
from callserver.calls.event_log import EventLog
from callserver.calls.line_choice import Trunk
from callserver.calls.live_calls import LiveCalls
from callserver.calls.outgoing import DialListener
from callserver.config import Config, DiallingConfig, Hours
from callserver.features import Feature
from callserver.ivr.interfaces import IMenu
from callserver.media.patch_bay import PatchBay
from callserver.server import dialled_before
from callserver.server.paused_before import PausedBefore
from callserver.server.world import World
from callserver.store.database import Store
from callserver.wire.causes import Reason
from callserver.wire.convert import Wire, to_wire
from callserver.wire.messages import Card
from callserver.wire.numbers import normal, spellings
from callserver.wire.rights import Right

FIRST_QUEUE = "operator"  # of a shop whose database is not open yet

MakeCard = Callable[[Call, str], Deferred[Card]]


class CallCentre:
    """
    Staff, seats and queues of one shop, and the services that move calls between them.

    :param say: says prompts to a call's first party in its language
    :param counted: a number as prompts of a language
    :param place: one in a queue
    :param minutes: so many minutes of waiting
    :param card: what an agent should see of a call
    :param flows: menus and waits, for callers that agents send there
    :param asking: what callers are asked who would rather be called back
    :param trunks: the lines, for calls out
    :param acts: every act of agents by its name, those of features too
    :param complain: told of each act that is refused
    :param menus: all there are, by name
    :param named: what the shop's menus lead callers to, with the place in their files
    :param features: told of rights that change
    """

    def __init__(
        self,
        config: Config,
        world: World,
        store: Store,
        calls: LiveCalls,
        board: Board,
        events: EventLog,
        bay: PatchBay,
        *,
        say: Say,
        counted: Counted,
        place: Counted,
        minutes: Counted,
        card: MakeCard,
        flows: Flows,
        asking: Asking,
        trunks: Callable[[], Sequence[Trunk]],
        acts: Callable[[], Mapping[str, Act]],
        complain: Complain,
        menus: Callable[[], Mapping[str, IMenu]],
        named: Callable[[], Mapping[str, str]],
        features: Sequence[Feature] = (),
    ) -> None:
        self._config, self._features, self._flows = config, features, flows
        self._menus, self._named = menus, named
        self._clock: IReactorTime = world.reactor
        self.calls = calls
        self._queues_open = False
        self._paused_before = PausedBefore(self._local_now)
        self.organisation = OrganisationBook(
            store,
            world.reactor,
            events,
            lambda: config.server.zone,
            on_change=lambda before, after: self._set_queues(),
            waiting=self._n_waiting,
            around=self._around,
        )
        self.staff = StaffBook(
            store,
            world.reactor,
            world.now,
            on_rights=self._rights_changed,
            on_gone=self._gone,
            events=events,
            around=self._around,
        )
        self.seats = self._make_seats(world, board, events, bay)
        calls.watch_cards(self.seats.card_changed)
        calls.watch(self.seats.parts_changed)
        self._store, self._world = store, world
        self._caps = DialCaps(lambda: self._config.dialling, self._clock.seconds, self._local_now, self._personal_caps)
        self.calls_out = self._make_calls_out(events, trunks)
        self.offices = self._make_offices(say)
        house = self._make_house(card, flows, asking)
        self.queues = Queues(
            world.reactor, self.seats, Speaking(say, counted, place, minutes), house, self._make_call_backs
        )
        self.dialling = Dialling(self.seats, self.staff, calls, self.calls_out, flows, self.queues)
        self.moves = Moves(
            self.seats,
            self.queues,
            flows,
            self.staff,
            calls,
            members=self.organisation.numbers_in,
            out=self.calls_out,
            offices=self.offices,
            parking=ParkingLimits(back_s=config.agents.park_s),
        )
        self.supervision = Supervision(
            self.seats,
            calls,
            self.staff,
            tone=intrusion_tone() if config.agents.barge_in_tone else None,
            queues=self.queues,
            find_person=flows.find_person,
            set_priority=self.queues.set_priority,
        )
        self.alarms = Alarms(
            self._clock,
            board,
            events,
            rows=self.waiting.rows,
            settings=lambda: {name: queue.settings for name, queue in self.queues.by_name.items()},
            paused_s=config.agents.paused_alarm_min * 60,
        )
        self.phones = self._make_phones(say, acts, complain)

    def _around(self) -> Surroundings:
        names = tuple(self._menus())  # as they are now: the books' thread asks later
        return Surroundings.of(self._config, lambda: names, self._named, self._box_numbers)

    def _box_numbers(self) -> Collection[str]:
        """In the database's thread."""
        found = [feature.box_numbers() for feature in self._features if feature.box_numbers is not None]
        return [number for numbers in found for number in numbers]

    def _make_seats(self, world: World, board: Board, events: EventLog, bay: PatchBay) -> Seats:
        return Seats(
            world.reactor,
            board=board,
            events=events,
            bay=bay,
            rights=self.staff,
            n_seats=self._config.agents.seats,
            group=self.organisation.rung_by,
            limits=SeatLimits(
                program=PresenceLimits(away_s=self._config.agents.away_s, log_out_s=self._config.agents.log_out_s),
            ),
            left_paused=self._paused_before.take,
        )

    def _make_offices(self, say: Say) -> OfficeTransfers:
        return OfficeTransfers(
            self._clock,
            self.calls_out,
            self.organisation,
            Around(
                say=say,
                write=self._store.write,
                place_of=lambda number: self._world.in_thread(places, number, self._config.exchange.country),
                normal=lambda number: normal(number, self._config.exchange.country),
                now=self._world.now,
                new_id=self._world.new_id,
                n_lines=lambda: len(self._config.lines),
                settings=lambda: self._config.offices,
                alarm=self._alarm,
            ),
        )

    def _make_house(self, card: MakeCard, flows: Flows, asking: Asking) -> House:
        return House(
            card=card,
            members=self._members,
            skills=self.staff.skills,
            wrap_up_s=self.staff.wrap_up_s,
            is_open=lambda calendar: self.organisation.is_open(calendar, self._world.now()),
            favour=self._class_of,
            last_agent=lambda number, days: self._store.read(last_agent, number, self._world.now(), days),
            today=lambda: self._local_now().date(),
            send=lambda call, target: self.moves.destinations.send(call, target),
            wait_on=lambda call, queue: flows.find_person(call, queue),
            asking=asking,
            seed=self._config.server.node,
        )

    async def restore(self, began: datetime) -> None:
        """
        What people did before this start counts on: what was dialled today, whose place was just lost, who paused.

        :param began: this run of the server
        """
        await self._paused_before.restore(self._store, began)
        await dialled_before.restore(self._caps, self._store, self._local_now())
        kept_s = {name: queue.cut_off_s for name, queue in self.organisation.settings.items()}
        places = await self._store.read(lost_places, kept_s, began, self._config.exchange.country)
        self.queues.restore_places(places, self._world.now(), kept_s)

    @property
    def call_backs(self) -> CallBacks:
        """Places that are kept."""
        assert self.queues.call_backs is not None
        return self.queues.call_backs

    def _make_call_backs(self, lists: Lists, sequence: Callable[[], int]) -> CallBacks:
        def dial(number: str, seat: str, told: DialListener) -> Call:
            return self.calls_out.dial(number, Dialler(seat, self.staff.rights(seat), may_use_reserve=False), told)

        kept = KeptCallBacks(self._store)
        return CallBacks(self._clock, self.calls, kept, lists, dial=dial, classify=self._classify, sequence=sequence)

    def _local_now(self) -> datetime:
        return self._world.now().astimezone(self._config.server.zone)

    def _make_calls_out(self, events: EventLog, trunks: Callable[[], Sequence[Trunk]]) -> CallsOut:
        def settings() -> DiallingConfig:
            return self._config.dialling

        guard = DialGuard(self._classify, self._alarm, lambda: settings().prefix)
        return CallsOut(self._clock, events, guard, self._caps, trunks, settings)

    def _alarm(self, msgid: str, /, **details: object) -> None:
        self.calls.events.alarm(msgid, None, **details)

    def _personal_caps(self, number: str) -> DayCaps:
        person = self.staff.person(number)
        return person.caps if person is not None else {}

    def _make_phones(self, say: Say, acts: Callable[[], Mapping[str, Act]], complain: Complain) -> Phones:
        return Phones(
            self._clock,
            self.seats,
            self.staff,
            acts=acts,
            rights=self.staff.rights,
            say=say,
            numbers=Numbers(
                is_seat=self.staff.__contains__,
                group=self._group_name,
                queue=self.organisation.queue_of,
                menu=lambda number: self._config.agents.menu_numbers.get(number),
                is_office=lambda number: self.organisation.office(number) is not None,
                waiting=self.waiting.callers,
                is_box=self._flows.has_box,
            ),
            complain=complain,
            at_once=self._config.agents.phone_answer == "at once",
            dial=self._dial_own_telephone,
        )

    def _dial_own_telephone(self, number: str, who: str, told: DialListener) -> Call:
        """Of a person's staff record, which is allowed for him as it stands."""
        return self.calls_out.dial(number, Dialler(who, allowed=frozenset({number})), told)

    def _classify(self, number: str) -> DialClass:
        dialling = self._config.dialling
        return classify(
            number,
            internal=(number,) if self._is_internal(number) else (),
            premium=dialling.premium,
            home_mobiles=dialling.home_mobiles,
            prefix=dialling.prefix,
        )

    def _is_internal(self, number: str) -> bool:
        is_ours = number in self.staff or self.organisation.group_of(number) is not None
        return is_ours or self._flows.has_box(number)

    def open_queues(self) -> None:
        """Callers can wait from now on, also while the database is not open yet: then in one queue."""
        self._queues_open = True
        self._set_queues()

    def change(self, config: Config) -> None:
        """Other settings, for what happens from now on."""
        self._config = config
        self.supervision.tone = intrusion_tone() if config.agents.barge_in_tone else None
        self.alarms.paused_s = config.agents.paused_alarm_min * 60

    @property
    def first_queue(self) -> str:
        """Where callers wait whom nothing sends to another queue."""
        return next(iter(self.organisation.settings), FIRST_QUEUE)

    def _class_of(self, number: str) -> CallerClass | None:
        return self.organisation.class_of(*spellings(number, self._config.exchange.country))

    @property
    def waiting(self) -> WaitingLists:
        """Who waits in which queue."""
        return self.queues.lists

    def hours(self) -> Sequence[Hours]:
        """When people answer in the shop's first queue, for callers who find nobody there."""
        first = next(iter(self.organisation.settings.values()), None)
        return self.organisation.hours(first.calendar) if first is not None else ()

    def acts(self) -> Mapping[str, Act]:
        """What agents can ask for, by name; without those of features."""
        own = {"waiting": Act(self._who_waits)}
        organisation = OrganisationActs(self.organisation, self.staff, self.calls.events)
        return (
            dict(SEAT_ACTS)
            | own
            | organisation.acts()
            | describing.ACTS
            | self.dialling.acts()
            | self.moves.acts()
            | TargetList(self.organisation, self._menus, self._world.now).acts()
            | CaseList(self._store, lambda: self._config.exchange.country, self.staff).acts()
            | CallBackDesk(self.call_backs, self.staff, self.calls.events).acts()
            | self.phones.acts()
            | self._supervising()
        )

    def _supervising(self) -> dict[str, Act]:
        return self.supervision.acts() | self.alarms.acts()

    def _who_waits(self, seat: Seat) -> list[Wire]:
        """
        Who waits in which queue, as the board shows it.

        :return: a list of QueueRow
        """
        sight = Sight.of(self.staff.rights(seat.number))
        return [to_wire(sight.queue(row)) for row in self.waiting.rows()]

    def close(self, reason: Reason) -> None:
        """The server stops: everybody's time ends now."""
        self.seats.log_all_out(reason)

    def _set_queues(self) -> None:
        """Queues and groups as the database has them now."""
        if self._queues_open:
            self.queues.set(self.organisation.settings or {FIRST_QUEUE: QueueSettings(FIRST_QUEUE)})

    def members_of(self, group: str) -> Collection[str]:
        """Staff numbers; none where there is no such group."""
        try:
            return self.organisation.numbers_in(group) if group else ()
        except LookupError:
            return ()

    def _members(self, group: str) -> Sequence[Member] | None:
        return self.organisation.members(group) if group else None

    def _n_waiting(self, queue: str) -> int:
        return len(self.queues.by_name[queue].waiting) if queue in self.queues.by_name else 0

    def _group_name(self, number: str) -> str | None:
        group = self.organisation.group_of(number)
        return group.name if group is not None else None

    def _rights_changed(self, number: str, *change: frozenset[Right]) -> None:
        self.seats.rights_changed(number, *change)
        self.moves.rights_changed(number, *change)
        for feature in self._features:
            if feature.rights_changed is not None:
                feature.rights_changed(number, *change)

    def _gone(self, number: str) -> None:
        self.seats.dismiss(number)
