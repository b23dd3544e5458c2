"""What each kind of event changes: HEARD those of a call, ANYWHERE those that may come without one, or after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from callserver.calls.vocabulary import Kind
from callserver.features.statistics.folding.calls import Call
from callserver.features.statistics.folding.told import Rows, Told
from callserver.wire.causes import Cause, Reason

RATING = "rating"  # under this name a menu's survey keeps points
POINTS = range(1, 11)
DOORS = ("closed", "no_agent", "full", "diverted")  # outcomes of who was not let in

Heard = Callable[[Call, Told, Rows], None]


# Waits


def entry(call: Call, told: Told, rows: Rows) -> None:
    call.asked, call.step = True, ""
    call.row.queue = told.word("queue")
    call.waits.enter(call.row.call_id, told.word("queue"), call.row.line, told.at_ms, rows)


def leave(call: Call, told: Told, rows: Rows) -> None:
    """Without a wait it was refused at the door."""
    call.asked, outcome = True, told.word("outcome")
    if call.waits.open:
        call.waits.leave(outcome, _ms(told, "wait_s"), rows)
    elif outcome in DOORS:
        rows.count("door", told.word("queue"), outcome, told.at_ms)
        if not call.waits.refused and not call.waits.rows:
            call.waits.refused = True
            rows.count("door", "", outcome, told.at_ms)
    if outcome == "callback":
        call.to_call = True


def connect(call: Call, told: Told, rows: Rows) -> None:
    """An agent has it; from a queue, if it has waited."""
    if told.person is None:
        return
    call.talked, call.row.agent = True, told.person
    part = call.part(told.person, told.at_ms, rows)
    if "wait_s" not in told.data:
        return
    rows.count("answered", told.person, call.waits.last or call.row.queue, told.at_ms, 1, _ms(told, "wait_s"))
    part.queue = part.queue or call.waits.last

    def taken(row: object) -> None:
        row.agent = row.agent or told.person  # type: ignore[attr-defined]

    call.waits.change(call.waits.last, taken, rows)


def offer(call: Call, told: Told, rows: Rows) -> None:
    seats = told.data.get("seats") or [told.data.get("seat")]
    for seat in seats if isinstance(seats, list) else []:
        rows.count("offered", str(seat), told.word("queue"), told.at_ms)


def miss(call: Call, told: Told, rows: Rows) -> None:
    """Several that rang at once have missed it together: the team's miss, and one in the row of each."""
    seats, reason = told.data.get("seats"), Reason.parse(told.word("reason"))
    code = reason.cause.value if reason else told.word("reason")
    if call.waits.open:
        rows.count("team_missed", call.waits.open, code, told.at_ms)
    for seat in seats if isinstance(seats, list) else [told.word("seat")]:
        rows.count("missed", str(seat), code, told.at_ms)


def transfer(call: Call, told: Told, rows: Rows) -> None:
    """By an agent: blind, or after a consultation."""
    call.asked = True
    by = told.word("by")
    if not by.startswith("seat "):
        return
    agent = by.removeprefix("seat ")
    rows.count("transferred", agent, "", told.at_ms)
    part = call.parts.get(agent)
    if part is not None:
        part.transferred = 1
        rows.parts[part.call_id, agent] = part
        call.waits.change(part.queue, lambda row: setattr(row, "transferred", 1), rows)


# The call itself


def ring(call: Call, told: Told, rows: Rows) -> None:
    call.rang = True


def caller_id(call: Call, told: Told, rows: Rows) -> None:
    call.row.number = told.word("number") or call.row.number


def answer(call: Call, told: Told, rows: Rows) -> None:
    call.answered = True


def dial_result(call: Call, told: Told, rows: Rows) -> None:
    call.row.direction, call.row.number = "out", told.word("number") or call.row.number
    call.reached = told.word("result") == "answered"


def end(call: Call, told: Told, rows: Rows) -> None:
    if call.waits.open:  # its LEAVE is missing: an end is one all the same
        call.waits.leave("abandoned", max(told.at_ms - call.waits.entered_ms, 0), rows)
    if call.step and not call.asked and told.word("reason").startswith(Cause.CALLER_HUNG_UP.value):
        rows.count("step", call.step, "left", told.at_ms)
    call.end(told.at_ms, rows)


# Menus


def menu(call: Call, told: Told, rows: Rows) -> None:
    call.row.menu = call.row.menu or told.word("name")


def menu_end(call: Call, told: Told, rows: Rows) -> None:
    why = told.word("why")
    call.asked = call.asked or why.startswith("person")
    call.done = call.done or why == "over"


def step(call: Call, told: Told, rows: Rows) -> None:
    call.step = f"{told.word('menu')}.{told.word('step')}"
    rows.count("step", call.step, "visits", told.at_ms)


def reply(call: Call, told: Told, rows: Rows) -> None:
    rows.count("step", f"{told.word('menu')}.{told.word('step')}", told.word("result"), told.at_ms)


