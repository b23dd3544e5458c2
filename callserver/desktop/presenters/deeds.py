"""What a supervisor can do with a line or a seat of the board: when, by which right, and what is asked before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.question import Choice, Question
from callserver.desktop.presenters.tiles import State, channel_title, is_line, state_of
from callserver.wire.catalogue import N_, text
from callserver.wire.messages import BARGED_IN, LISTENS, ChannelRow, SeatStatus
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from callserver.wire.targets import Target, TargetKind
from callserver.wire.words import state_text


class Deed(Enum):
    """In the order of the buttons; those from BREAK_OFF on destroy."""

    LISTEN = N_("Listen")
    WHISPER = N_("Whisper")
    BARGE_IN = N_("Barge in")
    TAKE_OVER = N_("Take over")
    BREAK_OFF = N_("Break off…")
    FORCE_LOG_OUT = N_("Force log-out…")
    DISABLE = N_("Disable line…")


STOP_LISTENING, ENABLE = N_("Stop listening"), N_("Enable line")
DESTROYS = frozenset({Deed.BREAK_OFF, Deed.FORCE_LOG_OUT, Deed.DISABLE})
ASKS = DESTROYS | {Deed.TAKE_OVER}
NEEDS: Mapping[Deed, tuple[Right, ...]] = {
    Deed.LISTEN: (Right.LISTEN,),
    Deed.WHISPER: (Right.LISTEN, Right.BARGE_IN),
    Deed.BARGE_IN: (Right.BARGE_IN,),
    Deed.TAKE_OVER: (Right.BARGE_IN,),
    Deed.BREAK_OFF: (Right.BARGE_IN,),
    Deed.FORCE_LOG_OUT: (Right.FORCE_LOG_OUT,),
    Deed.DISABLE: (Right.SUPERVISOR,),
}
AT_REST = (SeatState.IDLE_PC, SeatState.IDLE_PHONE, SeatState.PAUSED)
TALKS: tuple[State, ...] = (LineState.TALKING, SeatState.TALKING)
HEARD: tuple[State, ...] = (*TALKS, LineState.HELD, SeatState.HELD)
NOW, LATER = "now", "later"  # when a line is disabled


@dataclass(frozen=True)
class Asked:
    """A deed that waits for its answer, and what it was asked about: another call is not meant by it."""

    deed: Deed
    channel: str
    call_id: str | None
    question: Question


def can(deed: Deed, row: ChannelRow | None, own: SeatStatus) -> bool:
    """
    Whether it makes sense now, whatever the rights.

    :param row: what is selected
    :param own: the supervisor's own seat
    """
    is_own = row is not None and row.person == own.number
    state = state_of(row) if row is not None and not is_own else None
    if deed is Deed.LISTEN:
        return own.supervises or (state in HEARD and own.state in AT_REST)
    if deed is Deed.WHISPER:
        return own.supervises and own.reason == LISTENS
    if deed is Deed.BARGE_IN:
        return own.reason != BARGED_IN if own.supervises else state in TALKS and own.state in AT_REST
    if deed is Deed.TAKE_OVER:
        return own.supervises
    if deed is Deed.BREAK_OFF:
        return state in TALKS
    if deed is Deed.FORCE_LOG_OUT:
        return state in AT_REST
    return row is not None and is_line(row) and state is not LineState.NOT_LOADED


def out_of_service(row: ChannelRow | None) -> bool:
    """Whether a line would be enabled, and not disabled, by its button."""
    return row is not None and is_line(row) and (row.draining or state_of(row) is LineState.LOADED)


def question(deed: Deed, row: ChannelRow, age_s: float, partner: str, queues: Iterable[str], language: str) -> Question:
    """
    What has to be confirmed.

    :param partner: who has the call in hand besides, as people call him
    :param queues: where a caller can be sent
    """
    title = channel_title(row, language)
    titles = {
        Deed.TAKE_OVER: text(language, "Take this call over?"),
        Deed.BREAK_OFF: text(language, "Break this call off?"),
        Deed.FORCE_LOG_OUT: text(language, "Log {name} out?", name=title),
        Deed.DISABLE: text(language, "Disable {line}?", line=title),
    }
    verbs = {
        Deed.TAKE_OVER: text(language, "Take over"),
        Deed.BREAK_OFF: text(language, "Break off"),
        Deed.FORCE_LOG_OUT: text(language, "Force log-out"),
        Deed.DISABLE: text(language, "Disable line"),
    }
    return Question(
        words=titles[deed],
        do=verbs[deed],
        cancel=text(language, "Cancel"),
        facts=_facts(row, title, age_s, partner, language),
        choices=tuple(_choices(deed, row, queues, language)),
        destroys=deed in DESTROYS,
    )


def _facts(row: ChannelRow, title: str, age_s: float, partner: str, language: str) -> tuple[str, ...]:
    who, time = f"{title} → {partner}" if partner else title, stopwatch(age_s)
    if state_of(row) in HEARD:
        caller = row.caller or text(language, "number withheld")
        return who, text(language, "Call of {caller}, {time}", caller=caller, time=time)
    return who, f"{state_text(state_of(row), language)} {time}"


def _choices(deed: Deed, row: ChannelRow, queues: Iterable[str], language: str) -> Iterable[Choice]:
    def choice(value: str, word: str, heard: str, **details: str) -> Choice:
        return Choice(value, text(language, word, **details), text(language, heard, **details))

    if deed is Deed.TAKE_OVER:
        yield choice("", N_("Take over"), N_("The customer hears you from now on; the agent leaves the call."))
    elif deed is Deed.FORCE_LOG_OUT:
        yield choice("", N_("Force log-out"), N_("No customer hears anything: the seat has no call."))
    elif deed is Deed.BREAK_OFF:
        yield choice("hang up", N_("Hang up"), N_("The customer hears the busy tone: the call is over."))
        for queue in queues:
            target = str(Target(TargetKind.QUEUE, queue))
            yield choice(
                target, N_("To queue {queue}"), N_("The customer hears music and waits in {queue}."), queue=queue
            )
    elif state_of(row) is LineState.IDLE or state_of(row) is LineState.DISCONNECTED:
        yield choice(LATER, N_("At once"), N_("Who calls this line from now on hears it ring, and nobody answers."))
    else:
        yield choice(LATER, N_("After this call"), N_("The call goes on to its end; who calls later is not answered."))
        yield choice(NOW, N_("At once"), N_("The call is broken off: the customer hears the busy tone."))
