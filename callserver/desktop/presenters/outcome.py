"""What came of a talk: an outcome by its digit, a note, done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callserver.desktop.listener import IN_CALL
from callserver.desktop.presenters.call_card import caller_name
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Card, Hello, SeatStatus

NOTE_MAX = 500


@dataclass(frozen=True)
class OutcomeData:
    """
    :param outcomes: digit and word of each; the chosen one is `code`, 0 if none is
    :param about: of which call
    """

    outcomes: tuple[tuple[int, str], ...]
    code: int
    note: str
    about: str
    may_choose: bool
    may_be_done: bool
    told: str
    problem: str


class Outcome(Presenter[OutcomeData]):
    """
    Of the call in hand, or of the last one until the next.

    What was chosen and typed for a call stays with it. "Done" tells the server and ends the wrap-up; a call of which
    nothing is said keeps its wrap-up, and nobody is hurried by a form.
    """

    def __init__(self, work: Workplace, show: Callable[[OutcomeData], None]) -> None:
        super().__init__(work, show)
        self._outcomes: list[Mapping[str, Any]] = []
        self._card: Card | None = None
        self._code, self._note, self._told = 0, "", ""
        self._left: dict[str, tuple[int, str]] = {}  # what stood there when another call took its place

    def start(self) -> None:
        super().start()
        self.status(self.model.seat)  # who comes back in a talk is told of it before this looks
        self._ask()

    def data(self) -> OutcomeData:
        language = self.work.language
        return OutcomeData(
            outcomes=tuple((one["code"], str(one[language])) for one in self._outcomes),
            code=self._code,
            note=self._note,
            about=caller_name(self._card, language) if self._card is not None else "",
            may_choose=self._card is not None,
            may_be_done=self._card is not None and bool(self._code),
            told=self._told,
            problem=self.problem,
        )

    # What the person does

    def choose(self, code: int) -> None:
        """By its digit; the same once more takes it back."""
        if self._card is not None and code in [one["code"] for one in self._outcomes]:
            self._code, self._told = (0 if code == self._code else code), ""
            self.refresh()

    def type(self, note: str) -> None:
        """What else is to be known of this call."""
        self._note, self._told = note[:NOTE_MAX], ""
        self.refresh()

    def done(self) -> None:
        """Tell the server; who is in his wrap-up is ready for the next."""
        if self._card is not None and self._code:
            call, said = self._card.call_id, (self._code, self._note)
            self.do(self.client.ask("set_outcome", call, *said), lambda _: self._kept(call, said))

    @property
    def has_drafts(self) -> bool:
        """Whether a note is typed that the server does not know."""
        return any(note.strip() for _, note in self._left.values()) or (bool(self._note.strip()) and not self._told)

    def _kept(self, call: str, said: tuple[int, str]) -> None:
        """What was chosen or typed since the server was told is not kept yet."""
        if self._left.get(call) == said:
            del self._left[call]
        if self._card is None or self._card.call_id != call or (self._code, self._note) != said:
            return
        self._told = self.work.words("Kept")
        if self.model.seat.wrap_up:
            self.do(self.client.ready())

    def _ask(self) -> None:
        if self.model.hello is not None:
            self.do(self.client.ask("list_outcomes"), self._are)

    def _are(self, outcomes: list[Mapping[str, Any]]) -> None:
        self._outcomes = outcomes

    # What makes it look otherwise

    def status(self, status: SeatStatus) -> None:
        call = self.model.customer  # whom he consults takes nobody's place
        if call is not None and status.state in IN_CALL and not status.supervises:
            if self._card is None or call.call_id != self._card.call_id:
                self._turn_to(call)
            self._card = call
        self.refresh()

    def _turn_to(self, call: Card) -> None:
        if self._card is not None and not self._told and (self._code or self._note):
            self._left[self._card.call_id] = self._code, self._note
        self._code, self._note = self._left.pop(call.call_id, (0, ""))
        self._told = self.problem = ""

    def logged_in(self, hello: Hello) -> None:
        self._ask()
