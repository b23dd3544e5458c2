"""The drafts of orders, one a call, and how what is asked for them comes back to them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from callserver.desktop.kept_drafts import AGAIN
from callserver.desktop.presenters.call_card import caller_name
from callserver.desktop.presenters.order_draft import ADDRESS, ITEM, Draft, now
from callserver.desktop.presenters.order_form_data import OrderFormData
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Card, Hello, SeatStatus
from callserver.wire.states import SeatState

CALLS_MAX = 20  # far more than end in the quarter of an hour in which an order can still be put down
KIND = "order"  # of a kept draft
TALKS = (SeatState.TALKING, SeatState.HELD)
Row = Mapping[str, Any]


class OrderDrafts(Presenter[OrderFormData]):
    """
    A call that comes takes the form when it is answered; what was typed before waits with its caller.

    What is asked for a draft is answered to that draft, whichever is shown by then.
    """

    def __init__(self, work: Workplace, show: Callable[[OrderFormData], None]) -> None:
        super().__init__(work, show)
        self._drafts: dict[str, Draft] = {}
        self._draft = Draft("")
        self._callers: dict[str, str] = {}
        self._talks_in = ""  # the call that took the form last
        self._turn = 0
        self._is_open = False

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.record.watch(self.refresh))
        self._find_left()
        self.status(self.model.seat)

    @abstractmethod
    def _confirm(self, draft: Draft) -> None:
        """The caller has heard it read back, and wants it."""

    # What the person does

    def open(self) -> None:
        """The form of the call in hand, else of the last one that was talked in: who was missed ordered nothing."""
        self._is_open = True
        call_id = self.work.record.call_id
        self._turn_to(call_id if self.model.customer is not None else self._talks_in or call_id)

    def close(self) -> None:
        """It is not seen any more; what is typed waits."""
        self._is_open = False

    def turn_to(self, call_id: str) -> None:
        """To a draft that waits."""
        if call_id in self._drafts:
            self._turn_to(call_id)

    def type(self, field: str, text: str) -> None:
        """Something else stands in a field: "item", "pieces", "address"; who writes where it goes means that."""
        setattr(self._draft, field, text)
        if field == ADDRESS:
            self._draft.is_elsewhere = bool(text.strip())
        if field == ITEM:
            self._draft.good, self._draft.hits = None, ()
        self._is_changed()

    @property
    def has_drafts(self) -> bool:
        """Whether something is typed that is no order yet."""
        return any(one.saved for one in self._drafts.values())

    # What makes it look otherwise

    def status(self, status: SeatStatus) -> None:
        card = self.model.customer
        if card is not None and not status.supervises:
            self._callers[card.call_id] = caller_name(card, self.work.language)
            if card.call_id in self._drafts:
                self._drafts[card.call_id].caller = self._callers[card.call_id]
            if status.state in TALKS and card.call_id != self._talks_in:  # once: he may turn back to another draft
                self._talks_in = card.call_id
                if self._is_open and card.call_id != self._draft.call_id:
                    self._turn_to(card.call_id)
            self._forget_oldest()
        self.refresh()

    def record_came(self, card: Card) -> None:
        if card.call_id == self._draft.call_id:
            self._load(self._draft)

    def talking(self, card: Card) -> None:
        if card.call_id == self._draft.call_id:
            self._load(self._draft)

    def logged_in(self, hello: Hello) -> None:
        if self._draft.call_id:
            self._load(self._draft)

    # What it is made of

    def _turn_to(self, call_id: str) -> None:
        draft = self._drafts.setdefault(call_id, Draft(call_id)) if call_id else Draft("")
        if draft is not self._draft and not self._draft.saved:
            self._drafts.pop(self._draft.call_id, None)
        self._draft, self._turn = draft, self._turn + 1
        draft.caller = self._callers.get(call_id, draft.caller)
        if call_id:
            self._load(draft)
        self.refresh()

    def _forget_oldest(self) -> None:
        """For calls that are so long over no order can be put down any more; what is shown or under way stays."""
        for call_id in list(self._callers)[:-CALLS_MAX]:
            draft = self._drafts.get(call_id)
            if draft is None or (draft is not self._draft and not draft.waits):
                del self._callers[call_id]
                self._drafts.pop(call_id, None)

    def _load(self, draft: Draft) -> None:
        def told(form: Row) -> None:
            if not draft.form:
                draft.problem = ""  # that it could not be asked before
            draft.form = form

        self._ask(draft, "", self.client.ask("show_order_form", draft.call_id), told)

    def _ask(self, draft: Draft, place: str, asked: Deferred[Any], then: Callable[[Any], None]) -> None:
        """What is refused is said at its place, and what was typed stays."""

        def over(answer: Any) -> Any:
            draft.waits -= 1
            return answer

        def refused(failure: Failure) -> None:
            self._not_done(failure)
            why, self.problem, draft.confirms = self.problem, "", False
            self._was_refused(draft, place)
            self._says(draft, place, why)

        draft.waits += 1
        took = asked.addBoth(over).addCallback(partial(self._put_down, draft, then))
        took.addErrback(refused).addBoth(lambda _: self._goes_on(draft))

    def _put_down(self, draft: Draft, then: Callable[[Any], None], answer: Any) -> None:
        """What cannot be shown is not kept: see `_show_answer`."""
        before = dict(vars(draft))
        try:
            self._show_answer(answer, then)
        except Exception:
            vars(draft).update(before)
            raise

    def _was_refused(self, draft: Draft, place: str) -> None:
        """What is known of this place is out of date."""

    def _goes_on(self, draft: Draft) -> None:
        if draft.confirms and not draft.waits:  # also where the next call has taken the form meanwhile
            draft.confirms = False
            self._confirm(draft)
        self.refresh()

    def _says(self, draft: Draft, place: str, problem: str) -> None:
        draft.problem, draft.problem_at, draft.told = problem, place, ""
        if place:
            draft.place, self._turn = place, self._turn + 1
        self.refresh()

    def _is_changed(self) -> None:
        draft = self._draft
        draft.saved = now()
        draft.told = draft.problem = ""
        self._keep(draft)
        self.refresh()

    def _keep(self, draft: Draft) -> None:
        """For the case that the program is killed."""
        typed = draft.item, draft.pieces, draft.address
        self.work.drafts.put(draft.call_id, KIND, draft.typed if any(map(str.strip, typed)) else {})

    def _find_left(self) -> None:
        """What a program that was killed has left: a draft each that waits for its caller, or to be turned to."""
        for call_id, typed in self.work.drafts.of(KIND).items():
            if call_id not in self._drafts:
                draft = self._drafts[call_id] = Draft.left(call_id, typed)
                draft.told = self.work.words(AGAIN)
                self._callers[call_id] = draft.caller
