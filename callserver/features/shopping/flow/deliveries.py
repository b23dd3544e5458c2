"""A caller's orders: the last ones, any other by its number, where each is; and cancelling, until it is packed."""

from __future__ import annotations

from callserver.features.shopping import rules
from callserver.features.shopping.flow.counter import Counter
from callserver.features.shopping.flow.sentences import order_status
from callserver.features.shopping.flow.visitor import Visitor
from callserver.features.shopping.tables import Payment
from callserver.ivr import spoken
from callserver.ivr.dialogue import ask_number, choose, rounds

ORDERS, ORDER_DIGITS = 5, 8
LOOKED_THROUGH = 100  # of his orders, for whether one is his
NEXT, BY_NUMBER, CANCEL, BACK = "1", "2", "3", "4"
ASKED = {
    NEXT: "press-1-next-order",
    BY_NUMBER: "press-2-order-by-number",
    CANCEL: "press-3-cancel-order",
    BACK: "press-4-back",
}


async def tell_orders(counter: Counter, visitor: Visitor) -> None:
    """His last orders, the newest first; then any other by its number."""
    orders, lead = await _his_orders(counter, visitor, ORDERS), "your-last-order-is"
    for at, order in enumerate(orders):
        wish = await _hear(counter, lead, order, has_next=at + 1 < len(orders))
        if wish == BACK:
            return
        if wish == BY_NUMBER:
            break
        lead = "order-number-is"
    await _by_number(counter, visitor)


async def _by_number(counter: Counter, visitor: Visitor) -> None:
    """Any order by its number, which nobody can guess; only its own customer can cancel it."""
    for _ in rounds():
        wanted = await ask_number(counter.call, "enter-order-number", max_digits=ORDER_DIGITS, optional=True)
        if not wanted:
            return
        order = await counter.read(rules.find_order, wanted)
        if order is None:
            await counter.sorry("order-unknown")
        elif order.may_be_cancelled and await _is_his(counter, visitor, wanted):
            if await _hear(counter, "order-number-is", order, has_next=False) == BACK:
                return
        else:
            counter.call.save("order", wanted)
            await counter.call.play(*order_status(counter, order))


async def _hear(counter: Counter, lead: str, order: rules.OrderStatus, *, has_next: bool) -> str:
    """Where one order of his is, and what he wants then; a cancelled one is heard again."""
    call = counter.call
    call.save("order", order.number)  # who asks for a person now, asks about this one
    for _ in rounds():
        keys = NEXT * has_next + BY_NUMBER + CANCEL * order.may_be_cancelled + BACK
        said = [lead, *spoken.digits(call.language, order.number), "pause", *order_status(counter, order)]
        wish = await choose(call, *said, *(ASKED[key] for key in keys), keys=keys)
        if wish != CANCEL:
            return wish
        order = await _cancel(counter, order)
    raise AssertionError  # rounds() never ends


async def _cancel(counter: Counter, order: rules.OrderStatus) -> rules.OrderStatus:
    """If he is sure, and it is not packed yet; how the order is then."""
    call = counter.call
    if await choose(call, "cancel-order-sure", keys="12") != "1":
        return order
    try:
        await counter.settle(rules.cancel, order.number, counter.now())
    except rules.WrongStep:
        await counter.sorry("cancel-too-late")
    else:
        paid_back = ["cancel-paid-back"] if order.payment is Payment.BALANCE else []
        await counter.sorry("cancel-done", *paid_back)
    return await counter.read(rules.find_order, order.number) or order


async def _his_orders(counter: Counter, visitor: Visitor, limit: int) -> list[rules.OrderStatus]:
    """Those of the number that he calls from, or of the customer that he has proved to be."""
    if visitor.proved and visitor.buyer is not None:
        return await counter.read(rules.orders_of_member, visitor.buyer.member_number, limit)
    return await counter.read(rules.orders_of, counter.call.caller.known_by, limit, counter.premises.country)


async def _is_his(counter: Counter, visitor: Visitor, number: str) -> bool:
    return any(order.number == number for order in await _his_orders(counter, visitor, LOOKED_THROUGH))
