"""Keys of programs, what they have sent already, where messages of changes go, and those nobody took."""

from peewee import AutoField, BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from callserver.store.tables import Table


class KeyRow(Table):
    """A program's key; of the secret only its SHA-256 is kept (it has 256 random bits: no guess is worth trying)."""

    name = TextField(primary_key=True)
    digest = TextField(unique=True)
    scopes = TextField()  # with blanks between
    made_ms = BigIntegerField()
    revoked_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "interface_keys"


class Seen(Table):
    """What a program has sent under an id of its own, and what it was answered: the same again gives the same."""

    id = AutoField()
    kind = TextField()
    external_id = TextField()
    digest = TextField()  # SHA-256 of what was sent
    answer = TextField()  # JSON
    at_ms = BigIntegerField()

    class Meta:
        table_name = "interface_seen"
        indexes = ((("kind", "external_id"), True),)


class Target(Table):
    """Where messages go; `position`: the last change that was taken there or laid aside."""

    name = TextField(primary_key=True)
    url = TextField()
    secret = TextField()  # signs its messages: needed as it is
    position = BigIntegerField()
    tries = IntegerField(default=0)  # in vain, of the change behind the position
    due_ms = BigIntegerField(default=0)  # not before
    trouble = TextField(default="")  # of the last try; "" is none

    class Meta:
        table_name = "interface_targets"


class DeadLetter(Table):
    """A message that was not taken however often; it waits for a person."""

    id = AutoField()
    target = ForeignKeyField(Target, on_delete="CASCADE")
    sequence = BigIntegerField()
    at_ms = BigIntegerField()
    trouble = TextField()
    again = BooleanField(default=False)  # somebody wants it sent once more

    class Meta:
        table_name = "interface_dead_letters"
        indexes = ((("target", "sequence"), True),)
