"""
The shop's rules, the same for callers, agents and any later way to buy.

What changes something runs in `store.write`, so that all of it happens or nothing; what only looks, in `store.read`.
"""

from callserver.features.shopping.rules.baskets import (
    basket,
    hold,
    keep_basket,
    kept_basket,
    release,
    resume_basket,
)
from callserver.features.shopping.rules.customers import Buyer, find_buyer, plain
from callserver.features.shopping.rules.goods import (
    AboveLimit,
    AboveStock,
    Item,
    Line,
    Name,
    OrderRefused,
    SoldOut,
    UnknownItem,
    find_item,
    move_stock,
)
from callserver.features.shopping.rules.orders import (
    OrderStatus,
    OrderTaken,
    RandomChoice,
    advance,
    confirm,
    find_order,
    orders_of,
    place_order,
    unbooked,
)

__all__ = [
    "AboveLimit",
    "AboveStock",
    "Buyer",
    "Item",
    "Line",
    "Name",
    "OrderRefused",
    "OrderStatus",
    "OrderTaken",
    "RandomChoice",
    "SoldOut",
    "UnknownItem",
    "advance",
    "basket",
    "confirm",
    "find_buyer",
    "find_item",
    "find_order",
    "hold",
    "keep_basket",
    "kept_basket",
    "move_stock",
    "orders_of",
    "place_order",
    "plain",
    "release",
    "resume_basket",
    "unbooked",
]
