"""What the shop's interface brings to the server."""

from __future__ import annotations

from callserver.features import Feature, Shop
from callserver.features.shopping.web.service import InterfaceService


def declare(shop: Shop) -> Feature:
    """HTTP for other programs, where the settings open it."""
    house = shop.house
    if house is None or not shop.config.interface.enabled:
        return Feature("interface")
    return Feature("interface", services=(InterfaceService(shop, house.clock, house.alarm, house.door),))
