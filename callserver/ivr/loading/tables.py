"""Versions of menus, and what each line has been given: append-only, so that the way back is known."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BlobField, BooleanField, CompositeKey, IntegerField, TextField

from callserver.store.tables import Table


class VersionRow(Table):
    """One version of a menu that was accepted once."""

    version = TextField(primary_key=True)
    menu = TextField(index=True)
    at_ms = BigIntegerField()

    class Meta:
        table_name = "menu_versions"


class VersionFileRow(Table):
    """One file of it, as it was."""

    version = TextField()
    path = TextField()
    content = BlobField()

    class Meta:
        table_name = "menu_version_files"
        primary_key = CompositeKey("version", "path")


class LoadRow(Table):
    """One load of a line; the newest that is not refused counts."""

    id = AutoField()
    line = IntegerField(index=True)
    menu = TextField()  # "": none
    version = TextField()  # "": of a menu of the server itself
    configured = TextField()  # what config.ini named then: where it names another one now, that counts
    at_ms = BigIntegerField()
    refused = TextField(null=True)  # by the server, and why

    class Meta:
        table_name = "line_loads"


class ServiceRow(Table):
    """Whether a line is to be in service, where somebody has said so since config.ini did."""

    line = IntegerField(primary_key=True)
    enabled = BooleanField()
    at_once = BooleanField()  # and its call ends
    configured = BooleanField()  # what config.ini said then
    at_ms = BigIntegerField()

    class Meta:
        table_name = "line_services"


class SwitchRow(Table):
    """Hours that are open or closed by hand, whatever they say."""

    hours = TextField(primary_key=True)
    open = BooleanField()
    since_ms = BigIntegerField()
    until_ms = BigIntegerField()

    class Meta:
        table_name = "hours_switches"


class NoticeRow(Table):
    """A sentence before a menu's first step."""

    menu = TextField(primary_key=True)
    text = TextField()
    since_ms = BigIntegerField()
    until_ms = BigIntegerField()

    class Meta:
        table_name = "menu_notices"
