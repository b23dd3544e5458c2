"""What can be set of each part of an organisation, as text: what `set KEY=VALUE` takes, `show` prints, rows keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from callserver.acd.organisation import fields, hours_fields
from callserver.acd.organisation.calendars import Calendar, Night
from callserver.acd.organisation.fields import Field
from callserver.acd.organisation.parts import CallerClass, Group, Office, Part, Region
from callserver.acd.organisation.queue_form import QUEUE_FIELDS
from callserver.acd.routing.settings import QueueSettings
from callserver.config import Unfit, nearest
from callserver.wire.catalogue import N_, Complaint

PLUS, MINUS = "+", "-"  # behind a key: to what there is, from what there is


class OrganisationError(Complaint):
    """What was asked for cannot be done, and nothing has changed; one line that says why."""


@dataclass(frozen=True)
class Form:
    """
    What one thing looks like.

    :param word: what kind of thing it is, as a sentence says it
    :param settings: what can be set, by key
    :param new: one of a name, with nothing set
    :param read_name: its name as it was typed; raises Unfit
    :param key: the attribute that it is known by
    """

    word: str
    settings: Mapping[str, Field]
    new: Callable[[str], Any]
    read_name: Callable[[str], str] = fields.read_name
    key: str = "name"

    def name(self, typed: str) -> str:
        """
        :raises OrganisationError: nothing may be called so
        """
        try:
            return self.read_name(typed)
        except Unfit as problem:
            raise OrganisationError("{name}: {problem}", name=repr(typed[:40]), problem=problem) from None

    def filled(self, one: Any, settings: Mapping[str, str]) -> Any:
        """
        The same with these settings, as they were typed.

        A key with + or - adds to a list or takes from it; without a text it is as it is by itself.

        :raises OrganisationError: no such setting, or a value that it cannot have
        """
        values: dict[str, Any] = {}
        for typed, text in settings.items():
            plain = typed.strip().lower()
            sign = plain[-1:] if plain.endswith((PLUS, MINUS)) else ""
            key = plain.removesuffix(sign).strip().replace("-", "_")
            try:
                values[key] = self._value(one, key, sign, text)
            except Unfit as problem:
                where = {"part_word": self.word, "name": getattr(one, self.key), "key": key}
                raise OrganisationError("{part_word} {name}, {key}: {problem}", **where, problem=problem) from None
        return replace(one, **values)

    def _value(self, one: Any, key: str, sign: str, text: str) -> Any:
        if key not in self.settings:
            raise Unfit("no such setting; {hint}", hint=nearest(key, self.settings))
        field = self.settings[key]
        if sign in (PLUS, MINUS) and not field.is_list:
            raise Unfit("is no list; write {key}=VALUE", key=key)
        if not sign and not text.strip():
            return getattr(self.new(getattr(one, self.key)), key)
        if sign == PLUS:
            return field.plus(getattr(one, key), text)
        return field.minus(getattr(one, key), text) if sign == MINUS else field.read(text)

    def shown(self, one: Any) -> dict[str, str]:
        """All that is set, as `filled` takes it."""
        return {key: field.show(getattr(one, key)) for key, field in self.settings.items()}

    def different(self, one: Any) -> dict[str, str]:
        """What is not as it is by itself."""
        usual = self.shown(self.new(getattr(one, self.key)))
        return {key: text for key, text in self.shown(one).items() if text != usual[key]}


FORMS: Mapping[Part, Form] = {
    Part(form.word): form
    for form in (
        Form(
            Part.GROUP.value,
            {
                "number": fields.internal_number(N_("internal number that rings the group")),
                "members": fields.members(N_("people in the order they are asked; 804/2: second level")),
            },
            Group,
        ),
        Form(Part.QUEUE.value, QUEUE_FIELDS, QueueSettings),
        Form(
            Part.CALENDAR.value,
            {
                "hours": hours_fields.hours(N_("of the week: mon-fri 09:00-18:00, sat 22:00-02:00")),
                "days": hours_fields.days(N_("that are otherwise: 2026-10-01..2026-10-07 closed Holiday")),
                "night": fields.choice(Night, N_("night switch: on is closed, off is open")),
            },
            Calendar,
        ),
        Form(
            Part.OFFICE.value,
            {
                "name": fields.words(N_("for people")),
                "phone": fields.phone(N_("number as it is dialled from the shop")),
                "calendar": fields.name(N_("when it is open; empty: always")),
            },
            Office,
            fields.read_number,
            key="number",
        ),
        Form(
            Part.REGION.value,
            {
                "parent": fields.name(N_("region it lies in; whose offices it has if it has none")),
                "codes": fields.phones(N_("beginnings of its callers' numbers: 010, 1390100")),
                "offices": fields.names(N_("their numbers, the nearest first")),
            },
            Region,
        ),
        Form(
            Part.CALLERS.value,
            {
                "priority": fields.amount(int, -9, 9, N_("higher ones are served first; 0: as the queue says")),
                "queue": fields.name(N_("where they wait; empty: as the menu says")),
                "numbers": fields.callers(N_("telephone numbers of these callers")),
            },
            CallerClass,
        ),
    )
}
