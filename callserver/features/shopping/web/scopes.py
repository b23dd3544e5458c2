"""What a key may be for."""

from enum import StrEnum

from callserver.wire.catalogue import N_


class Scope(StrEnum):
    """One kind of act; a key has one or several. Values are stored: add, never rename."""

    READ_GOODS = "goods:read"
    WRITE_GOODS = "goods:write"
    WRITE_STOCK = "stock:write"
    READ_CUSTOMERS = "customers:read"
    WRITE_CUSTOMERS = "customers:write"
    READ_ORDERS = "orders:read"
    WRITE_ORDERS = "orders:write"
    WRITE_DELIVERIES = "deliveries:write"


SCOPE_WORDS = {
    Scope.READ_GOODS: N_("see products, prices and stock"),
    Scope.WRITE_GOODS: N_("add and change products and prices"),
    Scope.WRITE_STOCK: N_("book stock in and out"),
    Scope.READ_CUSTOMERS: N_("see customers: names, addresses, telephone numbers"),
    Scope.WRITE_CUSTOMERS: N_("add and change customers"),
    Scope.READ_ORDERS: N_("see orders, reservations and what changes in them"),
    Scope.WRITE_ORDERS: N_("place orders, reserve, cancel"),
    Scope.WRITE_DELIVERIES: N_("say how far orders have come, with carrier and number"),
}
