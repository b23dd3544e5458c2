"""Which shop's database this is."""

from typing import Any

from peewee import BigIntegerField, BooleanField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Shop(Model):
        id = TextField(primary_key=True)
        born_ms = BigIntegerField()
        demo = BooleanField()

        class Meta:
            database = db
            table_name = "shop"

    db.create_tables([Shop])
