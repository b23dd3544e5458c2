"""What an agent sees of a caller; run in `store.read`."""

from datetime import UTC, datetime, tzinfo

from callserver.features.shopping.rules import Line, OrderStatus, basket, find_buyer, kept_basket, orders_of
from callserver.features.shopping.tables import OrderState
from callserver.wire.catalogue import N_
from callserver.wire.messages import CardPart, Identity, Phrase

STATE_WORDS = {
    OrderState.PLACED: N_("placed"),
    OrderState.PAID: N_("paid"),
    OrderState.PACKED: N_("packed"),
    OrderState.SHIPPED: N_("shipped"),
    OrderState.DELIVERED: N_("delivered"),
    OrderState.RETURNED: N_("returned"),
    OrderState.CANCELLED: N_("cancelled"),
}


def customer_card(
    caller_number: str | None, call_id: str, now: datetime, country: str = "cn", zone: tzinfo = UTC
) -> tuple[Identity | None, CardPart]:
    """
    Who the number claims to be, and the shop's part of the card: his basket and his orders, a line each.

    His basket is what this call has chosen, else what was kept from his last one. Days are those of `zone`, the shop's.
    """
    buyer = find_buyer(caller_number, country)
    chosen = basket(call_id) or kept_basket(caller_number, now)
    rows = [_basket_row(line) for line in chosen] or [Phrase("basket empty")]
    rows += [_order_row(order, zone) for order in orders_of(caller_number, country=country)]
    identity = Identity(buyer.member_number, buyer.name) if buyer else None
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
            "state_word": STATE_WORDS[order.state],
            "total_fen": order.total_fen,
        },
    )
