"""What came of talks, notes on who calls, and what colleagues have written to each other."""

from peewee import AutoField, BigIntegerField, CompositeKey, IntegerField, TextField

from callserver.store.tables import Table


class OutcomeRow(Table):
    """What one agent says came of one call; the newest word of his."""

    call_id = TextField()
    person = TextField()
    code = IntegerField()
    zh = TextField()  # as the shop called it then
    en = TextField()
    note = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "call_outcomes"
        primary_key = CompositeKey("call_id", "person")


class ContactNoteRow(Table):
    """`contact`: a telephone number in its normal form, or "member 1007"."""

    id = AutoField()
    contact = TextField()
    text = TextField()
    person = TextField()
    at_ms = BigIntegerField()

    class Meta:
        table_name = "contact_notes"
        indexes = ((("contact", "id"), False),)


class MissedRow(Table):
    """Who calls somebody who was missed, or what came of that; the newest word for a number."""

    number = TextField(primary_key=True)  # in its normal form
    person = TextField()
    at_ms = BigIntegerField(index=True)
    result = TextField()  # "": he calls him now

    class Meta:
        table_name = "missed_callers"


class SaidRow(Table):
    """One message for one person; one to several has a row for each."""

    id = AutoField()
    batch = IntegerField(default=0)  # the id of its first row
    recipient = TextField()
    sender = TextField()
    whom = TextField()  # "": to persons; "group NAME", "everybody"
    text = TextField()
    at_ms = BigIntegerField(index=True)
    told_ms = BigIntegerField(null=True)  # None: his program has not had it

    class Meta:
        table_name = "said"
        indexes = ((("recipient", "id"), False), (("sender", "id"), False))
