"""Documents, faxes with their steps, faxes that wait to be sent; times in UTC milliseconds, files by their names."""

from enum import StrEnum

from peewee import AutoField, BigIntegerField, BooleanField, IntegerField, TextField

from callserver.store.tables import Table


class JobState(StrEnum):
    """What has become of a fax that is sent by itself."""

    WAITING = "waiting"
    UNDER_WAY = "under way"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DocumentRow(Table):
    """One document that callers can have, by its number."""

    number = TextField(primary_key=True)
    title_zh = TextField()
    title_en = TextField()
    file = TextField()
    pages = IntegerField()
    added_ms = BigIntegerField()

    class Meta:
        table_name = "fax_documents"


class FaxRow(Table):
    """One fax session; `result` is None while it lasts, or when the server was killed in it."""

    id = TextField(primary_key=True)
    direction = TextField()  # "in", "out"
    call_id = TextField(index=True)
    line = TextField()
    number = TextField(null=True)  # who called, or was dialled
    remote_id = TextField(default="")  # as the other machine calls itself
    began_ms = BigIntegerField(index=True)
    ended_ms = BigIntegerField(null=True)
    pages = IntegerField(default=0)  # confirmed
    result = TextField(null=True)
    detail = TextField(default="")
    person = TextField(null=True)  # staff number of who sent or received it in his talk
    title = TextField(default="")  # of what was sent
    file = TextField(null=True)
    job = TextField(null=True)
    deleted_by = TextField(null=True)

    class Meta:
        table_name = "faxes"


class StepRow(Table):
    """One frame, tone or training of a session."""

    id = AutoField()
    fax_id = TextField(index=True)
    at_ms = IntegerField()  # since the session began
    heard = BooleanField()
    name = TextField()
    detail = TextField()

    class Meta:
        table_name = "fax_steps"


class JobRow(Table):
    """One fax to be sent by itself; who asked for it is a person of the staff, a caller (`for_call`), or the admin."""

    id = TextField(primary_key=True)
    number = TextField()
    title = TextField()
    file = TextField()
    pages = IntegerField()
    pages_sent = IntegerField(default=0)  # confirmed: a later try sends the rest
    person = TextField(null=True)
    for_call = TextField(null=True)
    made_ms = BigIntegerField()
    due_ms = BigIntegerField(index=True)
    tries = IntegerField(default=0)
    state = TextField(index=True)
    result = TextField(default="")
    report_to = TextField(default="")  # a mail address

    class Meta:
        table_name = "fax_jobs"
