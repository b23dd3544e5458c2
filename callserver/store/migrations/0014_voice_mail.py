"""Boxes, their greetings and messages, what they are made of, wrong PINs, owners to be called."""

from typing import Any

from peewee import AutoField, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Box(Model):
        number = TextField(primary_key=True)
        name = TextField()
        kind = TextField(default="person")
        owner = TextField(default="", index=True)
        pin = TextField(null=True)
        pin_is_first = BooleanField(default=False)
        parent = TextField(null=True, index=True)
        key = TextField(default="")
        language = TextField(default="")
        away = BooleanField(default=False)
        suspended = BooleanField(default=False)
        messages_max = IntegerField(default=100)
        message_s = IntegerField(default=180)
        mail_to = TextField(default="")
        mail_delete = BooleanField(default=False)
        tell_number = TextField(default="")
        deliver_at = TextField(default="")

        class Meta:
            database = db
            table_name = "mail_boxes"

    class Sound(Model):
        id = TextField(primary_key=True)
        length_ms = IntegerField()

        class Meta:
            database = db
            table_name = "mail_sounds"

    class Greeting(Model):
        id = AutoField()
        box = ForeignKeyField(Box, on_delete="CASCADE")
        kind = TextField()
        sound = ForeignKeyField(Sound)

        class Meta:
            database = db
            table_name = "mail_greetings"
            indexes = ((("box", "kind"), True),)

    class Message(Model):
        id = TextField(primary_key=True)
        box = ForeignKeyField(Box, on_delete="CASCADE")
        sound = ForeignKeyField(Sound)
        words = ForeignKeyField(Sound, null=True)
        call_id = TextField(null=True)
        number = TextField(null=True)
        name = TextField(default="")
        from_box = TextField(default="")
        came_ms = BigIntegerField()
        urgent = BooleanField(default=False)
        private = BooleanField(default=False)
        heard = BooleanField(default=False)
        taken_by = TextField(default="")
        taken_name = TextField(default="")
        mailed = BooleanField(default=False)

        class Meta:
            database = db
            table_name = "mail_messages"
            indexes = ((("box", "heard"), False),)

    class Tries(Model):
        subject = TextField(primary_key=True)
        in_row = IntegerField()
        of_day = IntegerField()
        day_ms = BigIntegerField()
        last_ms = BigIntegerField()
        locked_until_ms = BigIntegerField(default=0)

        class Meta:
            database = db
            table_name = "mail_pin_tries"

    class Telling(Model):
        box = ForeignKeyField(Box, primary_key=True, on_delete="CASCADE")
        due_ms = BigIntegerField()
        tries = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "mail_tellings"

    db.create_tables([Box, Sound, Greeting, Message, Tries, Telling])
