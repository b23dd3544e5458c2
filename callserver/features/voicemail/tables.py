"""Boxes, greetings, messages and the sounds they are made of; times in UTC milliseconds, files by their names."""

from enum import StrEnum

from peewee import AutoField, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from callserver.store.tables import Table


class BoxKind(StrEnum):
    """Whose box it is."""

    PERSON = "person"  # of one of the staff, or of nobody: who knows its PIN opens it
    GROUP = "group"  # of a group: its members open it with their own staff number and PIN
    BULLETIN = "bulletin"  # callers hear what is in it, and leave nothing


class GreetingKind(StrEnum):
    """When a greeting is heard."""

    STANDARD = "standard"
    NAME = "name"  # only the name, within the server's own sentence
    ABSENCE = "absence"  # while the owner has switched it on
    BUSY = "busy"  # who was sent here because nobody took his call


class BoxRow(Table):
    """One box, by its number."""

    number = TextField(primary_key=True)
    name = TextField()
    kind = TextField(default=BoxKind.PERSON)
    owner = TextField(default="", index=True)  # staff number, or a group's name
    pin = TextField(null=True)  # scrypt; None: the box is not opened by telephone
    pin_is_first = BooleanField(default=False)  # the shop has given it: to be changed at its first use
    parent = TextField(null=True, index=True)  # the box above it
    key = TextField(default="")  # by which guests of that reach it
    language = TextField(default="")  # "zh" or "en": its owner is spoken to in it; "": as any caller
    away = BooleanField(default=False)  # the greeting for absence is heard
    suspended = BooleanField(default=False)
    messages_max = IntegerField(default=100)
    message_s = IntegerField(default=180)
    mail_to = TextField(default="")
    mail_delete = BooleanField(default=False)  # a message that was mailed is not kept
    tell_number = TextField(default="")  # is called when there is something new
    deliver_at = TextField(default="")  # HH:MM in the shop's zone: then, and not at once; and it is played without PIN

    class Meta:
        table_name = "mail_boxes"


class SoundRow(Table):
    """One recorded sound; it is stored once, however many messages play it."""

    id = TextField(primary_key=True)
    length_ms = IntegerField()

    class Meta:
        table_name = "mail_sounds"


class GreetingRow(Table):
    """One greeting of a box."""

    id = AutoField()
    box = ForeignKeyField(BoxRow, on_delete="CASCADE")
    box_id: str
    kind = TextField()
    sound = ForeignKeyField(SoundRow)
    sound_id: str

    class Meta:
        table_name = "mail_greetings"
        indexes = ((("box", "kind"), True),)


class MessageRow(Table):
    """One message in one box."""

    id = TextField(primary_key=True)
    box = ForeignKeyField(BoxRow, on_delete="CASCADE")
    box_id: str
    sound = ForeignKeyField(SoundRow)
    sound_id: str
    words = ForeignKeyField(SoundRow, null=True)  # of who has forwarded it, heard before it
    words_id: str | None
    call_id = TextField(null=True)
    number = TextField(null=True)  # who called
    name = TextField(default="")  # as the exchange, or a box, calls him
    from_box = TextField(default="")  # that it was sent from, and is replied to
    came_ms = BigIntegerField()
    urgent = BooleanField(default=False)
    private = BooleanField(default=False)
    heard = BooleanField(default=False)
    taken_by = TextField(default="")  # of a group's box: staff number of who fetched it first
    taken_name = TextField(default="")
    mailed = BooleanField(default=False)

    class Meta:
        table_name = "mail_messages"
        indexes = ((("box", "heard"), False),)


class MailTriesRow(Table):
    """PINs that were wrong, of one box or from one number; it outlives the server."""

    subject = TextField(primary_key=True)  # "box 801", "number 13912345678", "number withheld"
    in_row = IntegerField()
    of_day = IntegerField()
    day_ms = BigIntegerField()
    last_ms = BigIntegerField()
    locked_until_ms = BigIntegerField(default=0)

    class Meta:
        table_name = "mail_pin_tries"


class TellingRow(Table):
    """A box whose owner is to be called."""

    box = ForeignKeyField(BoxRow, primary_key=True, on_delete="CASCADE")
    box_id: str
    due_ms = BigIntegerField()
    tries = IntegerField(default=0)

    class Meta:
        table_name = "mail_tellings"
