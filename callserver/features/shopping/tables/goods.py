"""What the shop sells: shelves, items, and what they cost from a moment on."""

from peewee import AutoField, BigIntegerField, BooleanField, Check, ForeignKeyField, IntegerField, TextField

from callserver.store.tables import Table

ITEM_DIGITS = 8  # at most, of the numbers that callers key


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
