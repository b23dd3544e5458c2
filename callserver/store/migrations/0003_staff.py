"""Staff and their log-ins."""

from typing import Any

from peewee import BigIntegerField, BooleanField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class AttemptRow(Model):
        account = TextField(index=True)
        address = TextField(index=True)
        at_ms = BigIntegerField()
        ok = BooleanField()

        class Meta:
            database = db
            table_name = "log_in_attempts"

    db.create_tables([AttemptRow])

    class StaffRow(Model):
        number = TextField(primary_key=True)
        name = TextField()
        password = TextField()
        rights = TextField()
        skills = TextField()
        groups = TextField()
        locked = BooleanField(default=False)

        class Meta:
            database = db
            table_name = "staff"

    db.create_tables([StaffRow])
