"""
The tables of a shop's organisation.

A row names others by what people call them. What a name stands for is there: `rules` sees to it, and says what is
missing in words; the keys below only keep a mistake of ours out.
"""

from peewee import AutoField, ForeignKeyField, IntegerField, TextField

from callserver.store.tables import Table


class OrganisationRow(Table):
    """
    One row; every change counts it up first, in its own transaction.

    So changes stand in line, on PostgreSQL too: what one looked at stays as it was until it has written. And who keeps
    a copy sees by one number that it is old.
    """

    id = IntegerField(primary_key=True)
    revision = IntegerField()

    class Meta:
        table_name = "organisation"


class GroupRow(Table):
    name = TextField(primary_key=True)
    number = TextField(null=True, unique=True)

    class Meta:
        table_name = "agent_groups"


class MemberRow(Table):
    id = AutoField()
    group_name = ForeignKeyField(GroupRow, column_name="group_name")
    person = TextField(index=True)
    level = IntegerField()
    position = IntegerField()

    class Meta:
        table_name = "group_members"
        indexes = ((("group_name", "person"), True),)


class QueueRow(Table):
    """`settings`: JSON, the text of each setting that is not as it is by itself."""

    name = TextField(primary_key=True)
    position = IntegerField()  # in the order they were made: the first takes callers nobody else does
    settings = TextField()

    class Meta:
        table_name = "queues"


class CalendarRow(Table):
    name = TextField(primary_key=True)
    hours = TextField()  # as in mon-fri 09:00-18:00
    night = TextField()

    class Meta:
        table_name = "calendars"


class CalendarDayRow(Table):
    id = AutoField()
    calendar = ForeignKeyField(CalendarRow, column_name="calendar")
    day = TextField()  # 2026-10-01
    hours = TextField()  # 09:00-12:00 13:00-17:00; "": closed
    label = TextField()

    class Meta:
        table_name = "calendar_days"
        indexes = ((("calendar", "day"), True),)


class OfficeRow(Table):
    number = TextField(primary_key=True)
    name = TextField()
    phone = TextField()
    calendar = TextField(null=True)

    class Meta:
        table_name = "offices"


class RegionRow(Table):
    name = TextField(primary_key=True)
    parent = TextField(null=True)

    class Meta:
        table_name = "regions"


class RegionCodeRow(Table):
    code = TextField(primary_key=True)
    region = ForeignKeyField(RegionRow, column_name="region")
    position = IntegerField()

    class Meta:
        table_name = "region_codes"


class RegionOfficeRow(Table):
    id = AutoField()
    region = ForeignKeyField(RegionRow, column_name="region")
    office = TextField()
    position = IntegerField()  # the nearest first

    class Meta:
        table_name = "region_offices"
        indexes = ((("region", "office"), True),)


class CallerClassRow(Table):
    name = TextField(primary_key=True)
    priority = IntegerField()
    queue = TextField(null=True)

    class Meta:
        table_name = "caller_classes"


class CallerNumberRow(Table):
    number = TextField(primary_key=True)
    class_name = ForeignKeyField(CallerClassRow, column_name="class_name")
    position = IntegerField()

    class Meta:
        table_name = "caller_numbers"
