"""The order form: an order is put down for a caller in his call, or after it; the shop's rules are the server's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from callserver.desktop.presenters.call_card import caller_name
from callserver.desktop.presenters.order_draft import (
    ADDRESS,
    HITS,
    ITEM,
    PIECES,
    PIECES_MAX,
    Draft,
    about_good,
    hit_cells,
    line_cells,
)
from callserver.desktop.presenters.order_rows import day, money
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.question import Question
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Card, Hello, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState

TALKS = (SeatState.TALKING, SeatState.HELD)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class OrderFormData:
    """
    :param drafts: call and caller of each order that is not finished
    :param about_item: what the typed item is, and whether it is there
    :param hits: items that match, to choose from; there are none else
    :param lines: item, name, price, stock, pieces, sum
    :param stored: the customer's own address; "" if there is none
    :param place: where the cursor belongs; a problem is about it
    :param turn: grows whenever the cursor has to go there
    """

    heading: str
    saved: str
    drafts: tuple[tuple[str, str], ...]
    call_id: str
    item: str
    pieces: str
    about_item: str
    hits: tuple[tuple[str, ...], ...]
    lines: tuple[tuple[str, ...], ...]
    stored: str
    is_elsewhere: bool
    address: str
    payment: str
    balance: str
    may_use_balance: bool
    total: str
    hint: str
    told: str
    problem: str
    place: str
    turn: int
    may_confirm: bool
    may_discard: bool
    question: Question | None


class OrderForm(Presenter[OrderFormData]):
    """
    One draft a call. A call that comes takes the form when it is answered; what was typed before waits with its caller.

    Keys may be faster than the server: what is confirmed is confirmed when all that was put in before is in.
    """

    def __init__(self, work: Workplace, show: Callable[[OrderFormData], None], done: Callable[[], None]) -> None:
        super().__init__(work, show)
        self._done = done
        self._drafts: dict[str, Draft] = {}
        self._draft = Draft("")
        self._callers: dict[str, str] = {}
        self._turn = 0
        self._is_open = False

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.record.watch(self.refresh))
        self.status(self.model.seat)

    def data(self) -> OrderFormData:
        work, draft, form = self.work, self._draft, self._draft.form
        is_there, stored = bool(draft.call_id), str(form.get("address", ""))
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
            stored=stored,
            is_elsewhere=draft.is_elsewhere or (bool(form) and not stored),
            address=draft.address,
            payment=draft.payment,
            balance=money(form.get("balance_fen")),
            may_use_balance=bool(form.get("proved")),
            total=money(form.get("total_fen", 0)),
            hint=self._hint(),
            told=draft.told,
            problem=draft.problem,
            place=draft.place,
            turn=self._turn,
            may_confirm=is_there and (bool(draft.lines) or bool(form.get("pending")) or bool(draft.waits)),
            may_discard=is_there and bool(draft.saved or draft.lines),
            question=self._question(),
        )

    # What the person does

    def open(self) -> None:
        """The form of the call in hand, else of the last one."""
        self._is_open = True
        self._turn_to(self.work.record.call_id)

    def close(self) -> None:
        """It is not seen any more; what is typed waits."""
        self._is_open = False

    def turn_to(self, call_id: str) -> None:
        """To a draft that waits."""
        if call_id in self._drafts:
            self._turn_to(call_id)

    def type(self, field: str, text: str) -> None:
        """Something else stands in a field: "item", "pieces", "address"."""
        setattr(self._draft, field, text)
        if field == ITEM:
            self._draft.good, self._draft.hits = None, ()
        self._is_changed()

    def send_elsewhere(self, is_elsewhere: bool) -> None:
        """To another address than the stored one, or to that."""
        self._draft.is_elsewhere = is_elsewhere
        self._is_changed()

    def pay(self, payment: str) -> None:
        """On delivery, or from the balance."""
        self._draft.payment = payment
        self._is_changed()

    def find(self) -> None:
        """The item that is typed, by its number or its name; how many is asked next."""
        draft, words = self._draft, self._draft.item.strip()
        if not words or not draft.call_id:
            return
        if words.isdecimal():  # who knows the number types on without waiting
            self._ask_how_many(draft, words)
        self._ask(draft, ITEM, self.client.ask("find_items", words, ""), partial(self._found, draft, words))

    def choose(self, place: int) -> None:
        """One of the items that match."""
        draft = self._draft
        if 0 <= place < len(draft.hits):
            self._take(draft, draft.hits[place])
            self.refresh()

    def add(self) -> None:
        """So many of it are put in, in place of what was there of it."""
        self._with_item("put_in_basket", self._put)

    def reserve(self) -> None:
        """The caller waits for pieces that are not there."""
        self._with_item("reserve_item", self._reserved)

    def remove(self, place: int) -> None:
        """A line is not wanted."""
        draft = self._draft
        if 0 <= place < len(draft.lines):
            item = draft.lines[place]["item"]
            self._ask(draft, ITEM, self.client.ask("take_from_basket", item, draft.call_id), draft.put)

    def confirm(self) -> None:
        """The caller has heard it read back, and wants it."""
        draft = self._draft
        if not draft.call_id:
            return
        if draft.waits:
            draft.confirms = True
            return
        is_elsewhere = self.data().is_elsewhere
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

    @property
    def has_drafts(self) -> bool:
        """Whether something is typed that is no order yet."""
        return any(one.saved for one in self._drafts.values())

    # What makes it look otherwise

    def status(self, status: SeatStatus) -> None:
        card = self.model.customer
        if card is not None and not status.supervises:
            self._callers[card.call_id] = caller_name(card, self.work.language)
            if self._is_open and status.state in TALKS and card.call_id != self._draft.call_id:
                self._turn_to(card.call_id)
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

    def _load(self, draft: Draft) -> None:
        def told(form: Row) -> None:
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
            if place == PIECES and draft.item.isdecimal():  # how many there are by now
                item = draft.item
                self.client.ask("find_items", item, "").addCallbacks(
                    partial(self._known, draft, item), lambda _: None
                ).addBoth(lambda _: self.refresh())
            self._says(draft, place, why)

        draft.waits += 1
        asked.addBoth(over).addCallback(then).addErrback(refused).addBoth(lambda _: self._goes_on(draft))

    def _goes_on(self, draft: Draft) -> None:
        if draft.confirms and not draft.waits and draft is self._draft:
            draft.confirms = False
            self.confirm()
        self.refresh()

    def _says(self, draft: Draft, place: str, problem: str) -> None:
        draft.problem, draft.told = problem, ""
        if place:
            draft.place, self._turn = place, self._turn + 1
        self.refresh()

    def _is_changed(self) -> None:
        self._draft.saved = datetime.now().strftime("%H:%M")
        self._draft.told = self._draft.problem = ""
        self.refresh()

    def _ask_how_many(self, draft: Draft, item: str) -> None:
        draft.item, draft.pieces = item, str(draft.has(item) or 1)
        draft.place, draft.problem, self._turn = PIECES, "", self._turn + 1
        self.refresh()

    def _found(self, draft: Draft, words: str, answer: Row) -> None:
        if draft.item.strip() != words:
            return  # something else is typed by now
        found: Sequence[Row] = answer["found"]
        exact = [one for one in found if one["item"] == words] or (found if len(found) == 1 else ())
        if exact and words.isdecimal() and exact[0]["item"] == words:
            draft.good = exact[0]
        elif exact:
            self._take(draft, exact[0])
        elif found:
            draft.hits, draft.place, self._turn = found, HITS, self._turn + 1
        else:
            self._says(draft, ITEM, self.work.words("No item matches “{words}”", words=words))

    def _known(self, draft: Draft, item: str, answer: Row) -> None:
        if draft.item == item:
            draft.good = next((one for one in answer["found"] if one["item"] == item), None)

    def _take(self, draft: Draft, good: Row) -> None:
        draft.good, draft.hits = good, ()
        self._ask_how_many(draft, str(good["item"]))

    def _with_item(self, act: str, then: Callable[[Draft, Any], None]) -> None:
        draft, item = self._draft, self._draft.item.strip()
        if not draft.call_id or not item:
            self._says(draft, ITEM, self.work.words("Which item? Type its number or its name"))
        elif not item.isdecimal():
            self.find()
        elif not draft.n:
            self._says(draft, PIECES, self.work.words("How many? 1 to {most}", most=PIECES_MAX))
        else:
            draft.told = draft.problem = ""
            self._ask(draft, PIECES, self.client.ask(act, item, draft.n, draft.call_id), partial(then, draft))

    def _put(self, draft: Draft, lines: Sequence[Row]) -> None:
        draft.put(lines)
        self._next_item(draft)

    def _reserved(self, draft: Draft, one: Row) -> None:
        words = self.work.words
        goods = f"{one['pieces']} × {one[f'name_{self.work.language}']}"
        self._next_item(draft)
        if one["order"]:
            draft.told = words("Order {order} placed · {sum}", order=one["order"], sum=goods)
        else:
            draft.told = words("Reserved: {goods}, until {day}", goods=goods, day=day(one["until"]))
        self.work.record.look_again()

    def _next_item(self, draft: Draft) -> None:
        draft.clear_item()
        draft.saved, self._turn = datetime.now().strftime("%H:%M"), self._turn + 1

    def _ordered(self, draft: Draft, answer: Row) -> None:
        self._drafts[draft.call_id] = fresh = Draft(draft.call_id, draft.caller, form={**draft.form, "lines": ()})
        if draft is self._draft:
            self._draft, self._turn = fresh, self._turn + 1
        sum_ = money(answer["total_fen"])
        fresh.told = self.work.words("Order {order} placed · {sum}", order=answer["order"], sum=sum_)
        self._load(fresh)
        self.work.record.look_again()

    def _discarded(self, draft: Draft) -> None:
        self._drafts.pop(draft.call_id, None)
        if draft is self._draft:
            self._draft = Draft("")
            self._done()

    def _heading(self) -> str:
        draft, words = self._draft, self.work.words
        member = str(draft.form.get("member", ""))
        parts = (words("New order"), draft.caller, words("Member {number}", number=member) if member else "")
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

    def _question(self) -> Question | None:
        if not self._draft.asks:
            return None
        words = self.work.words
        asked = words("Discard the order of {caller}? Its goods go back", caller=self._draft.caller)
        return Question(asked, words("Discard"), words("Keep"))


def _basket_is_gone(failure: Failure) -> None:
    """With its call: the server will not hear of it, and there is nothing left to empty."""
    failure.trap(Refused)  # type: ignore[no-untyped-call]
