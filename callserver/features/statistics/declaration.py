"""What statistics bring to the server."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from callserver.features import Feature, Shop
from callserver.features.statistics import keeping
from callserver.features.statistics.child import Task
from callserver.features.statistics.children import Children
from callserver.features.statistics.desk import StatisticsDesk, shop_day
from callserver.features.statistics.keeping_up import KeepingUp
from callserver.features.statistics.request import Request
from callserver.features.statistics.timetable import Timetable
from callserver.features.statistics.wallboard import Wallboard


def declare(shop: Shop) -> Feature:
    """Reports for agents, tables that follow the log, the day sheet at its time."""
    if shop.house is None:
        return Feature("statistics")
    house, server = shop.house, shop.config.server
    children = Children(house.in_thread)
    database = server.database if "://" in server.database else str(house.folder / server.database)

    def make(request: Request) -> Deferred[Any]:
        task = Task(database, shop.config.exchange.country, server.time_zone, shop.config.fax.name, request.told())
        return children.ask(task)

    desk = StatisticsDesk(make, house.rights, shop.events, today=lambda: shop_day(shop.events.now(), server.zone))
    keeping_up = KeepingUp(house.clock, shop.store, shop.config.exchange.country)
    timetable = Timetable(
        house.clock,
        shop.events.now,
        lambda: server.zone,
        shop.config.statistics,
        make,
        house.mail,
        house.post,
        house.alarm,
        lambda: shop.store.read(keeping.last_seen),
    )
    wallboard = Wallboard(
        shop.store,
        shop.config.exchange.country,
        house.floor,
        shop.events.now,
        lambda: server.zone,
        house.clock.seconds,
    )
    return Feature("statistics", acts=desk.acts() | wallboard.acts(), services=(keeping_up, timetable))
