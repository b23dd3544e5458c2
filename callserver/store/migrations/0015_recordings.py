"""The index of recordings, how far it has read the event log, and the chain over that."""

from typing import Any

from peewee import AutoField, BigIntegerField, BlobField, BooleanField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Recording(Model):
        number = AutoField()
        file = TextField(unique=True)
        kept_as = TextField()
        call_id = TextField(index=True)
        started_ms = BigIntegerField()
        length_ms = IntegerField(null=True)
        caller = TextField(null=True)
        caller_name = TextField(null=True)
        line = TextField()
        direction = TextField()
        outcome = TextField(default="")
        by = TextField(default="")
        class_ = TextField(default="", column_name="class")
        note = TextField(default="")
        protected = BooleanField(default=False)
        octets = BigIntegerField(null=True)
        digest = TextField(null=True)
        deleted_ms = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "recordings"

    Recording.add_index(
        Recording.started_ms,
        Recording.number,
        Recording.deleted_ms,
        Recording.caller,
        Recording.line,
        Recording.direction,
        Recording.length_ms,
        Recording.outcome,
        Recording.class_,
        Recording.protected,
        Recording.note,
        name="recordings_walk",
    )

    class Tag(Model):
        kind = TextField()
        value = TextField()
        started_ms = BigIntegerField()
        number = IntegerField(index=True)

        class Meta:
            database = db
            table_name = "recording_tags"
            indexes = ((("kind", "value", "started_ms", "number"), True),)

    class Reader(Model):
        reader = TextField(primary_key=True)
        seq = BigIntegerField()

        class Meta:
            database = db
            table_name = "log_readers"

    class Link(Model):
        last_seq = BigIntegerField(primary_key=True)
        first_seq = BigIntegerField()
        checks = BlobField()
        digest = TextField()

        class Meta:
            database = db
            table_name = "event_chain"

    db.create_tables([Recording, Tag, Reader, Link])
