"""What contacts bring to the server."""

from __future__ import annotations

from callserver.acd.seats.looks import Looks
from callserver.features import Feature, Shop
from callserver.features.contacts.desk import ContactsDesk
from callserver.features.contacts.missed import MissedDesk
from callserver.features.contacts.talking import Talking


def declare(shop: Shop) -> Feature:
    """Acts of agents, and what waits for who logs in."""
    house = shop.house
    if house is None:
        return Feature("contacts")
    desk = ContactsDesk(shop.store, shop.events, house.settings, house.telephones, Looks(shop.events))
    talking = Talking(shop.store, shop.events, house.tell, house.rights, house.members)
    missed = MissedDesk(shop.store, shop.events, lambda: house.settings().exchange.country, house.rights)
    return Feature("contacts", acts=desk.acts() | talking.acts() | missed.acts(), arrived=talking.arrived)
