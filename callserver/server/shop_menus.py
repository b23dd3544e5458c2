"""Which menus serve callers: the features', the shop's own, and people in place of those that cannot."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from callserver.config import Config, ConfigError
from callserver.features import Feature
from callserver.ivr.discovery import MenuProblem
from callserver.ivr.interfaces import IMenu
from callserver.server import declarations
from callserver.server.checks.menus import missing_menus, without_menu
from callserver.server.people_only import PeopleOnly
from callserver.server.shop_folder import ShopFolder


class ShopMenus:
    """
    The menus of a running server.

    `serving`: by name, looked into at each call; `problems`: what is wrong with the shop's files. Until `bare` is told,
    the database is not open, and people serve everybody.

    :raises ConfigError: as `find`
    """

    def __init__(self, features: Sequence[Feature], folder: ShopFolder, config: Config) -> None:
        self._features, self._folder = features, folder
        self.serving: dict[str, IMenu] = {}
        self._menus, self.problems = self.find(config)
        self._bare: frozenset[str] | None = None
        self._choose()

    def find(self, config: Config) -> tuple[dict[str, IMenu], list[MenuProblem]]:
        """
        All menus by name, and what is wrong with the shop's files; runs them. Changes nothing.

        :raises ConfigError: lines' menus are not there, and no file is broken that they may be in
        """
        own, problems = declarations.own_menus(self._features, self._folder.plugins(config))
        menus, reading = declarations.menus(self._features, own), self._folder.reading()
        missing = missing_menus(reading, menus)
        if missing and not problems:
            raise ConfigError.of(without_menu(reading, missing, menus))
        return menus, [*problems, *(_no_menu(section, menu) for section, menu in missing.items())]

    def become(self, menus: Mapping[str, IMenu], problems: Sequence[MenuProblem]) -> None:
        """These serve calls from now on."""
        self._menus, self.problems = dict(menus), list(problems)
        self._choose()

    def bare(self, features: Collection[Feature]) -> None:
        """The database is open, and these features have nothing to serve callers from."""
        self._bare = frozenset(menu.name for feature in features for menu in feature.menus)
        self._choose()

    def _choose(self) -> None:
        people = self._menus.keys() if self._bare is None else self._bare
        self.serving.clear()
        self.serving.update(self._menus | {name: PeopleOnly(name) for name in people})


def _no_menu(section: str, menu: str) -> MenuProblem:
    return MenuProblem(
        "{section} menu: no menu {menu}; callers of this line get a person", section=f"[{section}]", menu=repr(menu)
    )
