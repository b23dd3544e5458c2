"""Who works here, and who tried to log in."""

from peewee import AutoField, BigIntegerField, BooleanField, IntegerField, TextField

from callserver.store.tables import Table


class StaffRow(Table):
    """One person; lists are JSON."""

    number = TextField(primary_key=True)
    name = TextField()
    password = TextField()
    rights = TextField()
    skills = TextField()
    locked = BooleanField(default=False)  # after too many wrong passwords, until somebody unlocks
    must_change = BooleanField(default=False)  # the password: somebody else knows it
    disabled = BooleanField(default=False)  # stays in the book and may not log in
    uid = TextField(default="")  # of the person: a number may be another's later
    phone = TextField(default="")  # of his seat, as one dials it from the shop
    pin = TextField(null=True)  # as `passwords.stored` gives it
    caps = TextField(default="")  # as `day_caps` writes them
    language = TextField(default="")
    wrap_up_s = IntegerField(null=True)

    class Meta:
        table_name = "staff"


class AttemptRow(Table):
    """One log-in that was judged by its password; kept for a day."""

    id = AutoField()
    account = TextField(index=True)
    address = TextField(index=True)
    at_ms = BigIntegerField()
    ok = BooleanField()

    class Meta:
        table_name = "log_in_attempts"
