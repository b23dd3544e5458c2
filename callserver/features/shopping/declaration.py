"""What phone shopping brings to the server."""

from functools import partial

from callserver.features import Asked, Feature, Share, Shop
from callserver.features.shopping import sample
from callserver.features.shopping.desk import customer_card
from callserver.features.shopping.flow import ShopMenu


def declare(shop: Shop) -> Feature:
    """The shop's menu, its customers on the agent's card, its demo goods."""
    announce, country = shop.config.recording.announce, shop.config.exchange.country
    menu = ShopMenu(shop.store, shop.events, announce_recording=announce, country=country, choice=shop.choice)
    return Feature("shopping", menus=(menu,), card=partial(_card, country), furnish=sample.load)


def _card(country: str, asked: Asked) -> Share:
    return Share(*customer_card(asked.caller_number, asked.call_id, asked.now, country))
