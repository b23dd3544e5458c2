"""What came of a talk: an outcome by its digit, a note, done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callserver.desktop.foreign import isolated
from callserver.desktop.kept_drafts import AGAIN
from callserver.desktop.listener import IN_CALL
from callserver.desktop.presenters.call_card import caller_name
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.messages import Card, Hello, SeatStatus
from callserver.wire.states import SeatState

NOTE_MAX = 500
ENDS = N_("Keeps outcome and note at the server, and ends the wrap-up")
KEEPS = N_("Keeps outcome and note at the server; once more, it corrects them. In the wrap-up it ends that, too")
KIND = "note"  # of a kept draft


@dataclass(frozen=True)
class OutcomeData:
    """
    :param outcomes: digit and word of each; the chosen one is `code`, 0 if none is
    :param whose: "Outcome of 李明", where that is not the call on the card; else ""
    """

    outcomes: tuple[tuple[int, str], ...]
    code: int
    note: str
    whose: str
    may_choose: bool
    may_be_done: bool
    what_done_does: str
    told: str
    problem: str


class Outcome(Presenter[OutcomeData]):
    """
    Of the call in hand, or of the last one until the next.

    What was chosen and typed for a call stays with it. "Done" tells the server and ends the wrap-up; a call of which
    nothing is said keeps its wrap-up, and nobody is hurried by a form. While the card shows another call, one that
    rings perhaps, it is said whose outcome this is. A note that was typed before the program was killed is there again:
    in its call, or, if that is over by now, until the next one.
    """

    def __init__(self, work: Workplace, show: Callable[[OutcomeData], None]) -> None:
        super().__init__(work, show)
        self._outcomes: list[Mapping[str, Any]] = []
        self._card: Card | None = None
        self._shown_call = ""  # that the card beside it is of
        self._code, self._note, self._told = 0, "", ""
        self._is_kept = False  # at the server
        self._left: dict[str, tuple[int, str]] = {}  # what stood there when another call took its place
        self._found: set[str] = set()  # of which calls something was left by a program that was killed

    def start(self) -> None:
        super().start()
        self._find_left()
        self.status(self.model.seat)  # who comes back in a talk is told of it before this looks
        self._ask()

    def data(self) -> OutcomeData:
        language = self.work.language
        return OutcomeData(
            outcomes=tuple((one["code"], str(one[language])) for one in self._outcomes),
            code=self._code,
            note=self._note,
            whose=self._whose(),
            may_choose=self._card is not None,
            may_be_done=self._card is not None and bool(self._code),
            what_done_does=self.work.words(ENDS if self.model.seat.wrap_up else KEEPS),
            told=self._told,
            problem=self.problem,
        )

    # What the person does

    def choose(self, code: int) -> None:
        """By its digit; the same once more takes it back."""
        if self._card is not None and code in [one["code"] for one in self._outcomes]:
            self._code = 0 if code == self._code else code
            self._is_changed()

    def type(self, note: str) -> None:
        """What else is to be known of this call."""
        self._note = note[:NOTE_MAX]
        self._is_changed()

    def done(self) -> None:
        """Tell the server; who is in his wrap-up is ready for the next."""
        if self._card is not None and self._code:
            call, said = self._card.call_id, (self._code, self._note)
            self.do(self.client.ask("set_outcome", call, *said), lambda _: self._kept(call, said))

    @property
    def takes_digits(self) -> bool:
        """Whether a bare digit is an outcome's: not while it rings, nor in another call than it would go to."""
        seat, card = self.model.seat, self._card
        if card is None or seat.call is None:
            return card is not None
        return seat.state is not SeatState.RINGING and self._shown_call == card.call_id

    @property
    def has_drafts(self) -> bool:
        """Whether a note is typed that the server does not know."""
        return any(note.strip() for _, note in self._left.values()) or (bool(self._note.strip()) and not self._is_kept)

    def _is_changed(self) -> None:
        self._told, self._is_kept = "", False
        if self._card is not None:
            typed = {"note": self._note, "code": str(self._code), "number": self._card.caller_number or ""}
            self.work.drafts.put(self._card.call_id, KIND, typed if self._note.strip() else {})
        self.refresh()

    def _whose(self) -> str:
        if self._card is None or self._card.call_id == self._shown_call:
            return ""
        return self.work.words("Outcome of {name}", name=isolated(caller_name(self._card, self.work.language)))

    def _kept(self, call: str, said: tuple[int, str]) -> None:
        """What was chosen or typed since the server was told is not kept yet."""
        is_here = self._card is not None and self._card.call_id == call
        if said != ((self._code, self._note) if is_here else self._left.get(call)):
            return
        self.work.drafts.drop(call, KIND)
        if not is_here:
            del self._left[call]
            return
        self._told, self._is_kept = self.work.words("Kept"), True
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
        if call is not None:
            self._shown_call = call.call_id
        self.refresh()

    def offer_gone(self, cause: str) -> None:
        """Its card is nobody's here."""
        self._shown_call = ""
        self.refresh()

    def _turn_to(self, call: Card) -> None:
        if self._card is not None and not self._is_kept and (self._code or self._note):
            self._left[self._card.call_id] = self._code, self._note
        self._code, self._note = self._left.pop(call.call_id, (0, ""))
        self._told, self._is_kept, self.problem = "", False, ""
        if call.call_id in self._found:
            self._found.discard(call.call_id)
            self._told = self.work.words(AGAIN)

    def _find_left(self) -> None:
        """What a program that was killed has left; the last of it is shown until somebody is talked with."""
        for call_id, texts in self.work.drafts.of(KIND).items():
            code = texts.get("code", "")
            self._left[call_id] = int(code) if code.isdecimal() else 0, texts.get("note", "")[:NOTE_MAX]
            self._found.add(call_id)
            last = Card(call_id, texts.get("number") or None)
        if self._found and self._card is None:
            self._turn_to(last)
            self._card = last

    def logged_in(self, hello: Hello) -> None:
        self._ask()
