"""The lines of an order: an item is found, so many of it are put in, reserved, or taken out again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from callserver.desktop.asking import by_the_way
from callserver.desktop.foreign import beside
from callserver.desktop.presenters.order_draft import HITS, ITEM, PIECES, PIECES_MAX, Draft, now
from callserver.desktop.presenters.order_drafts import OrderDrafts
from callserver.desktop.presenters.order_rows import day

Row = Mapping[str, Any]


class OrderItems(OrderDrafts):
    """Who knows the number types on without waiting; who knows a name chooses of what matches."""

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

    def _was_refused(self, draft: Draft, place: str) -> None:
        """How many there are by now."""
        item = draft.item.strip()
        if place == PIECES and item.isdecimal():
            asked = self.client.ask("find_items", item, "")
            known = partial(self._put_down, draft, partial(self._known, draft, item))
            by_the_way(asked, known).addBoth(lambda _: self.refresh())  # the refusal itself is said

    def _known(self, draft: Draft, item: str, answer: Row) -> None:
        if draft.item.strip() == item:
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
        goods = f"{one['pieces']} × {beside(one[f'name_{self.work.language}'])}"
        self._next_item(draft)
        if one["order"]:
            draft.told = words("Order {order} placed · {sum}", order=one["order"], sum=goods)
        else:
            draft.told = words("Reserved: {goods}, until {day}", goods=goods, day=day(one["until"]))
        self.work.record.look_again()

    def _next_item(self, draft: Draft) -> None:
        draft.clear_item()
        draft.saved, self._turn = now(), self._turn + 1
