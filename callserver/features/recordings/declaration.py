"""What recordings bring to the server."""

from __future__ import annotations

from typing import Any

from callserver.features import Feature, Shop
from callserver.features.recordings.archive import Archive
from callserver.features.recordings.compressor import Compressor
from callserver.features.recordings.desk import RecordingsDesk
from callserver.features.recordings.flow import RecorderMenu, RecordingsMenu
from callserver.features.recordings.judge import Judge
from callserver.features.recordings.keeper import Keeper
from callserver.features.recordings.keeping import Depot, Keeping
from callserver.features.recordings.records import Records

FOLDER = "recordings"


def declare(shop: Shop) -> Feature:
    """Acts of agents, two menus, and what looks after the files."""
    if shop.house is None:
        nothing: Any = None  # only their names are looked at
        return Feature("recordings", menus=(RecordingsMenu(nothing, nothing, nothing, nothing), RecorderMenu()))
    house = shop.house
    archive = Archive(house.folder / FOLDER, house.folder)
    judge, records = Judge(house.rights, shop.store, shop.events), Records(shop.store, shop.events)
    desk = RecordingsDesk(judge, records, archive, house.in_thread)
    keeping = Keeping.of(shop.config.recording)
    depot = Depot(house.clock, shop.store, shop.events, archive, house.in_thread, keeping)
    services = [Keeper(depot), *([Compressor(depot)] if keeping.compress != "no" else ())]
    menus = RecordingsMenu(judge, archive, house.in_thread, house.log_in), RecorderMenu()
    return Feature("recordings", menus=menus, acts=desk.acts(), services=tuple(services))
