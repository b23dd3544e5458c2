"""
The same thing sent twice is done once: what a program names by an id of its own is kept with its answer.

In one transaction with what is done: after a crash both are there or neither. The same id with something else in it is
a mistake of the program, and refused.

Ids are remembered for KEPT_DAYS, so that they do not fill the database: each new one takes away some that are older.
An order and a reservation have their id as long as they are there, and are done once for ever; what moves stock is done
again under an id that is older.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from callserver.features.shopping.web.fields import Text
from callserver.features.shopping.web.operations import Asked, Json, conflict
from callserver.features.shopping.web.tables import Seen
from callserver.store.tables import to_ms
from callserver.wire.catalogue import Complaint

EXTERNAL_ID = Text(
    "your own id: what is sent again under it is done once", 64, form="[A-Za-z0-9._:-]+", example="web-20260302-1"
)
KEPT_DAYS = 90
FORGOTTEN_AT_ONCE = 20  # more than come: what was left by a busier time goes, and no request waits for it


def once(kind: str, asked: Asked, do: Callable[[], Json]) -> Json:
    """
    Do it, unless it was done under this id before; the answer of the first time.

    :raises Problem: the id was used for something else
    """
    external_id = asked.body["external_id"]
    fingerprint = _digest(asked.body)
    before = Seen.get_or_none(Seen.kind == kind, Seen.external_id == external_id)
    if before is None:
        answer = do()
        _forget_older(asked.now)
        Seen.create(
            kind=kind,
            external_id=external_id,
            digest=fingerprint,
            answer=json.dumps(answer, ensure_ascii=False),
            at_ms=to_ms(asked.now),
        )
        return answer
    if before.digest != fingerprint:
        complaint = Complaint("{id} was sent before with something else in it", id=external_id)
        raise conflict("other_content", complaint, "external_id")
    return json.loads(before.answer)


def _forget_older(now: datetime) -> None:
    """The oldest are the first: this costs a look at some rows."""
    too_old_ms = to_ms(now - timedelta(days=KEPT_DAYS))
    oldest = Seen.select(Seen.id, Seen.at_ms).order_by(Seen.id).limit(FORGOTTEN_AT_ONCE)
    gone = [row.id for row in oldest if row.at_ms < too_old_ms]
    if gone:
        Seen.delete().where(Seen.id.in_(gone)).execute()


def _digest(body: Any) -> str:
    return sha256(json.dumps(body, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
