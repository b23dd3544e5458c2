"""What was bought: orders with their lines and the states they came to, and who brings the parcels."""

from enum import StrEnum

from peewee import AutoField, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from callserver.features.shopping.tables.customers import Customer
from callserver.features.shopping.tables.goods import Product
from callserver.store.tables import Table


class OrderState(StrEnum):
    """How far an order has come; the prompt that says so is `order-STATE`."""

    PLACED = "placed"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Payment(StrEnum):
    """How an order is paid."""

    ON_DELIVERY = "on delivery"
    BALANCE = "balance"  # of the customer, at the moment of the order


class Source(StrEnum):
    """Where an order or a reservation was made."""

    CALL = "call"
    AGENT = "agent"
    WEB = "web"
    RESERVATION = "reservation"  # an order that a reservation has become
    SAMPLE = "sample"


class Carrier(Table):
    """Who brings the parcels."""

    code = TextField(primary_key=True)
    name_zh = TextField()
    name_en = TextField()
    is_sample = BooleanField(default=False)

    class Meta:
        table_name = "carriers"


class Order(Table):
    """What was bought; `order_key` names the wish, so that the same wish is one order however often it is told."""

    number = TextField(primary_key=True)
    order_key = TextField(null=True, unique=True)
    call_id = TextField(null=True, index=True)
    source = TextField(default=Source.CALL)
    external_id = TextField(null=True, index=True)  # as who sent it names it
    customer = ForeignKeyField(Customer, null=True)
    customer_id: str | None
    caller_number = TextField(null=True, index=True)
    address = TextField(null=True)
    payment = TextField(default=Payment.ON_DELIVERY)
    total_fen = BigIntegerField()
    carrier = ForeignKeyField(Carrier, null=True)
    carrier_id: str | None
    tracking = TextField(null=True)
    is_sample = BooleanField(default=False)

    class Meta:
        table_name = "orders"


class OrderStep(Table):
    """An order came to a state; the newest step is its state."""

    id = AutoField()
    order = ForeignKeyField(Order)
    order_id: str
    state = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "order_steps"


class OrderLine(Table):
    """Pieces of one item in an order, at the price the caller was told."""

    id = AutoField()
    order = ForeignKeyField(Order)
    order_id: str
    product = ForeignKeyField(Product)
    product_id: str
    quantity = IntegerField()
    price_fen = IntegerField()

    class Meta:
        table_name = "order_lines"
        indexes = ((("order", "product"), True),)
