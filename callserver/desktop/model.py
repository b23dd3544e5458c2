"""What the server has told since the log-in: one truth for all screens of a program, which are told of each change."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.desktop.listener import AgentListener
from callserver.desktop.not_connected import NotConnected, NotPinned
from callserver.wire.messages import (
    Access,
    AlarmNotice,
    Card,
    ChannelRow,
    Hello,
    MailMark,
    Phrase,
    QueueRow,
    Said,
    SeatStatus,
)
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

log = Logger()

MESSAGES_MAX = 200


class Connection(Enum):
    """How the program stands to its server."""

    NONE = auto()  # not logged in yet, or not any more
    HERE = auto()
    LOST = auto()  # the client tries again by itself


class ShopModel(AgentListener):
    """
    Keeps the newest of everything and tells it on to those who watch, in the order in which they came.

    It is changed before anybody is told, so who is told of one thing may look at all others. A watcher that breaks
    does not keep it from the next. What was told is kept while the connection is lost: a form goes on with it.
    """

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._watchers: list[AgentListener] = []
        self.connection = Connection.NONE
        self.why_lost: NotConnected | Refused | None = None
        self.round_trip_ms: int | None = None  # of the connection; None: not measured yet
        self.hello: Hello | None = None
        self.rights: frozenset[Right] = frozenset()
        self.seat = SeatStatus("")
        self.seat_since_s = clock.seconds()  # when its state began, by this computer's monotonic clock
        self._seat_told_s = self.seat_since_s  # when its newest look came
        self._is_first_look = True  # since the log-in: its clock is the server's, whatever was counted here
        self.lost_since_s = self.seat_since_s  # when the connection was last lost
        self.kept_since_s = clock.seconds()  # when the second call was put aside
        self._callers: dict[str, Card] = {}  # of a call that its caller has left, and others have not
        self._first_call = ""  # of two, the one from which the other is consulted
        self.rows: dict[str, ChannelRow] = {}
        self.queues: dict[str, QueueRow] = {}
        self.marks: dict[str, MailMark] = {}
        self.alarms: list[AlarmNotice] = []
        self.notice_shown: Phrase | None = None
        self.messages: list[Said] = []  # of colleagues, the oldest first
        self.unread: dict[int, Said] = {}  # those of them that nobody has looked at yet
        self._rows_at_s: dict[str, float] = {}
        self._queues_at_s: dict[str, float] = {}

    def watch(self, watcher: AgentListener) -> Callable[[], None]:
        """Tell this one too, from now on; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def may(self, right: Right) -> bool:
        """Whether the person has it, as far as we have been told; the server asks again at each act."""
        return right in self.rights

    def age_s(self, since_s: float) -> float:
        """How long ago that was, by the clock that nobody sets."""
        return max(0.0, self._clock.seconds() - since_s)

    def told_age_s(self, since_s: float) -> float:
        """The same of what the server tells: it stands still while nobody is connected, for nobody knows how it is."""
        lost_s = self.age_s(self.lost_since_s) if self.connection is Connection.LOST else 0.0
        return max(0.0, self.age_s(since_s) - lost_s)

    @property
    def certificate_changed(self) -> bool:
        """Whether the connection is lost because another certificate is shown where the server was."""
        return self.connection is Connection.LOST and isinstance(self.why_lost, NotPinned)

    def rings_for_s(self) -> float:
        """So long the call will still ring; 0: nothing rings."""
        return max(0.0, self.seat.rings_for_s - self.age_s(self._seat_told_s))

    def wrap_up_left_s(self) -> float:
        """What is left of the wrap-up; 0: there is none."""
        return max(0.0, self.seat.wrap_up_left_s - self.age_s(self._seat_told_s))

    @property
    def call_id(self) -> str:
        """Of the call that rings or is in hand, as the screens show it: acts carry it; "" if there is none."""
        return self.seat.call.call_id if self.seat.call is not None else ""

    @property
    def customer(self) -> Card | None:
        """
        Whom the screens are about: the call that rings or is in hand; of two, the first.

        So whom one consults never takes the place of the customer, however often one swaps; nor who is left in the
        call when the customer has gone: what he has said is still to be written down.
        """
        card = self.first
        return card and self._callers.get(card.call_id, card)

    @property
    def first(self) -> Card | None:
        """The call that rings or is in hand; of two, the first: with whom it is now."""
        seat = self.seat
        if seat.kept is not None and seat.call is not None and seat.call.call_id != self._first_call:
            return seat.kept
        return seat.call

    def row_age_s(self, channel: str) -> float:
        """How long a line or seat has been as it is: the server's seconds, counted on here."""
        return self.rows[channel].since_s + self.told_age_s(self._rows_at_s[channel])

    def queue_age_s(self, queue: str) -> float:
        """How long ago a queue's numbers were told; what is added to its waits."""
        return self.told_age_s(self._queues_at_s[queue])

    # What the client tells

    def logged_in(self, hello: Hello) -> None:
        self.connection, self.why_lost, self.hello, self._is_first_look = Connection.HERE, None, hello, True
        self.marks.clear()
        self.alarms.clear()
        self._tell("logged_in", hello)

    def logged_out(self, cause: str) -> None:
        self.connection, self.messages = Connection.NONE, []
        self._tell("logged_out", cause)

    def access(self, access: Access) -> None:
        self.rights = access.rights
        now_s = self._clock.seconds()
        self.rows = {row.channel: row for row in access.board}
        self.queues = {row.queue: row for row in access.queues}
        self._rows_at_s = dict.fromkeys(self.rows, now_s)
        self._queues_at_s = dict.fromkeys(self.queues, now_s)
        self._tell("access", access)

    def row(self, row: ChannelRow) -> None:
        self.rows[row.channel], self._rows_at_s[row.channel] = row, self._clock.seconds()
        self._tell("row", row)

    def queue(self, row: QueueRow) -> None:
        self.queues[row.queue], self._queues_at_s[row.queue] = row, self._clock.seconds()
        self._tell("queue", row)

    def notice(self, notice: Phrase) -> None:
        self.notice_shown = notice
        self._tell("notice", notice)

    def alarm(self, alarm: AlarmNotice) -> None:
        self.alarms = [one for one in self.alarms if (one.phrase, one.channel) != (alarm.phrase, alarm.channel)]
        if not alarm.over:
            self.alarms.append(alarm)
        self._tell("alarm", alarm)

    def mail(self, mark: MailMark) -> None:
        self.marks[mark.box] = mark
        self._tell("mail", mark)

    def said(self, said: Said) -> None:
        if said.id not in (one.id for one in self.messages):
            self.messages = [*self.messages, said][-MESSAGES_MAX:]
            self.unread = {one.id: one for one in self.messages if one.id in self.unread or one is said}
            self._tell("said", said)

    def read_all(self) -> None:
        """What colleagues have written has been looked at."""
        if self.unread:
            last = next(reversed(self.unread.values()))
            self.unread = {}
            self._tell("said", last)

    def status(self, status: SeatStatus) -> None:
        if self._is_first_look or _state(self.seat) != _state(status):
            self.seat_since_s = self._clock.seconds() - status.since_s
        if status.kept is not None:
            before = self.seat.kept.call_id if self.seat.kept is not None else ""
            if before != status.kept.call_id:
                self.kept_since_s = self._clock.seconds()
            if not before or self._first_call not in _call_ids(status):
                self._first_call = status.kept.call_id
        self.seat, self._seat_told_s, self._is_first_look = status, self._clock.seconds(), False
        self._tell("status", status)

    def offered(self, card: Card) -> None:
        self._tell("offered", card)

    def record_came(self, card: Card) -> None:
        self._tell("record_came", card)

    def offer_gone(self, cause: str) -> None:
        self._tell("offer_gone", cause)

    def talking(self, card: Card) -> None:
        self._tell("talking", card)

    def partner_gone(self, card: Card, cause: str) -> None:
        self._callers = {card.call_id: card}
        self._tell("partner_gone", card, cause)

    def ended(self, cause: str) -> None:
        self._tell("ended", cause)

    def round_trip(self, ms: int) -> None:
        if ms != self.round_trip_ms:
            self.round_trip_ms = ms
            self._tell("round_trip", ms)

    def audio(self, block: bytes) -> None:
        self._tell("audio", block)

    def lost(self, why: NotConnected | Refused) -> None:
        if self.connection is not Connection.LOST:
            self.lost_since_s = self._clock.seconds()
        self.connection, self.why_lost, self.round_trip_ms = Connection.LOST, why, None
        self._tell("lost", why)

    def refused(self, why: Refused) -> None:
        self.connection, self.why_lost = Connection.NONE, why
        self._tell("refused", why)

    def _tell(self, event: str, *what: object) -> None:
        for watcher in tuple(self._watchers):
            try:
                getattr(watcher, event)(*what)
            except Exception:
                log.failure("{watcher} broke at {event}", watcher=type(watcher).__name__, event=event)


def _call_ids(seat: SeatStatus) -> tuple[str, ...]:
    return tuple(card.call_id for card in (seat.call, seat.kept) if card is not None)


def _state(seat: SeatStatus) -> tuple[object, ...]:
    """What a stopwatch counts: a record that comes, or a wish for a pause, does not begin it anew."""
    return seat.state, seat.reason, seat.call and seat.call.call_id
