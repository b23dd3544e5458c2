"""Queues and hours of a shop that had them in config.ini come into its database, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from callserver.acd.organisation import rows, rules
from callserver.acd.organisation.calendars import Night
from callserver.acd.organisation.forms import FORMS
from callserver.acd.organisation.parts import Part
from callserver.config import QueueConfig

HOURS = "hours"


def take_over(queues: Mapping[str, QueueConfig]) -> list[str]:
    """
    The names of those that came in: all of them where there is none yet; runs in the database's thread.

    Hours were only told to callers, and kept nobody out; so their calendar is switched to open, until somebody sets
    `night=automatic`.
    """
    rules.take_turn()
    if rows.load().queues:
        return []
    for name, config in queues.items():
        settings = FORMS[Part.QUEUE].new(name)
        given = {key: getattr(config, key) for key in vars(config) if key != HOURS}
        settings = replace(settings, **given)
        if config.hours:
            calendar = FORMS[Part.CALENDAR].new(name)
            rows.write(Part.CALENDAR, replace(calendar, hours=config.hours, night=Night.OFF))
            settings = replace(settings, calendar=name)
        rows.write(Part.QUEUE, settings)
    return list(queues)
