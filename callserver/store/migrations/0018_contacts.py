"""What came of talks, notes on who calls, callers who were missed, messages between colleagues; faults by number."""

from typing import Any

from peewee import AutoField, BigIntegerField, CompositeKey, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Outcome(Model):
        call_id = TextField()
        person = TextField()
        code = IntegerField()
        zh = TextField()
        en = TextField()
        note = TextField()
        at_ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "call_outcomes"
            primary_key = CompositeKey("call_id", "person")

    class ContactNote(Model):
        id = AutoField()
        contact = TextField()
        text = TextField()
        person = TextField()
        at_ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "contact_notes"
            indexes = ((("contact", "id"), False),)

    class Missed(Model):
        number = TextField(primary_key=True)
        person = TextField()
        at_ms = BigIntegerField(index=True)
        result = TextField()

        class Meta:
            database = db
            table_name = "missed_callers"

    class Said(Model):
        id = AutoField()
        batch = IntegerField(default=0)
        recipient = TextField()
        sender = TextField()
        whom = TextField()
        text = TextField()
        at_ms = BigIntegerField(index=True)
        told_ms = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "said"
            indexes = ((("recipient", "id"), False), (("sender", "id"), False))

    db.create_tables([Outcome, ContactNote, Missed, Said])
    db.execute_sql("CREATE INDEX calls_by_number ON calls (caller_number, started_ms, id)")
    db.execute_sql("CREATE INDEX office_cases_by_number ON office_cases (caller_number, at_ms, id)")
