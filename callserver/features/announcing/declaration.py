"""What announcers bring to the server."""

from typing import Any

from callserver.features import Feature, Shop
from callserver.features.announcing.flow import PromptsMenu
from callserver.features.announcing.studio import Studio


def declare(shop: Shop) -> Feature:
    """The menu in which prompts are recorded."""
    house = shop.house
    if house is None:
        nothing: Any = None  # only its name is looked at
        return Feature("announcing", menus=(PromptsMenu(nothing, nothing, nothing, nothing),))
    studio = Studio(house.folder, house.prompt_folders, house.known_texts, house.plan, house.in_thread)
    return Feature("announcing", menus=(PromptsMenu(studio, shop.events, house.log_in, house.rights),))
