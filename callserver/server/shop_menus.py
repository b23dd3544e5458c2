"""Which menus serve callers: the features', the shop's own, and people in place of those that cannot."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from callserver.config import Config, ConfigError, Grade
from callserver.features import Feature
from callserver.ivr.discovery import Found, MenuProblem
from callserver.ivr.interfaces import IMenu
from callserver.ivr.menu_files.file_menu import led_on
from callserver.ivr.menu_files.switches import Switches
from callserver.server import declarations
from callserver.server.checks.menus import all_menus, missing_menus, without_menu
from callserver.server.checks.stored import accepted_menus
from callserver.server.people_only import PeopleOnly, PeopleUntil
from callserver.server.shop_folder import ShopFolder


class ShopMenus:
    """
    The menus of a running server.

    `serving`: by name, as files were found last; `found`: that; `built_in`: the server's own; `switches`: what is
    otherwise than files say at the moment; `problems`: what is wrong with the shop's files. Until `bare` is told, the
    database is not open, and people serve everybody.

    :param found: what a look at the files has found already: they are run once
    :raises ConfigError: lines' menus are not there, and no file is broken that they may be in
    """

    def __init__(
        self, features: Sequence[Feature], folder: ShopFolder, config: Config, found: Found | None = None
    ) -> None:
        self._features, self._folder = features, folder
        self.serving: dict[str, IMenu] = {}
        self.switches = Switches()
        self._bare: frozenset[str] | None = None
        self.become(self._with_features(found) if found is not None else self.find(config))
        reading = folder.reading()
        missing = list(without_menu(reading, Found(self._menus, self._broken), accepted_menus(reading, folder)))
        if any(one.grade is Grade.STOPS for one in missing):
            raise ConfigError.of(missing)

    def find(self, config: Config) -> Found:
        """All menus by name, and what is wrong with the shop's files; runs them. Changes nothing."""
        return all_menus(config, self._folder, self._features)

    def become(self, found: Found) -> None:
        """These serve calls from now on."""
        self.found, self._menus, self._broken = found, dict(found.menus), found.problems
        self.problems = self.problems_with(found)
        self._choose()

    def problems_with(self, found: Found) -> list[MenuProblem]:
        """What is wrong with the files, and which lines are without their menu therefore."""
        missing = missing_menus(self._folder.reading(), found.menus)
        return [*found.problems, *(_no_menu(section, menu) for section, menu in missing.items())]

    def bare(self, features: Collection[Feature]) -> None:
        """The database is open, and these features have nothing to serve callers from; told anew when they have."""
        self._bare = frozenset(menu.name for feature in features for menu in feature.menus)
        self._choose()

    def _choose(self) -> None:
        menus = {name: self._or_people(name, menu) for name, menu in self._menus.items()}
        own = {menu.name for feature in self._features for menu in feature.menus}
        self.built_in = {name: menus[name] for name in own}
        self.serving.clear()
        self.serving.update(led_on(menus, self.switches))

    def _or_people(self, name: str, menu: IMenu) -> IMenu:
        if self._bare is None:
            return PeopleOnly(name)
        return PeopleUntil(menu, lambda: name in (self._bare or ())) if name in self._bare else menu

    def _with_features(self, found: Found) -> Found:
        """The features' menus are those of this server; those of the look before had no database."""
        return found._replace(menus=found.menus | declarations.menus(self._features, {}))


def _no_menu(section: str, menu: str) -> MenuProblem:
    return MenuProblem(
        "{section} menu: no menu {menu}; callers of this line get a person", section=f"[{section}]", menu=repr(menu)
    )
