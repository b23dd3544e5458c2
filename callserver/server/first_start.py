"""A shop's first life begins once, in one transaction: its first staff, and demo goods where they were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from twisted.internet.defer import Deferred, gatherResults

from callserver.acd.organisation.staff_tables import StaffRow
from callserver.acd.organisation.taking_over import take_over
from callserver.acd.staff import passwords
from callserver.acd.staff.rules import Staff, add_staff, everybody, must_change, stored_passwords
from callserver.config import EMULATED, Config
from callserver.features import Feature
from callserver.server.shop_folder import Life, ShopFolder
from callserver.store import reading
from callserver.store.database import Store
from callserver.store.tables import ShopRow, from_ms, to_ms
from callserver.wire.catalogue import LANGUAGES, N_, text
from callserver.wire.rights import Right

SUPERVISOR = "800"
FIRST_STAFF = {SUPERVISOR: N_("Supervisor")} | {f"80{number}": N_("Agent {n}") for number in range(1, 5)}
SUPERVISOR_RIGHTS = frozenset(Right) - {Right.ANSWER_QUEUED}  # he is not rung for callers unless he is given that, too
AGENT_RIGHTS = frozenset(
    {Right.ANSWER_INTERNAL, Right.ANSWER_QUEUED, Right.PICK_UP, Right.DIAL_INTERNAL, Right.DIAL_LOCAL}
)

T = TypeVar("T")
InThread = Callable[..., Deferred[T]]


def wants_demo(config: Config) -> bool:
    """Who has emulated lines and no others wants to try it: no caller can take what is said for a real offer."""
    return bool(config.lines) and all(line.device == EMULATED for line in config.lines.values())


async def begin(
    store: Store, features: Sequence[Feature], folder: ShopFolder, config: Config, new: Life, in_thread: InThread[Any]
) -> Life:
    """
    The shop's life as its database has it, begun if this is its first start.

    Killed at any moment before the commit nothing has happened; after it everything. The folder is told last: a
    database that has lived tells it again.

    :param new: its name, birthday and place, if it is born now; those of the folder go before
    """
    known = folder.life()
    life = await store.read(_life, new.database)
    if life is None and known is None and not await store.read(_has_lived):
        first = folder.make_first_passwords(tuple(FIRST_STAFF))
        kept = await gatherResults([in_thread(passwords.stored, first[number]) for number in FIRST_STAFF])
        people = [(_first_staff(number), stored) for number, stored in zip(FIRST_STAFF, kept, strict=True)]
        demo = wants_demo(config)
        furnish = [feature.furnish for feature in features if feature.furnish is not None and demo]
        life = replace(new, demo=demo)
        await store.write(_begin, life, people, [partial(load, new.born) for load in furnish])
    elif life is None:  # of an older version, or begun anew after a loss
        life = replace(known if known is not None and known.shop else new, database=new.database)
        await store.write(_begin, life, [], [])
    await store.write(take_over, config.queues)
    if life != known:
        folder.keep_life(life)
    if folder.shared_password:
        await _retire(folder.shared_password, store, in_thread)
        folder.forget_shared_password()
    folder.forget_first_passwords(but=await store.read(_to_change))
    return life


async def _retire(shared: str, store: Store, in_thread: InThread[bool]) -> None:
    """Version 0.1 gave everybody one password, in a file: who still has it must choose his own at the next log-in."""
    for number, kept in await store.read(stored_passwords):
        if await in_thread(passwords.matches, shared, kept):
            await store.write(must_change, number)


def _first_staff(number: str) -> Staff:
    names = " ".join(text(language, FIRST_STAFF[number], n=number[-1]) for language in LANGUAGES)
    return Staff(number, names, SUPERVISOR_RIGHTS if number == SUPERVISOR else AGENT_RIGHTS, must_change=True)


# In the database thread


def _life(place: str) -> Life | None:
    row = ShopRow.get_or_none()
    return None if row is None else Life(row.id, from_ms(row.born_ms), place, row.demo)


def _has_lived() -> bool:
    """A database of an older version says so by what is in it."""
    return bool(everybody() or reading.list_calls(1))


def _to_change() -> list[str]:
    return [person.number for person in everybody() if person.must_change]


def _begin(life: Life, people: Sequence[tuple[Staff, str]], furnish: Sequence[Callable[[], object]]) -> None:
    for load in furnish:
        load()
    for person, stored in people:
        add_staff(person, stored)
    ShopRow.create(id=life.shop, born_ms=to_ms(life.born), demo=life.demo)


def settle_in() -> None:
    """The first staff keep their first passwords: for a shop that lasts an hour and serves nobody (`store.write`)."""
    StaffRow.update(must_change=False).execute()
