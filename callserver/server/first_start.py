"""An empty shop gets demo goods and its first staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from callserver.acd.staff import StaffBook
from callserver.features import Feature
from callserver.server.shop_folder import ShopFolder
from callserver.store.database import Store
from callserver.wire.catalogue import LANGUAGES, N_, text
from callserver.wire.rights import Right

FIRST_STAFF = {"800": N_("Supervisor")} | {f"80{number}": N_("Agent {n}") for number in range(1, 5)}
AGENT_RIGHTS = frozenset(
    {Right.ANSWER_INTERNAL, Right.ANSWER_QUEUED, Right.PICK_UP, Right.DIAL_INTERNAL, Right.DIAL_LOCAL}
)


async def furnish(
    store: Store, staff: StaffBook, features: Sequence[Feature], folder: ShopFolder, now: datetime
) -> None:
    """Each feature's demo data where it has none, and the first staff where there is nobody."""
    for feature in features:
        if feature.furnish is not None:
            await store.write(feature.furnish, now)
    if await staff.everybody():
        return
    password = folder.first_password()
    for number, name in FIRST_STAFF.items():
        names = " ".join(text(language, name, n=number[-1]) for language in LANGUAGES)
        await staff.add(number, names, password, frozenset(Right) if number == "800" else AGENT_RIGHTS)
