"""Versions of menus, which line has which, hours switched by hand, notices."""

from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    IntegerField,
    Model,
    TextField,
)


def up(migrator: Any, db: Any) -> None:
    class Version(Model):
        version = TextField(primary_key=True)
        menu = TextField(index=True)
        at_ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "menu_versions"

    class VersionFile(Model):
        version = TextField()
        path = TextField()
        content = BlobField()

        class Meta:
            database = db
            table_name = "menu_version_files"
            primary_key = CompositeKey("version", "path")

    class Load(Model):
        id = AutoField()
        line = IntegerField(index=True)
        menu = TextField()
        version = TextField()
        configured = TextField()
        at_ms = BigIntegerField()
        refused = TextField(null=True)

        class Meta:
            database = db
            table_name = "line_loads"

    class Service(Model):
        line = IntegerField(primary_key=True)
        enabled = BooleanField()
        at_once = BooleanField()
        configured = BooleanField()
        at_ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "line_services"

    class Switch(Model):
        hours = TextField(primary_key=True)
        open = BooleanField()
        since_ms = BigIntegerField()
        until_ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "hours_switches"

    class Notice(Model):
        menu = TextField(primary_key=True)
        text = TextField()
        since_ms = BigIntegerField()
        until_ms = BigIntegerField()

        class Meta:
            database = db
            table_name = "menu_notices"

    db.create_tables([Version, VersionFile, Load, Service, Switch, Notice])
