"""
Categories, prices from a date on, balances, points and PINs of customers, reservations, a feed of changes.

An item's price becomes the first row of its prices. An order belonged to a call; a call may have several now. What the
first start had put into a demo shop is marked.
"""

from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    Check,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

SAMPLE = {
    "products": ("number", ["1001", "1002", "1003", "1004", "1005", "1006", "1007", "1008"]),
    "customers": ("member_number", ["600001", "600002", "600003", "600004"]),
    "carriers": ("code", ["sf", "post"]),
    "orders": ("number", ["41873026", "58204713", "36915840", "72460195", "90317562"]),
}

# the same words in SQLite and PostgreSQL; no table is built anew
COLUMNS = (
    "products DROP COLUMN price_fen",
    "products ADD COLUMN category_id TEXT REFERENCES categories (number)",
    "products ADD COLUMN withdrawn_ms BIGINT",
    "customers ADD COLUMN language TEXT NOT NULL DEFAULT ''",
    "customers ADD COLUMN pin TEXT",
    "customers ADD COLUMN pin_is_first BOOLEAN NOT NULL DEFAULT FALSE",
    "customers ADD COLUMN balance_fen BIGINT NOT NULL DEFAULT 0 CHECK (balance_fen >= 0)",
    "customers ADD COLUMN points INTEGER NOT NULL DEFAULT 0 CHECK (points >= 0)",
    "orders ADD COLUMN order_key TEXT",
    "orders ADD COLUMN source TEXT NOT NULL DEFAULT 'call'",
    "orders ADD COLUMN external_id TEXT",
    "orders ADD COLUMN payment TEXT NOT NULL DEFAULT 'on delivery'",
    *(f"{table} ADD COLUMN is_sample BOOLEAN NOT NULL DEFAULT FALSE" for table in SAMPLE),
)


def up(migrator: Any, db: Any) -> None:
    base = _base(db)
    products, customers, orders = _old_tables(base)
    _goods(db, base, products)
    _accounts(db, base, customers, orders)
    _reservations(db, base, products, customers, orders)
    _feed(db, base)
    for column in COLUMNS:
        db.execute_sql(f"ALTER TABLE {column}")
    _many_orders_a_call(migrator, db)
    _mark_sample(db)


def _base(db: Any) -> Any:
    class Base(Model):
        class Meta:
            database = db

    return Base


def _old_tables(base: Any) -> tuple[Any, Any, Any]:
    class Product(base):  # type: ignore[misc]
        number = TextField(primary_key=True)

        class Meta:
            table_name = "products"

    class Customer(base):  # type: ignore[misc]
        member_number = TextField(primary_key=True)

        class Meta:
            table_name = "customers"

    class Order(base):  # type: ignore[misc]
        number = TextField(primary_key=True)

        class Meta:
            table_name = "orders"

    return Product, Customer, Order


def _goods(db: Any, base: Any, products: Any) -> None:
    class Category(base):  # type: ignore[misc]
        number = TextField(primary_key=True)
        name_zh = TextField()
        name_en = TextField()
        is_sample = BooleanField(default=False)

        class Meta:
            table_name = "categories"

    class Price(base):  # type: ignore[misc]
        id = AutoField()
        product = ForeignKeyField(products)
        from_ms = BigIntegerField()
        price_fen = IntegerField(constraints=[Check("price_fen >= 0")])

        class Meta:
            table_name = "prices"
            indexes = ((("product", "from_ms"), True),)

    db.create_tables([Category, Price])
    db.execute_sql(
        "INSERT INTO prices (product_id, from_ms, price_fen)"
        " SELECT number, 0, CASE WHEN price_fen < 0 THEN 0 ELSE price_fen END FROM products"
    )


def _accounts(db: Any, base: Any, customers: Any, orders: Any) -> None:
    class BalanceMovement(base):  # type: ignore[misc]
        id = AutoField()
        customer = ForeignKeyField(customers)
        amount_fen = BigIntegerField()
        reason = TextField()
        order = ForeignKeyField(orders, null=True)
        external_id = TextField(null=True, unique=True)
        at_ms = BigIntegerField()

        class Meta:
            table_name = "balance_movements"

    class PointsMovement(base):  # type: ignore[misc]
        id = AutoField()
        customer = ForeignKeyField(customers)
        points = IntegerField()
        reason = TextField()
        order = ForeignKeyField(orders, null=True)
        at_ms = BigIntegerField()

        class Meta:
            table_name = "points_movements"

    class PinTries(base):  # type: ignore[misc]
        subject = TextField(primary_key=True)
        in_row = IntegerField()
        of_day = IntegerField()
        day_ms = BigIntegerField()
        last_ms = BigIntegerField()
        locked_until_ms = BigIntegerField(default=0)

        class Meta:
            table_name = "pin_tries"

    db.create_tables([BalanceMovement, PointsMovement, PinTries])


def _reservations(db: Any, base: Any, products: Any, customers: Any, orders: Any) -> None:
    class Reservation(base):  # type: ignore[misc]
        id = AutoField()
        number = TextField(unique=True)
        order_key = TextField(unique=True)
        call_id = TextField(null=True)
        source = TextField()
        external_id = TextField(null=True, index=True)
        customer = ForeignKeyField(customers, null=True)
        caller_number = TextField(null=True, index=True)
        product = ForeignKeyField(products)
        quantity = IntegerField()
        price_fen = IntegerField()
        made_ms = BigIntegerField()
        until_ms = BigIntegerField()
        state = TextField(index=True)
        order = ForeignKeyField(orders, null=True)

        class Meta:
            table_name = "reservations"

    class Telling(base):  # type: ignore[misc]
        reservation = ForeignKeyField(Reservation, primary_key=True)
        number = TextField(index=True)
        made_ms = BigIntegerField()
        tries = IntegerField(default=0)
        next_try_ms = BigIntegerField(null=True, index=True)
        told_ms = BigIntegerField(null=True)

        class Meta:
            table_name = "tellings"

    db.create_tables([Reservation, Telling])


def _feed(db: Any, base: Any) -> None:
    class Change(base):  # type: ignore[misc]
        sequence = BigIntegerField(primary_key=True)
        kind = TextField()
        number = TextField()
        state = TextField()
        at_ms = BigIntegerField()

        class Meta:
            table_name = "changes"

    class LastChange(base):  # type: ignore[misc]
        id = IntegerField(primary_key=True)
        sequence = BigIntegerField()

        class Meta:
            table_name = "last_change"

    db.create_tables([Change, LastChange])
    LastChange.create(id=1, sequence=0)


def _many_orders_a_call(migrator: Any, db: Any) -> None:
    (index,) = (one.name for one in db.get_indexes("orders") if one.columns == ["call_id"])
    migrator.migrate(
        migrator.drop_index("orders", index),
        migrator.add_index("orders", ("call_id",)),
        migrator.add_index("orders", ("order_key",), unique=True),
        migrator.add_index("orders", ("external_id",)),
    )
    db.execute_sql("UPDATE orders SET order_key = call_id || '/1' WHERE call_id IS NOT NULL")


def _mark_sample(db: Any) -> None:
    if db.execute_sql("SELECT 1 FROM shop WHERE demo").fetchone() is None:
        return
    for table, (key, numbers) in SAMPLE.items():
        marks = ", ".join([db.param] * len(numbers))
        db.execute_sql(f"UPDATE {table} SET is_sample = {db.param} WHERE {key} IN ({marks})", (True, *numbers))
