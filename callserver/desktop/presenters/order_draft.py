"""An order that is being put down for one caller: what is typed, and what the server has told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callserver.desktop.foreign import beside
from callserver.desktop.presenters.order_rows import ON_DELIVERY, goods_line, money
from callserver.desktop.presenters.workplace import Workplace

PIECES_MAX = 999
ITEM, HITS, PIECES, ADDRESS = "item", "hits", "pieces", "address"  # places of the form
TYPED = ("caller", "item", "pieces", "address", "payment", "saved")  # texts of a draft
Row = Mapping[str, Any]


@dataclass
class Draft:
    """
    It belongs to a call, and waits for it: who comes back to it finds all that he had typed.

    :param saved: when something was last typed, "10:02"; "" if nothing was
    :param good: what is known of the item that is typed
    :param form: as `show_order_form` tells it
    :param place: where the cursor belongs
    :param problem_at: the place that the problem is about; "": the order
    :param waits: how many acts have not been answered yet
    :param confirms: the order is to be made as soon as they are
    """

    call_id: str
    caller: str = ""
    item: str = ""
    pieces: str = ""
    is_elsewhere: bool = False
    address: str = ""
    payment: str = ON_DELIVERY
    saved: str = ""
    good: Row | None = None
    hits: Sequence[Row] = ()
    form: Row = field(default_factory=dict)
    told: str = ""
    problem: str = ""
    problem_at: str = ""
    place: str = ITEM
    waits: int = 0
    confirms: bool = False
    asks: bool = False  # whether it shall be thrown away

    @property
    def lines(self) -> Sequence[Row]:
        """What is in the basket."""
        lines: Sequence[Row] = self.form.get("lines", ())
        return lines

    @property
    def stored(self) -> str:
        """The customer's own address; "" if there is none."""
        return str(self.form.get("address", ""))

    @property
    def sends_elsewhere(self) -> bool:
        """Whether it goes to the address that is typed."""
        return self.is_elsewhere or (bool(self.form) and not self.stored)

    @property
    def n(self) -> int:
        """How many pieces are typed; 0: that is no such number."""
        text = self.pieces.strip()
        n = int(text) if text.isdecimal() and len(text) <= 4 else 0
        return n if n <= PIECES_MAX else 0

    def has(self, item: str) -> int:
        """So many pieces of it are in the basket."""
        return sum(int(line["pieces"]) for line in self.lines if line["item"] == item)

    def put(self, lines: Sequence[Row]) -> None:
        """This is in the basket now."""
        self.form = {**self.form, "lines": lines, "total_fen": sum(line["total_fen"] for line in lines)}

    @property
    def typed(self) -> dict[str, str]:
        """All that a person has put down by hand, and when, and for whom."""
        texts = {name: str(getattr(self, name)) for name in TYPED}
        return texts | {"elsewhere": "yes" if self.is_elsewhere else ""}

    @classmethod
    def left(cls, call_id: str, typed: Mapping[str, str]) -> Draft:
        """As it was when it was `typed` so."""
        draft = cls(call_id, is_elsewhere=bool(typed.get("elsewhere")), saved=now())
        for name in TYPED:
            setattr(draft, name, typed.get(name, getattr(draft, name)))
        return draft

    def clear_item(self) -> None:
        """The next one can be typed."""
        self.item = self.pieces = ""
        self.good, self.hits, self.place = None, (), ITEM


def now() -> str:
    """The time on the wall, as a draft shows it."""
    return datetime.now().astimezone().strftime("%H:%M")


def hit_cells(work: Workplace, good: Row) -> tuple[str, str, str, str]:
    """An item that matches: number, name, price, what the caller can have of it."""
    name = str(good[f"name_{work.language}"])
    return str(good["item"]), name, money(good["price_fen"]), str(good["available"])


def line_cells(work: Workplace, line: Row) -> tuple[str, ...]:
    """A line of the order: item, name, price, stock, pieces, sum."""
    item, name, price, pieces, total = goods_line(work, line)
    left = int(line["available"])
    stock = str(left) if left >= line["pieces"] else work.words("Only {n} left", n=left)
    return item, name, price, stock, pieces, total


def about_good(work: Workplace, draft: Draft) -> str:
    """The item that is typed: what it is, what it costs, whether so many are there."""
    good, words = draft.good, work.words
    if good is None:
        return ""
    left = int(good["available"])
    if not good["on_sale"]:
        stock = words("not on sale")
    elif not left:
        stock = words("Sold out; it can be reserved")
    elif left < draft.n:
        stock = words("Only {n} left", n=left)
    else:
        stock = words("In stock {n}", n=left)
    parts = (f"{good['item']} {beside(good[f'name_{work.language}'])}", money(good["price_fen"]), stock)
    return " · ".join(filter(None, parts))
