"""The feed of changes that other programs follow."""

from peewee import BigIntegerField, IntegerField, TextField

from callserver.store.tables import Table


class Change(Table):
    """An order or a reservation came to a state; append-only, `sequence` has no gaps and grows in order of commits."""

    sequence = BigIntegerField(primary_key=True)
    kind = TextField()  # "order", "reservation"
    number = TextField()
    state = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "changes"


class LastChange(Table):
    """One row: the newest sequence number. Who appends a change holds it until he commits."""

    id = IntegerField(primary_key=True)
    sequence = BigIntegerField()

    class Meta:
        table_name = "last_change"
