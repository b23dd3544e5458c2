"""A menu file as the runner sees it: a menu like any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from zope.interface import implementer

from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_files.journey import Journey
from callserver.ivr.menu_files.steps import WrittenMenu


@implementer(IMenu)
@dataclass(frozen=True)
class FileMenu:
    """
    One menu file that can be loaded.

    :param menus: all there are, of files and in Python, that it can lead to
    """

    written: WrittenMenu
    path: Path = Path()
    menus: Mapping[str, IMenu] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """Its file's, without .ini."""
        return self.written.name

    async def run(self, call: ICall) -> None:
        """Serve one call."""
        await call.answer()
        await Journey(call, self.menus).go(self.written)


def led_on(menus: Mapping[str, IMenu]) -> dict[str, IMenu]:
    """The same menus; those of files lead to these: a call keeps those it has begun with, whatever is read anew."""
    all_: dict[str, IMenu] = {}
    all_.update(
        (name, replace(menu, menus=all_) if isinstance(menu, FileMenu) else menu) for name, menu in menus.items()
    )
    return all_
