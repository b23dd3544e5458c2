"""The order form: an order is put down for a caller in his call, or after it; the shop's rules are the server's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from twisted.python.failure import Failure

from callserver.desktop.foreign import beside
from callserver.desktop.presenters.order_draft import ADDRESS, PIECES, Draft, about_good, hit_cells, line_cells
from callserver.desktop.presenters.order_drafts import KIND
from callserver.desktop.presenters.order_form_data import OrderFormData
from callserver.desktop.presenters.order_items import OrderItems
from callserver.desktop.presenters.order_rows import money
from callserver.desktop.presenters.question import Question
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState

Row = Mapping[str, Any]


class OrderForm(OrderItems):
    """
    Keys may be faster than the server: what is confirmed is confirmed when all that was put in before is in.

    :param done: called when an order is given up: the tabs again
    """

    def __init__(self, work: Workplace, show: Callable[[OrderFormData], None], done: Callable[[], None]) -> None:
        super().__init__(work, show)
        self._done = done

    def data(self) -> OrderFormData:
        work, draft, form = self.work, self._draft, self._draft.form
        is_there = bool(draft.call_id)
        return OrderFormData(
            heading=self._heading(),
            saved=work.words("Draft saved {time}", time=draft.saved) if draft.saved else "",
            drafts=tuple((one.call_id, one.caller) for one in self._drafts.values() if one.saved or one is draft),
            call_id=draft.call_id,
            item=draft.item,
            pieces=draft.pieces,
            about_item=about_good(work, draft),
            hits=tuple(hit_cells(work, good) for good in draft.hits),
            lines=tuple(line_cells(work, line) for line in draft.lines),
            stored=draft.stored,
            is_elsewhere=draft.sends_elsewhere,
            address=draft.address,
            payment=draft.payment,
            balance=money(form.get("balance_fen")),
            may_use_balance=bool(form.get("proved")),
            total=money(form.get("total_fen", 0)),
            hint=self._hint(),
            told=draft.told,
            problem=draft.problem,
            problem_at=draft.problem_at,
            place=draft.place,
            turn=self._turn,
            may_add=is_there and not self._only_rings(draft),
            may_confirm=is_there and (bool(draft.lines) or bool(form.get("pending")) or bool(draft.waits)),
            may_discard=is_there and bool(draft.saved or draft.lines),
            question=self._question(),
        )

    def send_elsewhere(self, is_elsewhere: bool) -> None:
        """To another address than the stored one, or to that."""
        self._draft.is_elsewhere = is_elsewhere
        self._is_changed()

    def pay(self, payment: str) -> None:
        """On delivery, or from the balance."""
        self._draft.payment = payment
        self._is_changed()

    def confirm(self) -> None:
        """The caller has heard it read back, and wants it."""
        self._confirm(self._draft)

    def _confirm(self, draft: Draft) -> None:
        if not draft.call_id:
            return
        if draft.waits:
            draft.confirms = True
            return
        is_elsewhere = draft.sends_elsewhere
        if draft.item.strip():
            item = draft.item.strip()
            self._says(draft, PIECES, self.work.words("Item {item} is not in the order yet: Enter adds it", item=item))
        elif is_elsewhere and not draft.address.strip():
            self._says(draft, ADDRESS, self.work.words("Write where it goes"))
        else:
            where = draft.address.strip() if is_elsewhere else ""
            asked = self.client.ask("finish_order", draft.payment, where, draft.call_id)
            self._ask(draft, "", asked, partial(self._ordered, draft))

    def ask_to_discard(self) -> None:
        """Nothing of it is wanted."""
        self._draft.asks = True
        self.refresh()

    def answer(self, yes: bool) -> None:
        """What is said to the question."""
        draft = self._draft
        draft.asks = False
        if yes:
            asked = self.client.ask("empty_basket", draft.call_id)
            asked.addErrback(_basket_is_gone)
            self._ask(draft, "", asked, lambda _: self._discarded(draft))
        self.refresh()

    def _ordered(self, draft: Draft, answer: Row) -> None:
        self._drafts[draft.call_id] = fresh = Draft(draft.call_id, draft.caller, form={**draft.form, "lines": ()})
        if draft is self._draft:
            self._draft, self._turn = fresh, self._turn + 1
        self.work.drafts.drop(draft.call_id, KIND)
        sum_ = money(answer["total_fen"])
        fresh.told = self.work.words("Order {order} placed · {sum}", order=answer["order"], sum=sum_)
        self._load(fresh)
        self.work.record.look_again()

    def _discarded(self, draft: Draft) -> None:
        self._drafts.pop(draft.call_id, None)
        self.work.drafts.drop(draft.call_id, KIND)
        if draft is self._draft:
            self._draft = Draft("")
            self._done()

    def _heading(self) -> str:
        draft, words = self._draft, self.work.words
        member = str(draft.form.get("member", ""))
        parts = (words("New order"), beside(draft.caller), words("Member {number}", number=member) if member else "")
        return " · ".join(filter(None, parts))

    def _hint(self) -> str:
        draft, words, record = self._draft, self.work.words, self.work.record
        if not draft.call_id:
            return words("An order is put down for a caller: in the call, or in the quarter of an hour after it")
        member, ordered = draft.form.get("member", ""), draft.form.get("ordered", ())
        if draft.call_id == record.call_id and record.member and draft.form and record.member != member:
            return words("This order is for the caller, and not for member {number} in the tabs", number=record.member)
        if draft.form.get("pending"):
            return words("An order of this call is being placed")
        if ordered and not draft.lines:
            return words("Already ordered in this call: {orders}", orders=", ".join(ordered))
        return words("Read the order back; confirm after consent") if draft.lines else ""

    def _only_rings(self, draft: Draft) -> bool:
        seat = self.model.seat
        return seat.state is SeatState.RINGING and seat.call is not None and seat.call.call_id == draft.call_id

    def _question(self) -> Question | None:
        if not self._draft.asks:
            return None
        words = self.work.words
        asked = words("Discard the order of {caller}? Its goods go back", caller=self._draft.caller)
        return Question(asked, words("Discard"), words("Keep"))


def _basket_is_gone(failure: Failure) -> None:
    """With its call: the server will not hear of it, and there is nothing left to empty."""
    failure.trap(Refused)  # type: ignore[no-untyped-call]
