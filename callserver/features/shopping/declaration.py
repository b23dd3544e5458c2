"""What phone shopping brings to the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.application.service import IService
from twisted.internet.defer import Deferred, maybeDeferred

from callserver.acd.seats.acts import Act
from callserver.acd.seats.looks import Looks
from callserver.features import Asked, Feature, Share, Shop
from callserver.features.shopping import proofs, sample
from callserver.features.shopping.booking import Bookings
from callserver.features.shopping.customer_desk import CustomerDesk
from callserver.features.shopping.desk import customer_card
from callserver.features.shopping.flow import news
from callserver.features.shopping.flow.counter import Premises
from callserver.features.shopping.flow.menu import ShopMenu
from callserver.features.shopping.old_proofs import OldProofs
from callserver.features.shopping.order_desk import OrderDesk
from callserver.features.shopping.rules import telephones_of
from callserver.features.shopping.selling import Selling
from callserver.features.shopping.teller import Teller
from callserver.media.vault import Vault

RECORDINGS = "recordings"  # in the shop's folder


def declare(shop: Shop) -> Feature:
    """The shop's menu, its customers on the agent's card, its demo goods, its orders until they are booked."""
    config, house = shop.config, shop.house
    country, zone = config.exchange.country, config.server.zone
    in_thread = house.in_thread if house is not None else _at_once
    premises = Premises(shop.store, lambda: shop.events.now(), country, zone, in_thread)
    bookings = Bookings(shop.store, shop.events, shop.choice, country)
    services: list[IService] = [bookings]
    may_call: Callable[[str], bool] = _nobody
    if house is not None:
        teller = Teller(house, shop.store, shop.events, config.shop, zone, news.NAME, shop.choice)
        vault = Vault(house.folder / proofs.FOLDER, house.folder, config.recording.encrypt)
        recordings = Vault(house.folder / RECORDINGS, house.folder)
        cutter = proofs.Proofs(shop.store, shop.events, recordings, vault, in_thread)
        old = OldProofs(config.recording, shop.events, vault, in_thread, house.clock)
        services, may_call = [bookings, cutter, old, teller], teller.may_call
    menu = ShopMenu(
        premises,
        shop.events,
        bookings,
        announce_recording=config.recording.announce,
        choice=shop.choice,
        may_call=may_call,
    )

    def card(asked: Asked) -> Share:
        shown, number = menu.identity(asked.call_id), asked.caller_number
        is_named = menu.visitors.is_named(asked.call_id)
        return Share(*customer_card(number, asked.call_id, asked.now, country, zone, shown, is_named=is_named))

    return Feature(
        "shopping",
        menus=(menu, news.NewsMenu(premises)),
        acts=_acts(shop, menu, bookings),
        card=card,
        furnish=sample.load,
        bare=sample.bare,
        telephones=telephones_of,
        services=tuple(services),
    )


def _acts(shop: Shop, menu: ShopMenu, bookings: Bookings) -> dict[str, Act]:
    """What agents may do in the shop."""
    store, events, choice, looks = shop.store, shop.events, shop.choice, Looks(shop.events)
    country, zone = shop.config.exchange.country, shop.config.server.zone
    customers = CustomerDesk(store, events, menu.visitors, looks, choice, country, zone)
    orders = OrderDesk(store, events, looks, choice)
    selling = Selling(store, events, bookings, menu.visitors, looks, choice, country)
    return selling.acts() | customers.acts() | orders.acts()


def _at_once(job: Callable[..., Any], *arguments: Any) -> Deferred[Any]:
    """Where only menus are looked at, and nobody waits."""
    return maybeDeferred(job, *arguments)


def _nobody(number: str) -> bool:
    return False
