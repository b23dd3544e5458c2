"""What the features of this server declare, put together."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from callserver.acd.seats.acts import CHANNEL_ACTS, Act
from callserver.calls.call import Call
from callserver.config import ConfigError
from callserver.features import Asked, Feature, Share, Shop
from callserver.ivr.discovery import Found, find_menus
from callserver.ivr.interfaces import IMenu
from callserver.ivr.menu_files.folder import find_menu_files
from callserver.ivr.menu_files.reading import Known
from callserver.ivr.prompts import recorded
from callserver.ivr.texts import Texts
from callserver.server.features import FEATURES
from callserver.wire.messages import Card


def declared(shop: Shop) -> list[Feature]:
    """What each feature brings to this shop."""
    return [importlib.import_module(f"{package}.declaration").declare(shop) for package in FEATURES]


def menus(features: Sequence[Feature], own: Mapping[str, IMenu]) -> dict[str, IMenu]:
    """Every menu by name; the shop's own go before those of features."""
    return {menu.name: menu for feature in features for menu in feature.menus} | dict(own)


def own_menus(features: Sequence[Feature], folders: Sequence[Path], prompts: Sequence[Path], known: Known) -> Found:
    """
    Those of the shop's own files, and what is wrong with them; of two folders' menus of one name the first's.

    :param prompts: the folders of recordings
    :param known: what else menu files may name
    """
    built_in = {menu.name for feature in features for menu in feature.menus}
    places = list(dict.fromkeys(folder.absolute() for folder in folders))
    texts = Texts()
    found = [find_menus(folder, built_in, texts=texts) for folder in places]
    named = {name: menu for one in reversed(found) for name, menu in one.menus.items()}
    files = find_menu_files(places, built_in | named.keys(), built_in, replace(known, prompts=recorded(prompts)), texts)
    where = {name: path for one in (*reversed(found), files) for name, path in one.files.items()}
    problems = [problem for one in (*found, files) for problem in one.problems]
    return Found(named | files.menus, problems, where, texts)


def acts(centre: Mapping[str, Act], features: Sequence[Feature]) -> dict[str, Act]:
    """
    Every act of agents by name.

    :param centre: those of the call centre itself

    :raises ConfigError: two are called alike
    """
    found = dict(centre)
    for feature in features:
        if both := (found.keys() | CHANNEL_ACTS) & feature.acts.keys():
            acts = ", ".join(sorted(both))
            raise ConfigError("feature {feature}: there is an act {acts} already", feature=feature.name, acts=acts)
        found |= feature.acts
    return found


@dataclass(frozen=True)
class Cards:
    """
    Puts an agent's card together; `read` runs in the database's thread.

    :param region_of: a number's, with those it lies in
    """

    features: Sequence[Feature]
    region_of: Callable[[str], str]

    def read(self, asked: Asked) -> list[Share]:
        """The features' shares, in their order."""
        return [feature.card(asked) for feature in self.features if feature.card is not None]

    def card(self, call: Call, queue: str, shares: Sequence[Share]) -> Card:
        """All that is known of a caller; the first feature that knows him says who he is."""
        return Card(
            call.id,
            call.caller.number,
            call.caller.name,
            queue,
            language=call.language,
            identity=next((share.identity for share in shares if share.identity is not None), None),
            parts=tuple(share.part for share in shares if share.part is not None),
            path=tuple(call.path),
            region=self.region_of(call.caller.known_by or ""),
        )
