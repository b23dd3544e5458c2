"""What recordings bring to the server."""

from __future__ import annotations

from callserver.features import Feature, Shop
from callserver.features.recordings.archive import Archive
from callserver.features.recordings.compressor import Compressor
from callserver.features.recordings.desk import RecordingsDesk
from callserver.features.recordings.judge import Judge
from callserver.features.recordings.keeper import Keeper
from callserver.features.recordings.keeping import Keeping
from callserver.features.recordings.records import Records

FOLDER = "recordings"


def declare(shop: Shop) -> Feature:
    """Acts of agents, and what looks after the files."""
    if shop.house is None:
        return Feature("recordings")
    house = shop.house
    archive = Archive(house.folder / FOLDER, house.folder)
    judge, records = Judge(house.rights, shop.store, shop.events), Records(shop.store, shop.events)
    desk = RecordingsDesk(judge, records, archive, house.in_thread)
    keeping = Keeping.of(shop.config.recording)
    world = house.clock, shop.store, shop.events, archive, house.in_thread, keeping
    services = [Keeper(*world), *([Compressor(*world)] if keeping.compress != "no" else ())]
    return Feature("recordings", acts=desk.acts(), services=tuple(services))
