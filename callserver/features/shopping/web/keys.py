"""
Keys of programs: made and revoked in the database, known to the server in a living copy.

A key is asked for at every act. The copy follows the database within two seconds, so a key that is revoked by
`callserver interface` opens nothing two seconds later; a key is known before a byte of what a program sends is read.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.features.shopping.web.scopes import Scope
from callserver.features.shopping.web.tables import KeyRow
from callserver.store.database import Store
from callserver.store.following import Follower
from callserver.store.tables import from_ms, to_ms
from callserver.wire.catalogue import Complaint

log = Logger()

MARK = "cs_"  # by which a key is known for one, also to programs that look for keys where none should be
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class KeyFault(Complaint):
    """What was asked of the keys cannot be done."""


@dataclass(frozen=True)
class Key:
    """One program, and what it may do."""

    name: str
    scopes: frozenset[Scope]
    made_at: datetime
    revoked_at: datetime | None = None


def digest(secret: str) -> str:
    """What is kept of a key."""
    return sha256(secret.encode()).hexdigest()


def make_key(name: str, scopes: Collection[Scope], now: datetime, token: Callable[[], str] | None = None) -> str:
    """
    A new key; run in `store.write`.

    :return: the key itself, which is told this once
    :raises KeyFault: there is one of this name, or it is no name
    """
    named(name)
    if KeyRow.get_or_none(KeyRow.name == name) is not None:
        raise KeyFault("there is a key {name} already; a name is used once, so that old records stay true", name=name)
    secret = MARK + (token or _token)()
    KeyRow.create(name=name, digest=digest(secret), scopes=" ".join(sorted(scopes)), made_ms=to_ms(now))
    return secret


def named(name: str) -> str:
    """
    A name as keys and targets have it.

    :raises KeyFault: it is none
    """
    if not NAME.fullmatch(name):
        raise KeyFault("{name}: a name has 1 to 32 of a-z, 0-9, - and _", name=repr(name[:40]))
    return name


def revoke_key(name: str, now: datetime) -> None:
    """
    It opens nothing any more; run in `store.write`.

    :raises KeyFault: there is none of this name, or it is revoked
    """
    wanted = (KeyRow.name == name) & KeyRow.revoked_ms.is_null()
    if KeyRow.update(revoked_ms=to_ms(now)).where(wanted).execute() != 1:
        raise KeyFault("there is no key {name}, or it is revoked already", name=name)


def all_keys() -> list[Key]:
    """Those revoked too; run in `store.read`."""
    return [_key(row) for row in KeyRow.select().order_by(KeyRow.made_ms, KeyRow.name)]


def good_keys() -> dict[str, Key]:
    """Those that open something, by their digests; run in `store.read`."""
    return {row.digest: _key(row) for row in KeyRow.select().where(KeyRow.revoked_ms.is_null())}


class KeyRing(Follower):
    """
    The keys as the server knows them at this moment.

    `were_read`: whether it knows any; before the first look nobody can be told that his key is wrong.
    """

    def __init__(self, store: Store, clock: IReactorTime) -> None:
        super().__init__(clock)
        self._store = store
        self._keys: dict[str, Key] = {}
        self.were_read = False

    async def follow(self) -> None:
        """Bring the copy up to date; a database that does not answer leaves it as it is: it lets no act happen."""
        try:
            self._keys = await self._store.read(good_keys)
            self.were_read = True
        except Exception:
            log.failure("the keys of programs cannot be read")

    def find(self, secret: str) -> Key | None:
        """Whose it is; None if it opens nothing."""
        return self._keys.get(digest(secret))


def _token() -> str:
    return secrets.token_urlsafe(32)


def _key(row: KeyRow) -> Key:
    revoked = None if row.revoked_ms is None else from_ms(row.revoked_ms)
    return Key(row.name, _scopes(row.scopes.split()), from_ms(row.made_ms), revoked)


def _scopes(words: Sequence[str]) -> frozenset[Scope]:
    """Those of a newer server are not known here, and allow nothing."""
    return frozenset(scope for scope in Scope if scope.value in words)
