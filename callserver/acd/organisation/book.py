"""The living copy of a shop's organisation, and the way to change it while calls go on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.acd.organisation import rules
from callserver.acd.organisation.forms import OrganisationError
from callserver.acd.organisation.noted import Noted, Stamps
from callserver.acd.organisation.parts import CALLED, CallerClass, Group, Office, Organisation, Part
from callserver.acd.organisation.remarks import remarks
from callserver.acd.organisation.surroundings import Surroundings
from callserver.acd.routing.candidates import Member
from callserver.acd.routing.settings import QueueSettings
from callserver.config import Hours, Sentence
from callserver.store.database import Store
from callserver.store.following import Follower
from callserver.wire.records import Value

log = Logger()


class OrganisationBook(Follower):
    """
    A shop's groups, queues, hours, offices and classes of callers, as they are in the database.

    The copy follows every change: one made here at once, one made by another process (`callserver queues set`) within
    two seconds. It is one object that never changes, put in place of the one before: whoever asks twice in one turn of
    the reactor gets answers that fit each other. While the database does not answer it stays as it was.

    :param zone: the shop's, asked each time
    :param on_change: told what was and what is, when it is another
    :param waiting: how many callers wait in a queue
    :param around: what can be named beside what is in the database, asked at each change
    """

    def __init__(
        self,
        store: Store,
        clock: IReactorTime,
        events: Stamps | None,
        zone: Callable[[], tzinfo],
        on_change: Callable[[Organisation, Organisation], None] = lambda before, after: None,
        waiting: Callable[[str], int] = lambda queue: 0,
        around: Callable[[], Surroundings] = Surroundings,
    ) -> None:
        super().__init__(clock)
        self._store, self._noted, self._zone = store, Noted(store, events), zone
        self._on_change, self._waiting, self._around = on_change, waiting, around
        self.now = Organisation()

    async def follow(self) -> None:
        """Bring the copy up to date; a database that does not answer leaves it as it is."""
        try:
            new = await self._store.read(rules.load_if_new, self.now.revision)
        except Exception:
            log.failure("groups, queues, hours and offices cannot be read; they stay as they were")
            return
        if new is None or new.revision == self.now.revision:
            return
        before, self.now = self.now, new
        try:
            if new == before:  # somebody has come into the staff book
                return
            self._on_change(before, new)
        except Exception:  # it is followed all the same
            log.failure("what has changed of queues and groups could not be taken over")

    # What others ask

    @property
    def settings(self) -> Mapping[str, QueueSettings]:
        """The queues by name, in the order they were made."""
        return self.now.queues

    def members(self, group: str) -> Sequence[Member]:
        """In order of level, position, number; none of a group that is not there."""
        found = self.now.groups.get(group)
        return found.members if found is not None else ()

    def group_of(self, number: str) -> Group | None:
        """The one with this internal number."""
        return next((one for one in self.now.groups.values() if number and one.number == number), None)

    def rung_by(self, number: str) -> Collection[str]:
        """Staff numbers of the group with this internal number; none: no group has it."""
        found = self.group_of(number)
        return [member.number for member in found.members] if found is not None else ()

    def queue_of(self, number: str) -> str | None:
        """The name of the queue with this internal number."""
        return next((one.name for one in self.now.queues.values() if number and one.number == number), None)

    def office(self, number: str) -> Office | None:
        """The one of this number."""
        return self.now.offices.get(number)

    def numbers_in(self, group: str) -> Collection[str]:
        """
        Staff numbers of a group known by its name or its internal number.

        :raises LookupError: there is no such group
        """
        found = self.now.groups.get(group) or self.group_of(group)
        if found is None:
            raise LookupError(group)
        return [member.number for member in found.members]

    def is_open(self, name: str, now: datetime) -> bool:
        """A calendar at an aware moment; "" and what is not there are always open."""
        found = self.now.calendars.get(name)
        return found is None or found.is_open(now, self._zone())

    def hours(self, name: str) -> Sequence[Hours]:
        """Of a calendar's week, to be told to callers."""
        found = self.now.calendars.get(name)
        return found.hours if found is not None else ()

    def region_names(self) -> Collection[str]:
        return self.now.regions.keys()

    def region_of(self, number: str) -> str:
        """The one with the longest code that a telephone number begins with; "": none."""
        codes = [(code, one.name) for one in self.now.regions.values() for code in one.codes]
        fitting = [(len(code), name) for code, name in codes if number.startswith(code)]
        return max(fitting, default=(0, ""))[1]

    def whole_region_of(self, number: str) -> str:
        """The same with the regions that it lies in, the widest first; "": none."""
        region, names = self.region_of(number), list[str]()
        while region in self.now.regions and region not in names:
            names.insert(0, region)
            region = self.now.regions[region].parent
        return " ".join(names)

    def offices_of(self, region: str) -> Sequence[Office]:
        """The nearest first; a region without any has those of its parent."""
        seen: set[str] = set()
        while region in self.now.regions and region not in seen:
            seen.add(region)
            found = self.now.regions[region]
            if found.offices:
                return [self.now.offices[number] for number in found.offices if number in self.now.offices]
            region = found.parent
        return ()

    def class_of(self, *spellings: str) -> CallerClass | None:
        """Of a number, in all the ways in which the shop may have written it (`callserver.wire.numbers.spellings`)."""
        return next((one for one in self.now.callers.values() if not set(spellings).isdisjoint(one.numbers)), None)

    def remarks(self, part: Part, names: Collection[str]) -> Sequence[OrganisationError]:
        """What of these may be a slip."""
        return [one.error() for one in remarks(self.now, self._around(), part, names)]

    # Changes

    def all(self) -> Deferred[Organisation]:
        """As the database has it at this moment."""
        return self._store.read(rules.load)

    def save(
        self, part: Part, name: str, settings: Mapping[str, str], *, new: bool | None = None, by: str | None = None
    ) -> Deferred[Any]:
        """
        Make one or change it; what is not named stays. Fires with it; fails with OrganisationError.

        :param settings: as `forms` reads them
        :param new: as `rules.save`
        :param by: the staff number of who does it; None: somebody at the server's command line
        """
        rule = rules.save, part, name, settings, new, self._around()
        return Deferred.fromCoroutine(self._change("save", part, name, by, *rule, settings=dict(settings)))

    def save_all(
        self, part: Part, wanted: Mapping[str, Mapping[str, str]], *, by: str | None = None
    ) -> Deferred[Sequence[Any]]:
        """Make or change several of one kind, all or none; as `save`."""
        names = ", ".join(wanted)
        plain: dict[str, Value] = {name: dict(settings) for name, settings in wanted.items()}
        rule = rules.save_all, part, wanted, None, self._around()
        return Deferred.fromCoroutine(self._change("save", part, names, by, *rule, settings=plain))

    def delete(self, part: Part, name: str, *, by: str | None = None) -> Deferred[Sequence[Sentence]]:
        """Fires with what to tell who did it; fails with OrganisationError, also for a queue that somebody waits in."""
        return Deferred.fromCoroutine(self._delete(part, name, by))

    async def _delete(self, part: Part, name: str, by: str | None) -> Any:
        n_waiting = self._waiting(name) if part is Part.QUEUE else 0
        if n_waiting:
            raise OrganisationError(
                "callers wait in queue {name}: {n}; let them be served first", name=name, n=n_waiting
            )
        return await self._change("delete", part, name, by, rules.delete, part, name, self._around())

    async def _change(
        self, verb: str, part: Part, name: str, by: str | None, change: Callable[..., Any], *args: Any, **data: Value
    ) -> Any:
        act, target = f"{verb}_{CALLED[part]}", f"{part.value} {name}"
        done = await self._noted.write(act, target, by, change, *args, **data)
        await self.follow()
        return done
