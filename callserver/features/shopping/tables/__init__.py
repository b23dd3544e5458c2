"""
Goods, customers, orders, reservations and baskets; money in integer fen, times in UTC milliseconds.

Three columns are sums that are kept beside their movements, so that the database itself refuses one below nothing:
`Product.stock`, `Customer.balance_fen` and `Customer.points`. Nothing but `rules` writes them.
"""

from callserver.features.shopping.tables.changes import Change, LastChange
from callserver.features.shopping.tables.customers import MEMBER_DIGITS, Customer, CustomerNumber, PinTries
from callserver.features.shopping.tables.goods import ITEM_DIGITS, Category, Price, Product
from callserver.features.shopping.tables.movements import BalanceMovement, PointsMovement, StockMovement
from callserver.features.shopping.tables.orders import Carrier, Order, OrderLine, OrderState, OrderStep, Payment, Source
from callserver.features.shopping.tables.reservations import BasketLine, Reservation, ReservationState, Telling

__all__ = [
    "ITEM_DIGITS",
    "MEMBER_DIGITS",
    "BalanceMovement",
    "BasketLine",
    "Carrier",
    "Category",
    "Change",
    "Customer",
    "CustomerNumber",
    "LastChange",
    "Order",
    "OrderLine",
    "OrderState",
    "OrderStep",
    "Payment",
    "PinTries",
    "PointsMovement",
    "Price",
    "Product",
    "Reservation",
    "ReservationState",
    "Source",
    "StockMovement",
    "Telling",
]
