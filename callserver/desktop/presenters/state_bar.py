"""The bar at the top: what state the agent is in and since when, who he is, what waits, how the connection stands."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.foreign import beside
from callserver.desktop.listener import IN_CALL
from callserver.desktop.model import Connection
from callserver.desktop.presenters.call_card import beside_text, caller_name
from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.live_presenter import LivePresenter
from callserver.desktop.presenters.lost import lost_why, lost_word
from callserver.desktop.presenters.pauses import REASONS, pause_word
from callserver.wire.catalogue import N_, known
from callserver.wire.messages import (
    Card,
    ChannelRow,
    Hello,
    MailMark,
    Phrase,
)
from callserver.wire.states import LineState, SeatState
from callserver.wire.words import reason_text

STATE_WORDS = {
    SeatState.OFF: N_("Logged out"),
    SeatState.IDLE_PC: N_("Idle · PC"),
    SeatState.IDLE_PHONE: N_("Idle · phone"),
    SeatState.RINGING: N_("Ringing"),
    SeatState.DIALING: N_("Dialling"),
    SeatState.RINGBACK: N_("Ring-back"),
    SeatState.TALKING: N_("Talking"),
    SeatState.HELD: N_("On hold"),
    SeatState.PAUSED: N_("Paused"),
}
SUPERVISING_WORDS = {"listens": N_("Listening"), "whispers": N_("Whispering"), "barged in": N_("Barged in")}
GONE_SHOWN_S = 20.0  # so long the bar says who has left


@dataclass(frozen=True)
class StateBarData:
    """
    :param state: whose icon is shown; without a server that of a dead line
    :param clock: since when he is in that state; without a server, since when that is away
    :param wrap_up_left: share of the wrap-up that is left, 0 to 1; None: there is none, or no server
    """

    state: LineState | SeatState
    word: str
    clock: str
    kept: str  # who is on hold while another is consulted; who else talks
    person: str
    may_ready: bool
    may_pause: bool
    pause: str  # what the button says
    waiting: str
    missed: str
    notice: str  # a sentence for everybody, such as that this is a demo
    connection: str
    is_connected: bool
    wrap_up_left: float | None
    problem: str


class StateBar(LivePresenter[StateBarData]):
    """Ready and pause are done from here; all else is told."""

    _gone, _gone_since_s = "", 0.0  # who has left a call that goes on, and why

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.voice.watch(self.refresh))
        self.count_seconds()
        self._endings += [self.work.missed.watch(self.refresh), self.work.missed.keep_asking(self.work.clock)]

    def data(self) -> StateBarData:
        model, words = self.model, self.work.words
        seat, here = model.seat, model.connection is Connection.HERE
        resting = here and seat.state not in (*IN_CALL, SeatState.RINGING, SeatState.OFF)
        in_call = here and seat.state in IN_CALL
        return StateBarData(
            state=self._state(),
            word=self._word(),
            clock=stopwatch(model.age_s(model.seat_since_s if here else model.lost_since_s)),
            kept=self._kept(),
            person=self._person(),
            may_ready=(resting and (seat.state is SeatState.PAUSED or seat.pause_wanted))
            or (in_call and seat.pause_wanted),
            may_pause=resting or in_call,
            pause=words("Pause after call") if in_call else words("Pause"),
            waiting=self._waiting() if here else "",  # its room is for what is said of the connection
            missed=self._missed(),
            notice=self._notice(),
            connection=self._connection(),
            is_connected=here,
            wrap_up_left=self._wrap_up_left() if here else None,
            problem=self.problem or self._of_headset(),
        )

    # What the person does

    def ready(self) -> None:
        """End a pause or a wrap-up, or wish for none."""
        self.do(self.client.ready())

    @staticmethod
    def reasons_in(language: str) -> tuple[tuple[str, str], ...]:
        """Why one may pause: code and words, in the order of their digits."""
        return tuple((code, known(language, word)) for code, word in REASONS.items())

    def pause(self, reason: str) -> None:
        """At once, or after the call."""
        self.do(self.client.pause(reason))

    def more_time(self) -> None:
        """A minute more before the next call."""
        self.do(self.client.prolong_wrap_up(60))

    # What it is made of

    def _state(self) -> LineState | SeatState:
        return self.model.seat.state if self.model.connection is Connection.HERE else LineState.DISCONNECTED

    def _word(self) -> str:
        words = self.work.words
        if self.model.connection is not Connection.HERE:
            return lost_word(self.work)
        return words("{state} · muted", state=self._doing()) if self.work.voice.is_muted else self._doing()

    def _doing(self) -> str:
        seat, words = self.model.seat, self.work.words
        if seat.wrap_up:
            return words("Wrap-up, {left} left", left=stopwatch(self.model.wrap_up_left_s()))
        if seat.state is SeatState.PAUSED:
            return words("Paused · {reason}", reason=pause_word(seat.reason, self.work.language))
        if seat.supervises:
            return words(SUPERVISING_WORDS[seat.reason])
        if seat.kept is not None:
            return words("Consulting")
        if seat.call is not None and seat.call.beside and seat.state is SeatState.TALKING:
            return words("Three-way")
        return words(STATE_WORDS[seat.state])

    def _wrap_up_left(self) -> float | None:
        seat = self.model.seat
        whole_s = seat.since_s + seat.wrap_up_left_s
        return self.model.wrap_up_left_s() / whole_s if seat.wrap_up and whole_s else None

    def _kept(self) -> str:
        call, kept = self.model.seat.call, self.model.seat.kept
        if kept is None:
            return beside_text(call, self.work.language) if call is not None else ""
        return self.work.words("{name} on hold", name=caller_name(kept, self.work.language))

    def _person(self) -> str:
        seat = self.model.seat
        return f"{seat.number} {beside(seat.name)}".rstrip()

    def _waiting(self) -> str:
        rows = self.model.queues.values()
        n = sum(row.length for row in rows)
        longest = max((row.oldest_s + self.model.queue_age_s(row.queue) for row in rows if row.length), default=0.0)
        return (
            self.work.words("Waiting {n} · longest {longest}", n=n, longest=stopwatch(longest))
            if n
            else self.work.words("Nobody waits")
        )

    def _missed(self) -> str:
        new, missed = sum(mark.new for mark in self.model.marks.values()), self.work.missed.n_new
        parts = [self.work.words("Missed {n}", n=missed)] if missed else []
        return " · ".join([*parts, self.work.words("Voice mail {n}", n=new)] if new else parts)

    def _notice(self) -> str:
        if self._gone and self.model.age_s(self._gone_since_s) < GONE_SHOWN_S:
            return self._gone
        hello, notice = self.model.hello, self.model.notice_shown
        if notice is not None:
            return self.work.told(notice)
        return self.work.words("Demo: goods, customers and orders are made up") if hello and hello.demo else ""

    def _of_headset(self) -> str:
        said = self.work.voice.said
        return self.work.told(said) if said is not None else ""

    def _connection(self) -> str:
        return self.work.words("Connected") if self.model.connection is Connection.HERE else lost_why(self.work)

    # What makes it look otherwise

    def logged_in(self, hello: Hello) -> None:
        self.work.missed.ask()
        self.refresh()

    def partner_gone(self, card: Card, cause: str) -> None:
        who, why = caller_name(card, self.work.language), reason_text(cause, self.work.language)
        self._gone, self._gone_since_s = f"{beside(who)} · {why}", self.work.clock.seconds()

    def offer_gone(self, cause: str) -> None:
        self.work.missed.ask()

    def mail(self, mark: MailMark) -> None:
        self.refresh()

    def notice(self, notice: Phrase) -> None:
        self.refresh()

    def row(self, row: ChannelRow) -> None:
        """None of it is seen here."""
