"""What phone shopping brings to the server."""

from callserver.features import Asked, Feature, Share, Shop
from callserver.features.shopping import sample
from callserver.features.shopping.desk import customer_card
from callserver.features.shopping.flow import ShopMenu


def declare(shop: Shop) -> Feature:
    """The shop's menu, its customers on the agent's card, its demo goods, its orders until they are booked."""
    config = shop.config
    menu = ShopMenu(
        shop.store,
        shop.events,
        announce_recording=config.recording.announce,
        country=config.exchange.country,
        choice=shop.choice,
        zone=config.server.zone,
    )

    def card(asked: Asked) -> Share:
        number, country, zone = asked.caller_number, config.exchange.country, config.server.zone
        return Share(*customer_card(number, asked.call_id, asked.now, country, zone))

    return Feature(
        "shopping", menus=(menu,), card=card, furnish=sample.load, bare=sample.bare, services=(menu.bookings,)
    )
