"""Keys of programs, what they have sent, where messages go."""

from typing import Any

from peewee import AutoField, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Key(Model):
        name = TextField(primary_key=True)
        digest = TextField(unique=True)
        scopes = TextField()
        made_ms = BigIntegerField()
        revoked_ms = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "interface_keys"

    class Seen(Model):
        id = AutoField()
        kind = TextField()
        external_id = TextField()
        digest = TextField()
        answer = TextField()
        at_ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "interface_seen"
            indexes = ((("kind", "external_id"), True),)

    class Target(Model):
        name = TextField(primary_key=True)
        url = TextField()
        secret = TextField()
        position = BigIntegerField()
        tries = IntegerField(default=0)
        due_ms = BigIntegerField(default=0)
        trouble = TextField(default="")

        class Meta:
            database = db
            table_name = "interface_targets"

    class DeadLetter(Model):
        id = AutoField()
        target = ForeignKeyField(Target, on_delete="CASCADE")
        sequence = BigIntegerField()
        at_ms = BigIntegerField()
        trouble = TextField()
        again = BooleanField(default=False)

        class Meta:
            database = db
            table_name = "interface_dead_letters"
            indexes = ((("target", "sequence"), True),)

    db.create_tables([Key, Seen, Target, DeadLetter])
