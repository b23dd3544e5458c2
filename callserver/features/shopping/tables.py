"""
Goods, customers, orders, reservations and baskets; money in integer fen, times in UTC milliseconds.

Three columns are sums that are kept beside their movements, so that the database itself refuses one below nothing:
`Product.stock`, `Customer.balance_fen` and `Customer.points`. Nothing but `rules` writes them.
"""

from enum import StrEnum

from peewee import AutoField, BigIntegerField, BooleanField, Check, ForeignKeyField, IntegerField, TextField

from callserver.store.tables import Table

ITEM_DIGITS, MEMBER_DIGITS = 8, 12  # at most, of the numbers that callers key


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


class ReservationState(StrEnum):
    """A reservation is open, and then exactly one of the others for ever."""

    OPEN = "open"
    ORDERED = "ordered"  # the pieces came
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Category(Table):
    """A shelf of the shop, as callers hear the goods listed."""

    number = TextField(primary_key=True)
    name_zh = TextField()
    name_en = TextField()
    is_sample = BooleanField(default=False)

    class Meta:
        table_name = "categories"


class Product(Table):
    """One item of the shop; `stock` is the sum of its movements."""

    number = TextField(primary_key=True)
    name_zh = TextField()
    name_en = TextField()
    stock = IntegerField(constraints=[Check("stock >= 0")])
    order_limit = IntegerField()  # pieces in one order
    category = ForeignKeyField(Category, null=True, index=False)  # a shop has some dozens, and lists them all
    category_id: str | None
    withdrawn_ms = BigIntegerField(null=True)  # not sold since
    is_sample = BooleanField(default=False)

    class Meta:
        table_name = "products"


class Price(Table):
    """What one piece costs from a moment on."""

    id = AutoField()
    product = ForeignKeyField(Product)
    product_id: str
    from_ms = BigIntegerField()
    price_fen = IntegerField(constraints=[Check("price_fen >= 0")])

    class Meta:
        table_name = "prices"
        indexes = ((("product", "from_ms"), True),)


class Customer(Table):
    """A person the shop delivers to; `balance_fen` and `points` are the sums of their movements."""

    member_number = TextField(primary_key=True)
    name = TextField()
    address = TextField()
    language = TextField(default="")  # "zh", "en"; "": not known
    pin = TextField(null=True)  # scrypt, as staff's
    pin_is_first = BooleanField(default=False)  # given by the shop, to be changed at its first use
    balance_fen = BigIntegerField(default=0, constraints=[Check("balance_fen >= 0")])
    points = IntegerField(default=0, constraints=[Check("points >= 0")])
    is_sample = BooleanField(default=False)

    class Meta:
        table_name = "customers"


class CustomerNumber(Table):
    """A telephone number from which a customer calls."""

    number = TextField(primary_key=True)
    customer = ForeignKeyField(Customer)
    customer_id: str

    class Meta:
        table_name = "customer_numbers"


class PinTries(Table):
    """Tries at PINs that failed or are not judged yet: of one member, or from one telephone number."""

    subject = TextField(primary_key=True)  # "member 600001", "number 13912345678", "number withheld"
    in_row = IntegerField()  # since the last right one
    of_day = IntegerField()  # since `day_ms`
    day_ms = BigIntegerField()
    last_ms = BigIntegerField()
    locked_until_ms = BigIntegerField(default=0)

    class Meta:
        table_name = "pin_tries"


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


class StockMovement(Table):
    """Pieces that came (positive) or went."""

    id = AutoField()
    product = ForeignKeyField(Product)
    product_id: str
    quantity = IntegerField()
    reason = TextField()  # "delivery", "order", "cancelled order", "correction"
    order = ForeignKeyField(Order, null=True)
    order_id: str | None
    at_ms = BigIntegerField()

    class Meta:
        table_name = "stock_movements"


class BalanceMovement(Table):
    """Money that came to a customer's balance (positive) or went; append-only."""

    id = AutoField()
    customer = ForeignKeyField(Customer)
    customer_id: str
    amount_fen = BigIntegerField()
    reason = TextField()  # "pay-in", "order", "cancelled order", "returned order", "correction"
    order = ForeignKeyField(Order, null=True)
    order_id: str | None
    external_id = TextField(null=True, unique=True)  # the same payment told twice is one
    at_ms = BigIntegerField()

    class Meta:
        table_name = "balance_movements"


class PointsMovement(Table):
    """Points that came to a customer (positive) or went; append-only."""

    id = AutoField()
    customer = ForeignKeyField(Customer)
    customer_id: str
    points = IntegerField()
    reason = TextField()  # "delivered order", "returned order", "correction"
    order = ForeignKeyField(Order, null=True)
    order_id: str | None
    at_ms = BigIntegerField()

    class Meta:
        table_name = "points_movements"


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


class Change(Table):
    """An order or a reservation came to a state; append-only, `sequence` has no gaps and grows in order of commits."""

    sequence = BigIntegerField(primary_key=True)
    kind = TextField()  # "order", "reservation"
    number = TextField()
    state = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "changes"


class LastChange(Table):
    """One row: the newest sequence number. Who appends a change holds it until he commits."""

    id = IntegerField(primary_key=True)
    sequence = BigIntegerField()

    class Meta:
        table_name = "last_change"


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
