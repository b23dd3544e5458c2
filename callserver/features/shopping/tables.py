"""Goods, customers, orders and baskets; money in integer fen, times in UTC milliseconds."""

from enum import StrEnum

from peewee import AutoField, BigIntegerField, Check, ForeignKeyField, IntegerField, TextField

from callserver.store.tables import Table


class OrderState(StrEnum):
    """How far an order has come; the prompt that says so is `order-STATE`."""

    PLACED = "placed"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"


class Product(Table):
    """One item of the shop; `stock` is the sum of its movements."""

    number = TextField(primary_key=True)
    name_zh = TextField()
    name_en = TextField()
    price_fen = IntegerField()
    stock = IntegerField(constraints=[Check("stock >= 0")])
    order_limit = IntegerField()  # pieces in one order

    class Meta:
        table_name = "products"


class Customer(Table):
    """A person the shop delivers to."""

    member_number = TextField(primary_key=True)
    name = TextField()
    address = TextField()

    class Meta:
        table_name = "customers"


class CustomerNumber(Table):
    """A telephone number from which a customer calls."""

    number = TextField(primary_key=True)
    customer = ForeignKeyField(Customer)

    class Meta:
        table_name = "customer_numbers"


class Carrier(Table):
    """Who brings the parcels."""

    code = TextField(primary_key=True)
    name_zh = TextField()
    name_en = TextField()

    class Meta:
        table_name = "carriers"


class Order(Table):
    """What was bought; a call buys once."""

    number = TextField(primary_key=True)
    call_id = TextField(null=True, unique=True)
    customer = ForeignKeyField(Customer, null=True)
    caller_number = TextField(null=True, index=True)
    address = TextField(null=True)
    total_fen = BigIntegerField()
    carrier = ForeignKeyField(Carrier, null=True)
    tracking = TextField(null=True)

    class Meta:
        table_name = "orders"


class OrderStep(Table):
    """An order came to a state; the newest step is its state."""

    id = AutoField()
    order = ForeignKeyField(Order)
    state = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "order_steps"


class OrderLine(Table):
    """Pieces of one item in an order, at the price the caller was told."""

    id = AutoField()
    order = ForeignKeyField(Order)
    product = ForeignKeyField(Product)
    quantity = IntegerField()
    price_fen = IntegerField()

    class Meta:
        table_name = "order_lines"
        indexes = ((("order", "product"), True),)


class StockMovement(Table):
    """Pieces that came (positive) or went."""

    id = AutoField()
    product = ForeignKeyField(Product)
    quantity = IntegerField()
    reason = TextField()  # "delivery", "order"
    order = ForeignKeyField(Order, null=True)
    at_ms = BigIntegerField()

    class Meta:
        table_name = "stock_movements"


class BasketLine(Table):
    """Pieces chosen and not yet bought: a lease until `held_until_ms`, known to the number until `kept_until_ms`."""

    id = AutoField()
    call_id = TextField()
    product = ForeignKeyField(Product)
    quantity = IntegerField()
    price_fen = IntegerField()  # as the caller was told
    held_until_ms = BigIntegerField()
    caller_number = TextField(null=True, index=True)
    kept_until_ms = BigIntegerField(default=0)

    class Meta:
        table_name = "basket_lines"
        indexes = ((("call_id", "product"), True),)
