"""First passwords that have to be changed, and people who may not log in."""

from typing import Any

from peewee import BooleanField


def up(migrator: Any, db: Any) -> None:
    migrator.migrate(
        migrator.add_column("staff", "must_change", BooleanField(default=False)),
        migrator.add_column("staff", "disabled", BooleanField(default=False)),
    )