def target(call: Call, told: Told, rows: Rows) -> None:
    """A menu file has handed him over, or a menu in Python has him for a while: he is at none of its steps."""
    call.step = ""


def keys(call: Call, told: Told, rows: Rows) -> None:
    call.keyed = call.keyed or bool(told.word("digits"))


def prompt_end(call: Call, told: Told, rows: Rows) -> None:
    """What was asked for by keys has been heard to its end."""
    if call.keyed and not told.data.get("interrupted"):
        call.done = True


def saved(call: Call, told: Told, rows: Rows) -> None:
    """Points after the talk go to who talked last, and to his queue; who thinks again has given the last ones."""
    value, before = told.word("value"), call.row.rating
    if told.word("name") != RATING or not value.isdecimal() or int(value) not in POINTS:
        return
    call.row.rating = int(value)
    rows.count("rating", call.row.agent, call.waits.last, told.at_ms, 0 if before else 1, int(value) - before)


def call_back(call: Call, told: Told, rows: Rows) -> None:
    call.to_call = True


def called_back(told: Told, rows: Rows) -> None:
    """Counts for the queue in which he wanted it; that call is over by now."""
    rows.count("called_back", told.word("queue"), told.word("outcome"), told.at_ms)


def call_back_of(call: Call, told: Told, rows: Rows) -> None:
    call.row.queue = call.waits.last = told.word("queue")


# What comes of calls


def order(told: Told, rows: Rows, seller: str) -> None:
    rows.count("order", seller, "", told.at_ms, 1, _int(told.data.get("total_fen")))
    items = told.data.get("items")
    for one in items if isinstance(items, list) else []:
        quantity, price_fen = _int(one.get("quantity")), _int(one.get("price_fen"))
        rows.count("product", str(one.get("item")), seller, told.at_ms, quantity, quantity * price_fen)


def order_in_call(call: Call, told: Told, rows: Rows) -> None:
    call.done = True
    order(told, rows, told.person or (call.row.agent if call.talked else call.row.menu))


def order_elsewhere(told: Told, rows: Rows) -> None:
    order(told, rows, told.person or "")


def reservation(call: Call, told: Told, rows: Rows) -> None:
    call.done = True
    reservation_elsewhere(told, rows)


def reservation_elsewhere(told: Told, rows: Rows) -> None:
    rows.count("reserved", told.word("item"), "", told.at_ms, _int(told.data.get("quantity")))


def fax_end(call: Call, told: Told, rows: Rows) -> None:
    call.done = True


def office_case(call: Call, told: Told, rows: Rows) -> None:
    call.asked = True


def office_result(call: Call, told: Told, rows: Rows) -> None:
    call.talked = call.talked or told.word("result") == "answered"
    office_tried(told, rows)


def office_tried(told: Told, rows: Rows) -> None:
    """Also by a caller who has hung up before anybody answered there."""
    rows.count("office", told.word("office"), told.word("result"), told.at_ms)


HEARD: Mapping[str, Heard] = {
    Kind.ENTRY.value: entry,
    Kind.LEAVE.value: leave,
    Kind.CONNECT.value: connect,
    Kind.OFFER.value: offer,
    Kind.MISS.value: miss,
    Kind.TRANSFER.value: transfer,
    Kind.JOINED.value: transfer,
    Kind.CONSULT.value: lambda call, told, rows: None,
    Kind.SWAP.value: lambda call, told, rows: None,
    Kind.RING.value: ring,
    Kind.CALLER_ID.value: caller_id,
    Kind.ANSWER.value: answer,
    Kind.DIAL_RESULT.value: dial_result,
    Kind.END.value: end,
    Kind.MENU.value: menu,
    Kind.MENU_END.value: menu_end,
    Kind.STEP.value: step,
    Kind.REPLY.value: reply,
    Kind.TARGET.value: target,
    Kind.PLUGIN.value: target,
    Kind.INPUT.value: keys,
    Kind.PROMPT_END.value: prompt_end,
    Kind.SAVED.value: saved,
    Kind.CALL_BACK.value: call_back,
    Kind.CALL_BACK_OF.value: call_back_of,
    Kind.ORDER.value: order_in_call,
    Kind.RESERVATION.value: reservation,
    Kind.FAX_END.value: fax_end,
    Kind.OFFICE_CASE.value: office_case,
    Kind.OFFICE_RESULT.value: office_result,
}
ANYWHERE: Mapping[str, Callable[[Told, Rows], None]] = {
    Kind.ORDER.value: order_elsewhere,
    Kind.CALLED_BACK.value: called_back,
    Kind.RESERVATION.value: reservation_elsewhere,
    Kind.OFFICE_RESULT.value: office_tried,
}


def _ms(told: Told, key: str) -> int:
    value = told.data.get(key)
    return round(value * 1000) if isinstance(value, int | float) else 0


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
