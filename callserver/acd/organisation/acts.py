"""What a supervisor may do with staff, groups, queues, hours and offices from his own program; by right 1."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.organisation.book import OrganisationBook
from callserver.acd.organisation.forms import FORMS
from callserver.acd.organisation.parts import CALLED, Part
from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.acd.staff import passwords
from callserver.acd.staff.book import Staff, StaffBook
from callserver.acd.staff.form import STAFF_FORM
from callserver.acd.staff.rules import StaffError
from callserver.calls.audit import audit, in_words
from callserver.calls.event_log import EventLog
from callserver.wire.catalogue import LANGUAGES, told
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right

NAME_MAX, TEXT_MAX, SETTINGS_MAX = 32, 10_000, 100
Row = dict[str, Any]


def name(value: Any) -> bool:
    """What one of them is known by: a name, or the number of a person or an office."""
    return isinstance(value, str) and 1 <= len(value) <= NAME_MAX and value.isprintable()


def settings(value: Any) -> bool:
    """A dict of texts, by setting, as `callserver queues set` takes them: {"ring_s": "20", "skills+": "zh:3"}."""
    return (
        isinstance(value, dict)
        and len(value) <= SETTINGS_MAX
        and all(isinstance(key, str) and isinstance(one, str) for key, one in value.items())
        and all(len(key) <= NAME_MAX and len(one) <= TEXT_MAX for key, one in value.items())
    )


class OrganisationActs:
    """
    The same rules as at the server's command line; who did what, or was refused it, is in the event log.

    Acts answer with rows: {"name": what it is known by, "settings": {setting: text}}.
    """

    def __init__(self, organisation: OrganisationBook, staff: StaffBook, events: EventLog) -> None:
        self._organisation, self._staff, self._events = organisation, staff, events

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        found = {
            "list_staff": Act(self.list_staff, (), Right.SUPERVISOR),
            "save_staff": Act(self.save_staff, (name, settings), Right.SUPERVISOR),
            "delete_staff": Act(self.delete_staff, (name,), Right.SUPERVISOR),
            "new_password": Act(self.new_password, (name,), Right.SUPERVISOR),
            "new_pin": Act(self.new_pin, (name,), Right.SUPERVISOR),
        }
        for part in Part:
            found |= self._of(part)
        return found

    def _of(self, part: Part) -> dict[str, Act]:
        organisation, called = self._organisation, CALLED[part]

        def list_(seat: Seat) -> Deferred[list[Row]]:
            """
            All of them, with all that is set.

            :return: a list of rows
            """

            async def story() -> list[Row]:
                audit(self._events, seat.number, f"list_{called}")
                found = await organisation.all()
                return [_row(key, FORMS[part].shown(one)) for key, one in found.of(part).items()]

            return Deferred.fromCoroutine(story())

        def save(seat: Seat, one: str, given: Mapping[str, str]) -> Deferred[Row]:
            """
            Make one, or change what is named of it; the rest stays. Calls are not touched.

            :return: its row; with "remarks" besides if something may be a slip: a list of {"en": ..., "zh": ...}
            :raises Refused: NOT_SAVED, with why
            """

            async def story() -> Row:
                saved = await organisation.save(part, one, given, by=seat.number)
                key = getattr(saved, FORMS[part].key)
                return _row(key, FORMS[part].shown(saved)) | _remarks(organisation.remarks(part, (key,)))

            return self._judged(seat, f"save_{called}", f"{part.value} {one}", story)

        def delete(seat: Seat, one: str) -> Deferred[Row]:
            """
            Take one away that nothing else names; a queue in which nobody waits.

            :return: "remarks", if callers go elsewhere now: a list of {"en": ..., "zh": ...}
            :raises Refused: NOT_SAVED, with why
            """

            async def story() -> Row:
                return _remarks(await organisation.delete(part, one, by=seat.number))

            return self._judged(seat, f"delete_{called}", f"{part.value} {one}", story)

        return {
            f"list_{called}": Act(list_, (), Right.SUPERVISOR),
            f"save_{called}": Act(save, (name, settings), Right.SUPERVISOR),
            f"delete_{called}": Act(delete, (name,), Right.SUPERVISOR),
        }

    # The staff

    def list_staff(self, seat: Seat) -> Deferred[list[Row]]:
        """
        Everybody, with all that is set.

        :return: a list of rows, each with "disabled", "locked", "must_change", "has_pin" besides
        """
        audit(self._events, seat.number, "list_staff")
        return self._staff.everybody().addCallback(lambda people: [_person(person) for person in people])

    def save_staff(self, seat: Seat, number: str, given: Mapping[str, str]) -> Deferred[Row]:
        """
        Somebody new, or change what is named of a person; the rest stays. Calls are not touched.

        Who is disabled is logged out, and his caller goes back to the queue.

        :return: his row; of somebody new with "password", his first, which is shown this once
        :raises Refused: NOT_SAVED, with why; nobody disables himself
        """

        async def story() -> Row:
            if any(person.number == number for person in await self._staff.everybody()):
                return _person(await self._staff.save(number, given, by=seat.number))
            first = passwords.first()
            fresh = {key: text for key, text in given.items() if key != "name"}
            adding = self._staff.add(
                number, given.get("name", ""), first, (), must_change=True, settings=fresh, by=seat.number
            )
            return _person(await adding) | {"password": first}

        return self._judged(seat, "save_staff", f"seat {number}", story)

    def delete_staff(self, seat: Seat, number: str) -> Deferred[None]:
        """
        Out of the book; who is logged in is logged out, and his caller goes back to the queue.

        :raises Refused: NOT_SAVED, with why; nobody deletes himself
        """

        async def story() -> None:
            if number == seat.number:
                raise StaffError("nobody deletes himself: another supervisor can")
            await self._staff.delete(number, by=seat.number)

        return self._judged(seat, "delete_staff", f"seat {number}", story)

    def new_password(self, seat: Seat, number: str) -> Deferred[str]:
        """
        Another first password, to be changed at the next log-in; what locked the account is forgiven.

        :return: the password, shown this once
        :raises Refused: NOT_SAVED, with why
        """

        async def story() -> str:
            first = passwords.first()
            await self._staff.set_password(number, first, by=seat.number)
            return first

        return self._judged(seat, "new_password", f"seat {number}", story)

    def new_pin(self, seat: Seat, number: str) -> Deferred[str]:
        """
        Another PIN for log-ins from a telephone.

        :return: the PIN, shown this once
        :raises Refused: NOT_SAVED, with why
        """

        async def story() -> str:
            pin = passwords.first_pin(number)
            await self._staff.set_pin(number, pin, by=seat.number)
            return pin

        return self._judged(seat, "new_pin", f"seat {number}", story)

    def _judged(
        self, seat: Seat, act: str, target: str, story: Callable[[], Coroutine[Any, Any, Any]]
    ) -> Deferred[Any]:
        """Do it; what is complained of is refused in words that any program can show, and noted."""

        async def judged() -> Any:
            try:
                with in_words():
                    return await story()
            except Refused as refused:
                audit(self._events, seat.number, act, target, result=str(refused))
                raise

        return Deferred.fromCoroutine(judged())


def _remarks(said: Sequence[object]) -> Row:
    """In words, for programs that have no catalogue."""
    return {"remarks": [{language: told(one, language) for language in LANGUAGES} for one in said]} if said else {}


def _row(name: str, settings: Mapping[str, str]) -> Row:
    return {"name": name, "settings": dict(settings)}


def _person(person: Staff) -> Row:
    flags = {key: bool(getattr(person, key)) for key in ("disabled", "locked", "must_change", "has_pin")}
    return _row(person.number, STAFF_FORM.shown(person)) | flags
