"""What an agent sees of a caller; run in `store.read`."""

from datetime import UTC, datetime, tzinfo

from callserver.features.shopping.rules import (
    Line,
    OrderStatus,
    Reserved,
    basket,
    find_buyer,
    find_member,
    kept_basket,
    orders_of,
    orders_of_member,
    reservations_of,
    reservations_of_member,
)
from callserver.features.shopping.words import ORDER_STATES
from callserver.wire.messages import CardPart, Identity, Phrase


def customer_card(
    caller_number: str | None,
    call_id: str,
    now: datetime,
    country: str = "cn",
    zone: tzinfo = UTC,
    shown: Identity | None = None,
    *,
    is_named: bool = False,
) -> tuple[Identity | None, CardPart]:
    """
    Who the caller is, and the shop's part of the card: his basket, his orders and reservations, a line each.

    His basket is what this call has chosen, else what was kept from his last one. Days are those of `zone`, the shop's.

    :param shown: who he has shown to be in this call; None: who his number claims to be
    :param is_named: an agent says so: the orders and reservations are those of who is shown
    """
    buyer = find_member(shown.number) if shown is not None else find_buyer(caller_number, country)
    chosen = basket(call_id) or kept_basket(caller_number, now)
    rows = [_basket_row(line) for line in chosen] or [Phrase("basket empty")]
    is_proved = shown is not None and shown.proved
    his = shown.number if shown is not None and (is_proved or is_named) else None
    orders = orders_of_member(his) if his is not None else orders_of(caller_number, country=country)
    reserved = (
        reservations_of_member(his, 5)
        if his is not None and is_named
        else reservations_of(caller_number, country=country)
    )
    rows += [_order_row(order, zone) for order in orders]
    rows += [_reservation_row(one, zone) for one in reserved]
    identity = Identity(buyer.member_number, buyer.name, is_proved) if buyer else None
    return identity, CardPart("shopping", tuple(rows))


def _basket_row(line: Line) -> Phrase:
    return Phrase(
        "basket {quantity} × {name} ({item}) at ¥{price_fen}",
        {
            "quantity": line.quantity,
            "name_zh": line.name.zh,
            "name_en": line.name.en,
            "item": line.item,
            "price_fen": line.price_fen,
        },
    )


def _order_row(order: OrderStatus, zone: tzinfo) -> Phrase:
    return Phrase(
        "order {number} of {placed}, {state_word}, ¥{total_fen}",
        {
            "number": order.number,
            "placed": order.placed_at.astimezone(zone).date().isoformat(),
            "state_word": ORDER_STATES[order.state],
            "total_fen": order.total_fen,
        },
    )


def _reservation_row(one: Reserved, zone: tzinfo) -> Phrase:
    return Phrase(
        "reserved {quantity} × {name} ({item}) until {until}",
        {
            "quantity": one.quantity,
            "name_zh": one.name.zh,
            "name_en": one.name.en,
            "item": one.item,
            "until": one.until.astimezone(zone).date().isoformat(),
        },
    )
