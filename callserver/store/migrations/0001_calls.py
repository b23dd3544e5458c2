"""Calls and the event log."""

from typing import Any

from peewee import AutoField, BigIntegerField, DoubleField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Call(Model):
        id = TextField(primary_key=True)
        node = TextField()
        direction = TextField()
        channel = TextField()
        caller_number = TextField(null=True, index=True)
        caller_name = TextField(null=True)
        started_ms = BigIntegerField(index=True)
        answered_ms = BigIntegerField(null=True)
        ended_ms = BigIntegerField(null=True)
        end_reason = TextField(null=True)
        agent = TextField(null=True)
        order_number = TextField(null=True)
        recording = TextField(null=True)

        class Meta:
            database = db
            table_name = "calls"

    class Event(Model):
        seq = AutoField()
        uid = TextField(unique=True)
        at_ms = BigIntegerField()
        uptime_s = DoubleField()
        node = TextField()
        kind = TextField()
        call_id = TextField(null=True, index=True)
        channel = TextField(null=True)
        person = TextField(null=True)
        data = TextField()

        class Meta:
            database = db
            table_name = "events"

    db.create_tables([Call, Event])
