"""The life of the window: the log-in panel, the work, and the ways out of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Protocol

from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.desktop.client import AgentClient
from callserver.desktop.foreign import as_line, calmed
from callserver.desktop.listener import IN_CALL, AgentListener
from callserver.desktop.model import Connection, ShopModel
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.call_card import caller_name
from callserver.desktop.presenters.desk import Desk
from callserver.desktop.presenters.dial import pasted_number
from callserver.desktop.presenters.log_in import LogIn
from callserver.desktop.presenters.log_in_data import Typed, first_typed, without_secrets
from callserver.desktop.presenters.question import Question
from callserver.desktop.presenters.ways import Ways
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import LANGUAGES, Complaint, Sentence, text
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from callserver.wire.words import reason_text

log = Logger()

LEAVE_S = 5.0  # so long the server has for the log-out of a window that is being closed
ENDING_S, ENDINGS_MAX = 0.3, 4  # a call kept behind another has to be ended, too


class Stage(Protocol):
    """The window, as far as its life goes."""

    def show_log_in(self, log_in: LogIn, typed: Typed) -> None:
        """The log-in panel."""

    def show_work(self, work: Workplace) -> None:
        """The main screen."""

    def show_question(self, question: Question | None) -> None:
        """Ask, inside the window; None: nothing is asked any more."""

    def show_problem(self, words: str) -> None:
        """One line on the main screen: why something was not done."""

    def has_drafts(self) -> bool:
        """Whether something is typed on the main screen that would be lost."""

    def close_for_good(self) -> None:
        """The program ends."""


FindDesk = Callable[[], Desk | None]
BY_TELEPHONE = {SeatState.IDLE_PC: False, SeatState.IDLE_PHONE: True}  # a talk does not tell it


def no_desk() -> None:
    """A computer without sound."""


class Life(AgentListener):
    """
    Somebody logs in, works, and leaves, or is sent away; then the next.

    :param typed: what stands in the fields at first
    :param find_desk: the sound of this computer, asked for at a log-in; None: it has none
    """

    def __init__(
        self,
        clock: IReactorTime,
        settings: OwnSettings,
        ways: Ways,
        stage: Stage,
        language: str,
        typed: Typed | None = None,
        find_desk: FindDesk = no_desk,
    ) -> None:
        self._clock, self._settings, self._ways, self._stage = clock, settings, ways, stage
        self.language = language
        self.work: Workplace | None = None
        self.log_in: LogIn | None = None
        self._typed = typed or first_typed(settings)
        self._find_desk, self._by_telephone = find_desk, False
        self._quits = self._is_over = False
        self._to_do: Callable[[], None] | None = None  # if the question is answered so

    def start(self, why_here: Sentence | None = None) -> None:
        """The log-in panel; with why one is there again."""
        self._forget()
        self.log_in = LogIn(self._clock, self._settings, self._ways, self.language, self._entered, why_here)
        self._stage.show_log_in(self.log_in, self._typed)

    def _forget(self) -> None:
        if self.work is not None:
            self.work.voice.stop()
            self.work.drafts.write()
        self.work = None

    def speak(self, language: str, typed: Typed) -> None:
        """The log-in panel in another language, with all that stands in it; from now on, at this computer."""
        assert self.log_in is not None
        self.language = self.log_in.language = language
        self._settings.remember(language=language)
        self._stage.show_log_in(self.log_in, typed)

    def _entered(self, client: AgentClient, model: ShopModel, typed: Typed) -> None:
        self._typed, self.log_in = without_secrets(typed), None
        self.work = Workplace(self._clock, self.language, client, model, self._settings, self._find_desk())
        self._hear(model.seat, typed.by_telephone)
        model.watch(self)
        self._stage.show_work(self.work)
        if typed.by_telephone and model.seat.state is SeatState.IDLE_PC:
            client.use_telephone(pasted_number(typed.telephone)).addErrback(self._not_done)

    # His headset

    def _hear(self, seat: SeatStatus, by_telephone: bool) -> None:
        self._by_telephone = by_telephone
        if self.work is not None:
            self.work.voice.begin(seat, by_telephone)

    def status(self, status: SeatStatus) -> None:
        """By PC or by telephone: perhaps the telephone was not reached."""
        by_telephone = BY_TELEPHONE.get(status.state, self._by_telephone)
        if by_telephone != self._by_telephone:
            self._hear(status, by_telephone)

    def device_told(self, sentence: Sentence) -> None:
        """A headset has gone, or is back."""
        if self.work is not None:
            self.work.voice.tell(sentence)

    # Ways out

    def log_out(self) -> None:
        """To the log-in panel; not out of a call."""
        if self.work is None:
            return
        if self._in_call():
            self._stage.show_problem(self.words("Not while you are in a call: end it first"))
        elif self._stage.has_drafts():
            question = self.words("What you have typed and not saved is lost when you log out")
            self._ask(question, self.words("Log out all the same"), self._log_out)
        else:
            self._log_out()

    def close(self) -> None:
        """The window shall be closed: at once, after a log-out, or after a question."""
        if self.work is None or self._quits:
            self._end()
        elif self._in_call():
            self._ask_to_end(self.work.model.seat)
        elif self._stage.has_drafts():
            question = self.words("What you have typed and not saved is lost when you quit")
            self._ask(question, self.words("Quit all the same"), self._quit)
        else:
            self._quit()

    def _ask_to_end(self, seat: SeatStatus) -> None:
        """Only the calls that are there now: a yes that comes late must not end the next one."""
        name = caller_name(seat.call, self.language) if seat.call is not None else ""
        question = self.words("You are in a call with {name}, which ends when you quit", name=name)
        calls = frozenset(card.call_id for card in (seat.call, seat.kept) if card is not None)
        self._ask(question, self.words("End call and quit"), partial(self._quit, calls))

    def answer(self, yes: bool) -> None:
        """To the question."""
        to_do, self._to_do = self._to_do, None
        self._stage.show_question(None)
        if yes and to_do is not None:
            to_do()

    def _ask(self, words: str, do: str, to_do: Callable[[], None]) -> None:
        self._to_do = to_do
        self._stage.show_question(Question(words, do, self.words("Cancel")))

    def _in_call(self) -> bool:
        """A server with another certificate is not the one that had the call: nobody could end it there."""
        model = self.work.model if self.work is not None else None
        return model is not None and model.seat.state in IN_CALL and not model.certificate_changed

    def _log_out(self) -> None:
        assert self.work is not None
        if self.work.model.connection is Connection.HERE:
            self.work.client.log_out().addErrback(self._not_done)
        else:
            self.work.client.stop()
            self.work.drafts.clear()
            self.start(Complaint("Logged out here; the server keeps the seat until it misses this window"))

    def _quit(self, calls: Collection[str] = ()) -> None:
        """
        Log out, and end whatever comes of it: nobody has to kill a window that will not close.

        :param calls: those that may be ended for it; where another is in hand it is asked anew
        """
        assert self.work is not None
        if self._has_another_call(calls):
            self.close()
            return
        self._quits, work = True, self.work
        leaving = Deferred.fromCoroutine(self._leave(work, calls)).addTimeout(LEAVE_S, self._clock)
        leaving.addErrback(self._not_left)
        leaving.addBoth(lambda _: self._left(work, calls))

    def _has_another_call(self, calls: Collection[str]) -> bool:
        return self._in_call() and self.work is not None and self.work.model.call_id not in ("", *calls)

    async def _leave(self, work: Workplace, calls: Collection[str]) -> None:
        model, client = work.model, work.client
        for _ in range(ENDINGS_MAX):
            if model.connection is not Connection.HERE or self._has_another_call(calls):
                return
            try:
                if model.seat.state in IN_CALL:
                    await client.hang_up(call_id=model.call_id)
                elif model.seat.state is SeatState.RINGING:
                    await client.reject(call_id=model.call_id)
                await client.log_out()
                return
            except Refused:
                await deferLater(self._clock, ENDING_S)

    def _left(self, work: Workplace, calls: Collection[str]) -> None:
        if not self._is_over and work.model.connection is Connection.HERE and self._has_another_call(calls):
            self._quits = False
            self.close()
            return
        work.client.stop()
        self._end()

    def _not_left(self, failure: Failure) -> None:
        if not failure.check(NotConnected, TimeoutError):  # type: ignore[no-untyped-call]
            log.failure("the log-out broke", failure)

    def _end(self) -> None:
        if self._is_over:  # closed once more while he was being logged out
            return
        self._is_over = True
        if self.work is not None:
            self.work.drafts.clear()
        self._forget()
        if self.log_in is not None:
            self.log_in.stop()
        self._stage.close_for_good()

    def _not_done(self, failure: Failure) -> None:
        problem = failure.value
        if not isinstance(problem, Refused | NotConnected):
            log.failure("an act of the window broke", failure)
            return
        self._stage.show_problem(as_line(problem, self.language))

    # What the client tells

    def logged_out(self, cause: str) -> None:
        """By himself, by the supervisor, or because he may not work here any more."""
        if self.work is None or self._quits:
            return
        reason = Reason.parse(cause)
        by_himself = reason is not None and reason.cause is Cause.LOGGED_OUT
        self.answer(False)
        if by_himself:
            self.work.drafts.clear()
        self.start(None if by_himself else _sent_away(cause))

    def refused(self, why: Refused) -> None:
        """Logged in elsewhere, or the server will not have him back."""
        if self.work is None or self._quits:
            return
        self.answer(False)
        elsewhere = why.code is Refusal.ELSEWHERE
        self.start(Complaint("You have logged in at another window; this one is logged out") if elsewhere else why)

    def words(self, msgid: str, **details: str) -> str:
        return text(self.language, msgid, **calmed(details))


def _sent_away(cause: str) -> Complaint:
    """Why he is logged out, to be told in either language."""
    reasons = {f"reason_{language}": reason_text(cause, language) for language in LANGUAGES}
    return Complaint("You have been logged out: {reason}", **reasons)
