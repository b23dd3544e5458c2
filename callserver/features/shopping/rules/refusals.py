"""Why something cannot be had; with data, and no words: menu, desk and interface have their own."""

from callserver.features.shopping.tables import OrderState


class OrderRefused(Exception):
    """It cannot be had so; nothing was changed."""


class ItemRefused(OrderRefused):
    """The item cannot be had so."""

    def __init__(self, item: str) -> None:
        super().__init__(f"item {item}")
        self.item = item


class UnknownItem(ItemRefused):
    """The shop has no such item, or does not sell it any more."""


class SoldOut(ItemRefused):
    """Nothing is left of it, or all of it is held for other callers."""


class AboveStock(ItemRefused):
    """So many pieces are not there for this caller; `available` are."""

    def __init__(self, item: str, available: int) -> None:
        super().__init__(item)
        self.available = available


class AboveLimit(ItemRefused):
    """The shop sells at most `limit` pieces of it in one order."""

    def __init__(self, item: str, limit: int) -> None:
        super().__init__(item)
        self.limit = limit


class UnknownMember(OrderRefused):
    """The shop has no such customer, or an order that needs one has none."""

    def __init__(self, member_number: str | None) -> None:
        super().__init__(f"member {member_number}")
        self.member_number = member_number


class BalanceTooLow(OrderRefused):
    """The customer's balance does not reach; all of it is `balance_fen`, which no log is told."""

    def __init__(self, balance_fen: int, needed_fen: int) -> None:
        super().__init__(f"needs {needed_fen} fen")
        self.balance_fen, self.needed_fen = balance_fen, needed_fen


class OtherPayment(OrderRefused):
    """A payment of this id was taken before, of another customer or of another sum."""

    def __init__(self, external_id: str) -> None:
        super().__init__(f"payment {external_id}")
        self.external_id = external_id


class UnknownOrder(OrderRefused, LookupError):
    """The shop has no order, or no reservation, of this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"no order {number}")
        self.number = number


class UnknownCarrier(OrderRefused):
    """The shop has no carrier of this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"carrier {code}")
        self.code = code


class WrongStep(OrderRefused):
    """An order does not go from the state that it has to that one; so it cannot be cancelled once it is packed."""

    def __init__(self, number: str, state: OrderState, wanted: OrderState) -> None:
        super().__init__(f"order {number}: {state} to {wanted}")
        self.number, self.state, self.wanted = number, state, wanted


class ReservationClosed(OrderRefused):
    """The reservation is not open any more: it has become an order, has expired or was cancelled."""

    def __init__(self, number: str, state: str) -> None:
        super().__init__(f"reservation {number} is {state}")
        self.number, self.state = number, state


class WeakPin(OrderRefused):
    """A PIN that others would try first, or not four to six digits."""


class SampleInUse(OrderRefused):
    """Real orders and reservations stand on the sample; their numbers."""

    def __init__(self, orders: list[str], reservations: list[str]) -> None:
        super().__init__(f"orders {orders}, reservations {reservations}")
        self.orders, self.reservations = orders, reservations
