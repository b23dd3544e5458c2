"""What is waited for, what somebody is to be told of it, and what callers have chosen and not yet bought."""

from enum import StrEnum

from peewee import AutoField, BigIntegerField, ForeignKeyField, IntegerField, TextField

from callserver.features.shopping.tables.customers import Customer
from callserver.features.shopping.tables.goods import Product
from callserver.features.shopping.tables.orders import Order
from callserver.store.tables import Table


class ReservationState(StrEnum):
    """A reservation is open, and then exactly one of the others for ever."""

    OPEN = "open"
    ORDERED = "ordered"  # the pieces came
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Reservation(Table):
    """Pieces that somebody waits for until `until_ms`, at the price he was told; who comes first has the lower id."""

    id = AutoField()
    number = TextField(unique=True)
    order_key = TextField(unique=True)  # as an order's
    call_id = TextField(null=True)
    source = TextField()
    external_id = TextField(null=True, index=True)
    customer = ForeignKeyField(Customer, null=True)
    customer_id: str | None
    caller_number = TextField(null=True, index=True)
    product = ForeignKeyField(Product)
    product_id: str
    quantity = IntegerField()
    price_fen = IntegerField()  # of one piece
    made_ms = BigIntegerField()
    until_ms = BigIntegerField()
    state = TextField(default=ReservationState.OPEN, index=True)
    order = ForeignKeyField(Order, null=True)
    order_id: str | None

    class Meta:
        table_name = "reservations"


class Telling(Table):
    """A caller is to be told what became of his reservation; the row stays, `told_ms` says when he was."""

    reservation = ForeignKeyField(Reservation, primary_key=True)
    number = TextField(index=True)  # where he can be reached
    made_ms = BigIntegerField()
    tries = IntegerField(default=0)
    next_try_ms = BigIntegerField(null=True, index=True)  # a call-back goes out then; None: at his next call
    told_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "tellings"


class BasketLine(Table):
    """Pieces chosen and not yet bought: a lease until `held_until_ms`, known to the number until `kept_until_ms`."""

    id = AutoField()
    call_id = TextField()
    product = ForeignKeyField(Product)
    product_id: str
    quantity = IntegerField()
    price_fen = IntegerField()  # as the caller was told
    held_until_ms = BigIntegerField()
    caller_number = TextField(null=True, index=True)
    kept_until_ms = BigIntegerField(default=0)

    class Meta:
        table_name = "basket_lines"
        indexes = ((("call_id", "product"), True),)
