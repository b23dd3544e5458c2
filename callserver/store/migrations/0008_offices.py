"""Faults that were passed on to offices, with every attempt."""

from typing import Any

from peewee import BigIntegerField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Case(Model):
        id = TextField(primary_key=True)
        call_id = TextField(index=True)
        at_ms = BigIntegerField(index=True)
        caller_number = TextField(null=True)
        region = TextField()
        found_by = TextField()
        note = TextField()
        result = TextField(null=True)
        office = TextField(null=True)

        class Meta:
            database = db
            table_name = "office_cases"

    class Attempt(Model):
        case_id = TextField(index=True)
        position = IntegerField()
        office = TextField()
        number = TextField()
        at_ms = BigIntegerField()
        result = TextField(null=True)

        class Meta:
            database = db
            table_name = "office_attempts"

    db.create_tables([Case, Attempt])
