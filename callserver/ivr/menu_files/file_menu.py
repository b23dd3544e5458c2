"""A menu file as the runner sees it: a menu like any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from zope.interface import implementer

from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_files.journey import Journey
from callserver.ivr.menu_files.steps import WrittenMenu
from callserver.ivr.menu_files.switches import Switches


@implementer(IMenu)
@dataclass(frozen=True)
class FileMenu:
    """
    One menu file that can be loaded.

    :param menus: all there are, of files and in Python, that it can lead to
    :param switches: what is otherwise than the files say at the moment
    """

    written: WrittenMenu
    path: Path = Path()
    menus: Mapping[str, IMenu] = field(default_factory=dict, compare=False, repr=False)
    switches: Switches = field(default_factory=Switches, compare=False, repr=False)

    @property
    def name(self) -> str:
        """Its file's, without .ini."""
        return self.written.name

    async def run(self, call: ICall) -> None:
        """Serve one call."""
        await call.answer()
        await Journey(call, self.menus, self.switches).go(self.written)


def led_on(menus: Mapping[str, IMenu], switches: Switches | None = None) -> dict[str, IMenu]:
    """The same menus; those of files lead to these: a call keeps those it has begun with, whatever is read anew."""
    all_: dict[str, IMenu] = {}
    looked_at = switches or Switches()
    for name, menu in menus.items():
        all_[name] = replace(menu, menus=all_, switches=looked_at) if isinstance(menu, FileMenu) else menu
    return all_
