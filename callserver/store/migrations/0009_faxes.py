"""Faxes received and sent with the steps of each, documents that callers can have, faxes that wait to be sent."""

from typing import Any

from peewee import AutoField, BigIntegerField, BooleanField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Document(Model):
        number = TextField(primary_key=True)
        title_zh = TextField()
        title_en = TextField()
        file = TextField()
        pages = IntegerField()
        added_ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "fax_documents"

    class Fax(Model):
        id = TextField(primary_key=True)
        direction = TextField()
        call_id = TextField(index=True)
        line = TextField()
        number = TextField(null=True)
        remote_id = TextField(default="")
        began_ms = BigIntegerField(index=True)
        ended_ms = BigIntegerField(null=True)
        pages = IntegerField(default=0)
        result = TextField(null=True)
        detail = TextField(default="")
        person = TextField(null=True)
        title = TextField(default="")
        file = TextField(null=True)
        job = TextField(null=True)
        deleted_by = TextField(null=True)

        class Meta:
            database = db
            table_name = "faxes"

    class Step(Model):
        id = AutoField()
        fax_id = TextField(index=True)
        at_ms = IntegerField()
        heard = BooleanField()
        name = TextField()
        detail = TextField()

        class Meta:
            database = db
            table_name = "fax_steps"

    class Job(Model):
        id = TextField(primary_key=True)
        number = TextField()
        title = TextField()
        file = TextField()
        pages = IntegerField()
        pages_sent = IntegerField(default=0)
        person = TextField(null=True)
        for_call = TextField(null=True)
        made_ms = BigIntegerField()
        due_ms = BigIntegerField(index=True)
        tries = IntegerField(default=0)
        state = TextField(index=True)
        result = TextField(default="")
        report_to = TextField(default="")

        class Meta:
            database = db
            table_name = "fax_jobs"

    db.create_tables([Document, Fax, Step, Job])
