"""Goods, customers, orders and baskets."""

from typing import Any

from peewee import BigIntegerField, Check, ForeignKeyField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Product(Model):
        number = TextField(primary_key=True)
        name_zh = TextField()
        name_en = TextField()
        price_fen = IntegerField()
        stock = IntegerField(constraints=[Check("stock >= 0")])
        order_limit = IntegerField()

        class Meta:
            database = db
            table_name = "products"

    db.create_tables([Product])

    class BasketLine(Model):
        call_id = TextField()
        product = ForeignKeyField(Product)
        quantity = IntegerField()
        price_fen = IntegerField()
        held_until_ms = BigIntegerField()
        caller_number = TextField(index=True, null=True)
        kept_until_ms = BigIntegerField(default=0)

        class Meta:
            database = db
            table_name = "basket_lines"
            indexes = ((("call_id", "product"), True),)

    db.create_tables([BasketLine])

    class Carrier(Model):
        code = TextField(primary_key=True)
        name_zh = TextField()
        name_en = TextField()

        class Meta:
            database = db
            table_name = "carriers"

    db.create_tables([Carrier])

    class Customer(Model):
        member_number = TextField(primary_key=True)
        name = TextField()
        address = TextField()

        class Meta:
            database = db
            table_name = "customers"

    db.create_tables([Customer])

    class CustomerNumber(Model):
        number = TextField(primary_key=True)
        customer = ForeignKeyField(Customer)

        class Meta:
            database = db
            table_name = "customer_numbers"

    db.create_tables([CustomerNumber])

    class Order(Model):
        number = TextField(primary_key=True)
        call_id = TextField(unique=True, null=True)
        customer = ForeignKeyField(Customer, null=True)
        caller_number = TextField(index=True, null=True)
        address = TextField(null=True)
        total_fen = BigIntegerField()
        carrier = ForeignKeyField(Carrier, null=True)
        tracking = TextField(null=True)

        class Meta:
            database = db
            table_name = "orders"

    db.create_tables([Order])

    class OrderLine(Model):
        order = ForeignKeyField(Order)
        product = ForeignKeyField(Product)
        quantity = IntegerField()
        price_fen = IntegerField()

        class Meta:
            database = db
            table_name = "order_lines"
            indexes = ((("order", "product"), True),)

    db.create_tables([OrderLine])

    class OrderStep(Model):
        order = ForeignKeyField(Order)
        state = TextField()
        at_ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "order_steps"

    db.create_tables([OrderStep])

    class StockMovement(Model):
        product = ForeignKeyField(Product)
        quantity = IntegerField()
        reason = TextField()
        order = ForeignKeyField(Order, null=True)
        at_ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "stock_movements"

    db.create_tables([StockMovement])
