"""The index of recordings, how far it has read the event log, and the chain that proves both unchanged."""

from peewee import AutoField, BigIntegerField, BlobField, BooleanField, IntegerField, TextField

from callserver.store.tables import Table

COMPLAINT = "complaint"  # a class that protects


class RecordingRow(Table):
    """
    One recording of a call; a fold of the event log, never written beside it.

    One index has all that a search looks at, in the order in which it is shown: whatever is asked for, a search walks
    that index alone and ends where the page is full.
    """

    number = AutoField()  # what people say and key
    file = TextField(unique=True)  # as the recorder has named it: its name in the event log for ever
    kept_as = TextField()  # the file that holds it now
    call_id = TextField(index=True)
    started_ms = BigIntegerField()
    length_ms = IntegerField(null=True)  # None while it runs
    caller = TextField(null=True)  # the number at the other end
    caller_name = TextField(null=True)
    line = TextField()  # "line 3"; "seat 801" of a call in the house
    direction = TextField()  # "in", "out", "internal"
    outcome = TextField(default="")
    by = TextField(default="")  # staff number of who started it; "": by rule
    class_ = TextField(default="", column_name="class")
    note = TextField(default="")
    protected = BooleanField(default=False)
    octets = BigIntegerField(null=True)
    digest = TextField(null=True)  # SHA-256 of the file as it is kept
    deleted_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "recordings"


WALK = (
    RecordingRow.started_ms,
    RecordingRow.number,
    RecordingRow.deleted_ms,
    RecordingRow.caller,
    RecordingRow.line,
    RecordingRow.direction,
    RecordingRow.length_ms,
    RecordingRow.outcome,
    RecordingRow.class_,
    RecordingRow.protected,
    RecordingRow.note,
)
RecordingRow.add_index(*WALK, name="recordings_walk")


class TagRow(Table):
    """What a recording can have several of, or is looked for by exactly: see `TAGS`."""

    kind = TextField()
    value = TextField()
    started_ms = BigIntegerField()
    number = IntegerField(index=True)

    class Meta:
        table_name = "recording_tags"
        indexes = ((("kind", "value", "started_ms", "number"), True),)


AGENT, QUEUE, ORDER, CALLER = TAGS = ("agent", "queue", "order", "caller")


class ReadRow(Table):
    """How far something has read the event log."""

    reader = TextField(primary_key=True)
    seq = BigIntegerField()

    class Meta:
        table_name = "log_readers"


class LinkRow(Table):
    """
    One link of the chain over the event log: so many events, and the digest of all before and of these.

    `checks` has eight octets of each event, so that a break is named to the row.
    """

    last_seq = BigIntegerField(primary_key=True)
    first_seq = BigIntegerField()
    checks = BlobField()
    digest = TextField()

    class Meta:
        table_name = "event_chain"
