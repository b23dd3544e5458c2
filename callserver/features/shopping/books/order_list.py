"""A list of orders taken over: how far each is and who brings it, as the packing table or the carrier says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from callserver.features.shopping import rules
from callserver.features.shopping.books.orders import OrderRow, advance
from callserver.features.shopping.books.refusals import in_words
from callserver.features.shopping.books.table import Entry, Fault, Table
from callserver.features.shopping.rules.tracking import BEFORE_PACKED, NEXT
from callserver.features.shopping.tables import OrderState
from callserver.features.shopping.words import ORDER_STATES
from callserver.wire.catalogue import N_, Complaint

AT_ONCE = 200  # orders that one list may move: they are one transaction, for which callers' orders wait

TOO_MANY = N_("more than {n} orders change: make several files of it")


@dataclass(frozen=True)
class Move:
    """What becomes of an order."""

    before: OrderRow
    state: OrderState
    carrier: str | None
    tracking: str | None


@dataclass
class OrderPlan:
    """What a list would do."""

    moves: list[Move] = field(default_factory=list)
    same: int = 0
    faults: list[Fault] = field(default_factory=list)


def plan_orders(table: Table, there: Mapping[str, OrderRow], titles: Mapping[str, str]) -> OrderPlan:
    """
    Compare a list with what there is.

    :param there: orders by number
    :param titles: of the columns, by key
    """
    plan = OrderPlan(faults=list(table.faults))
    for entry in table.entries:
        before = there.get(entry.key)
        if before is None:
            plan.faults.append(Fault(entry.row, Complaint("is no order of the shop"), titles["number"], entry.key))
            continue
        move = _move(before, entry)
        plan.faults += _wrong(entry, move, titles)
        if (move.state, move.carrier, move.tracking) == (before.state, before.carrier, before.tracking):
            plan.same += 1
        else:
            plan.moves.append(move)
            if len(plan.moves) == AT_ONCE + 1:
                plan.faults.append(Fault(entry.row, Complaint(TOO_MANY, n=AT_ONCE)))
    plan.faults.sort(key=lambda fault: fault.row)
    return plan


def move_orders(moves: list[Move], now: datetime) -> None:
    """
    Run in `store.write`.

    :raises Complaint: one of them has gone on meanwhile, so that it cannot
    """
    rules.lock_for_steps({move.before.number: move.state for move in moves})
    for move in sorted(moves, key=lambda one: one.before.number):
        try:
            advance(move.before.number, move.state, now, move.carrier, move.tracking)
        except rules.OrderRefused as refused:
            raise in_words(refused) from refused


def _move(before: OrderRow, entry: Entry) -> Move:
    said = entry.values
    state = OrderState(said["state"]) if said.get("state") else before.state
    return Move(before, state, said.get("carrier") or before.carrier, said.get("tracking") or before.tracking)


def _wrong(entry: Entry, move: Move, titles: Mapping[str, str]) -> Iterator[Fault]:
    now_at = move.before.state
    may_be = (*NEXT.get(now_at, ()), *((OrderState.CANCELLED,) if now_at in BEFORE_PACKED else ()))
    if move.state is not now_at and move.state not in may_be:
        refused = Complaint("is {state_word} in the books: it cannot become that", state_word=ORDER_STATES[now_at])
        yield Fault(entry.row, refused, titles["state"], str(entry.values["state"]))
    if move.tracking and not move.carrier:
        yield Fault(entry.row, Complaint("has a tracking number and no carrier"), titles["carrier"], entry.key)
