"""What phone shopping brings to the server."""

from callserver.features import Asked, Feature, Share, Shop
from callserver.features.shopping import sample
from callserver.features.shopping.desk import customer_card
from callserver.features.shopping.flow import ShopMenu


def declare(shop: Shop) -> Feature:
    """The shop's menu, its customers on the agent's card, its demo goods."""
    announce = shop.config.recording.announce
    menu = ShopMenu(shop.store, shop.events, announce_recording=announce, choice=shop.choice)
    return Feature("shopping", menus=(menu,), card=_card, furnish=sample.load, bare=sample.bare)


def _card(asked: Asked) -> Share:
    return Share(*customer_card(asked.caller_number, asked.call_id, asked.now))
