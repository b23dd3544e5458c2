"""What came and went of stock, money and points; append-only."""

from peewee import AutoField, BigIntegerField, ForeignKeyField, IntegerField, TextField

from callserver.features.shopping.tables.customers import Customer
from callserver.features.shopping.tables.goods import Product
from callserver.features.shopping.tables.orders import Order
from callserver.store.tables import Table


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
