"""Callers who have left the line and keep their place."""

from typing import Any

from peewee import BigIntegerField, BooleanField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class CallBackRow(Model):
        call_id = TextField(primary_key=True)
        queue = TextField()
        number = TextField()
        name = TextField(null=True)
        entered_ms = BigIntegerField()
        priority = IntegerField()
        language = TextField()
        skills = TextField()
        tries = IntegerField()
        not_before_ms = BigIntegerField(null=True)
        at_agent = BooleanField()

        class Meta:
            database = db
            table_name = "call_backs"

    db.create_tables([CallBackRow])
