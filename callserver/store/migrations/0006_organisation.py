"""
Groups, queues, hours, offices and classes of callers; telephones, PINs and limits of the staff.

Who is in which group stood with the person and stands with the group now: each at level 1, in order of their numbers.
"""

import json
from typing import Any

from peewee import AutoField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator: Any, db: Any) -> None:
    class Base(Model):
        class Meta:
            database = db

    class Organisation(Base):
        id = IntegerField(primary_key=True)
        revision = IntegerField()

        class Meta:
            table_name = "organisation"

    class Group(Base):
        name = TextField(primary_key=True)
        number = TextField(null=True, unique=True)

        class Meta:
            table_name = "agent_groups"

    class Member(Base):
        id = AutoField()
        group_name = ForeignKeyField(Group, column_name="group_name")
        person = TextField(index=True)
        level = IntegerField()
        position = IntegerField()

        class Meta:
            table_name = "group_members"
            indexes = ((("group_name", "person"), True),)

    class Queue(Base):
        name = TextField(primary_key=True)
        position = IntegerField()
        settings = TextField()

        class Meta:
            table_name = "queues"

    class Calendar(Base):
        name = TextField(primary_key=True)
        hours = TextField()
        night = TextField()

        class Meta:
            table_name = "calendars"

    class CalendarDay(Base):
        id = AutoField()
        calendar = ForeignKeyField(Calendar, column_name="calendar")
        day = TextField()
        hours = TextField()
        label = TextField()

        class Meta:
            table_name = "calendar_days"
            indexes = ((("calendar", "day"), True),)

    class Office(Base):
        number = TextField(primary_key=True)
        name = TextField()
        phone = TextField()
        calendar = TextField(null=True)

        class Meta:
            table_name = "offices"

    class Region(Base):
        name = TextField(primary_key=True)
        parent = TextField(null=True)

        class Meta:
            table_name = "regions"

    class RegionCode(Base):
        code = TextField(primary_key=True)
        region = ForeignKeyField(Region, column_name="region")
        position = IntegerField()

        class Meta:
            table_name = "region_codes"

    class RegionOffice(Base):
        id = AutoField()
        region = ForeignKeyField(Region, column_name="region")
        office = TextField()
        position = IntegerField()

        class Meta:
            table_name = "region_offices"
            indexes = ((("region", "office"), True),)

    class CallerClass(Base):
        name = TextField(primary_key=True)
        priority = IntegerField()
        queue = TextField(null=True)

        class Meta:
            table_name = "caller_classes"

    class CallerNumber(Base):
        number = TextField(primary_key=True)
        class_name = ForeignKeyField(CallerClass, column_name="class_name")
        position = IntegerField()

        class Meta:
            table_name = "caller_numbers"

    tables = [Organisation, Group, Member, Queue, Calendar, CalendarDay, Office, Region, RegionCode, RegionOffice]
    db.create_tables([*tables, CallerClass, CallerNumber])
    Organisation.create(id=1, revision=1)
    _move_groups(db, Group, Member)
    migrator.migrate(
        migrator.drop_column("staff", "groups", cascade=False),
        migrator.add_column("staff", "uid", TextField(default="")),
        migrator.add_column("staff", "phone", TextField(default="")),
        migrator.add_column("staff", "pin", TextField(null=True)),
        migrator.add_column("staff", "caps", TextField(default="")),
        migrator.add_column("staff", "language", TextField(default="")),
        migrator.add_column("staff", "wrap_up_s", IntegerField(null=True)),
    )


def _move_groups(db: Any, group: Any, member: Any) -> None:
    for number, groups in db.execute_sql('SELECT number, "groups" FROM staff ORDER BY number').fetchall():
        for name in json.loads(groups):
            group.get_or_create(name=name)
            position = member.select().where(member.group_name == name).count() + 1
            member.create(group_name=name, person=number, level=1, position=position)
