"""A shop's menus for trials: with its settings, its prompts and its database as it is, at any moment."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from callserver.calls.event_log import EventLog
from callserver.config import nearest
from callserver.features import Shop
from callserver.ivr.discovery import MenuProblem
from callserver.ivr.interfaces import IMenu, Prompt, Spoken
from callserver.ivr.loading import loads
from callserver.ivr.loading.revival import revive
from callserver.ivr.loading.version import BUILT_IN, MenuVersion, names_from, version_of
from callserver.ivr.menu_files.file_menu import FileMenu, led_on
from callserver.ivr.menu_files.folder import menu_files
from callserver.ivr.menu_files.ini import name_of
from callserver.ivr.menu_files.reading import Known
from callserver.ivr.menu_files.switches import Switches
from callserver.ivr.paths.again import Again
from callserver.ivr.paths.replay import Ask
from callserver.ivr.prompts import Prompts
from callserver.ivr.trying.beside import Outcome
from callserver.ivr.trying.call import TryCall
from callserver.ivr.trying.keys import Script
from callserver.ivr.trying.run import run_menu
from callserver.lines.interfaces import Caller
from callserver.server import declarations
from callserver.server.checks.menus import outside
from callserver.server.checks.organisation import known_places
from callserver.server.shop_folder import ShopFolder
from callserver.store.database import Store
from callserver.store.tried import TriedStore
from callserver.wire.catalogue import Complaint
from callserver.wire.records import CallRecord, EventRecord


class NoBook:
    """A CallBook that keeps nothing."""

    def open_call(self, record: CallRecord) -> Deferred[None]:
        return succeed(None)

    def change_call(self, call_id: str, **fields: object) -> None: ...

    def write(self, event: EventRecord) -> None: ...


class Trial:
    """
    All menus of a shop, the server's own and the shop's.

    :param live: on the shop's database itself, so that something can be kept
    `menus` by name; `problems`: what is wrong with the files; `zone`: of the shop's wall clock
    """

    def __init__(self, folder: ShopFolder, *, live: bool = False) -> None:
        reading = folder.reading()
        config = reading.config
        self.zone, self._outside = config.server.zone, outside(config)
        self._now = datetime.now(UTC)
        self._places = known_places(reading, folder)  # before the store: a process has one database, the last opened
        clock = Clock()
        self._store = TriedStore(folder.database(config), clock, live=live)
        events = EventLog(NoBook(), clock, config.server.node, lambda: self._now)
        features = declarations.declared(Shop(config, cast(Store, self._store), events, secrets.choice))
        found = declarations.own_menus(features, folder.plugins(config), folder.prompts(config), self._outside)
        self.found = found
        self.folders = folder.plugins(config)
        self.menus: Mapping[str, IMenu] = led_on(declarations.menus(features, found.menus))
        self.prompts = Prompts(folder.prompts(config))
        self.prompts.load()
        if self._store.is_new:
            for feature in features:
                if feature.furnish is not None:
                    feature.furnish(self._now)

    def close(self) -> None:
        """Nothing of it stays."""
        self._store.close()

    def problems_of(self, menu: str) -> list[MenuProblem]:
        """What is wrong with a menu's file, and with those it leads to; not with others."""
        names = names_from(menu, self.menus)
        files = {str(self.found.files[name]) for name in names if name in self.found.files}
        return [one for one in self.found.problems if one.file in files or name_of(Path(one.file).stem) in names]

    def call(
        self,
        menu: str,
        script: Script,
        at: datetime,
        number: str = "",
        outcomes: Mapping[str, str] | None = None,
        *,
        keep: bool = False,
    ) -> Outcome:
        """
        Somebody calls a menu; what it writes is rolled back, unless it is to be kept.

        :param at: by the shop's wall clock, or aware
        :param outcomes: of hand-overs: "queue operator" -> "no_agent"
        """
        return self._run(self.menus[menu], script, at, number, outcomes, keep=keep)

    def version_of(self, menu: str) -> str:
        """
        Of a menu as its files are now.

        :raises Complaint: there is no such menu
        """
        if menu not in self.menus:
            raise Complaint("no menu {menu}; {hint}", menu=repr(menu), hint=nearest(menu, self.menus))
        version = version_of(menu, self.found)
        return version.name if version is not None else BUILT_IN

    def asked(self, menu: str) -> Ask:
        """Make a call of before once more, with a menu as it is now."""
        return partial(self._again, menu, self.menus)

    def asked_before(self, menu: str, version: str) -> Ask | None:
        """The same with a version that it had; None: nobody has kept that, or it cannot be used any more."""
        found: list[MenuVersion | None] = []
        self._store.read(loads.version, version).addCallback(found.append)
        if not found or found[0] is None:
            return None
        own = {name: one for name, one in self.menus.items() if name not in self.found.files}
        try:
            menus = revive(found[0], own, Switches())
        except MenuProblem:
            return None
        return partial(self._again, menu, menus)

    def _again(self, menu: str, menus: Mapping[str, IMenu], call: Again) -> Outcome:
        served = menus[menu]
        if isinstance(served, FileMenu):
            inside = {name: one if isinstance(one, FileMenu) else call.inside(name) for name, one in menus.items()}
            served = led_on(inside)[menu]
        return self._run(served, call.script, call.at, call.caller, call.outcomes)

    def _run(
        self, menu: IMenu, script: Script, at: datetime, number: str, outcomes: Mapping[str, str] | None, *,
        keep: bool = False,
    ) -> Outcome:  # fmt: skip
        at = at.replace(tzinfo=self.zone) if at.tzinfo is None else at.astimezone(self.zone)
        caller = Caller(number or None, withheld=not number)
        call = TryCall(script, at, caller, outcomes, self._places.queues, self.text, self.sentence)
        self._now = at.astimezone(UTC)
        with self._store.trial(keep=keep):
            ended = run_menu(menu, call)
            return Outcome(ended, call.trace, dict(self._store.changes))

    def text(self, language: str, prompt: Prompt) -> str:
        """What a prompt says."""
        if isinstance(prompt, Spoken):
            return prompt.text
        own, _, name = str(prompt).rpartition("/")
        return self.prompts.text(own or language, name)

    def sentence(self, language: str, prompt: Prompt) -> str:
        """The same of a sentence; "" of a piece of a number, and of a name."""
        name = str(prompt).rpartition("/")[2]
        return self.text(language, prompt) if not isinstance(prompt, Spoken) and self.prompts.is_sentence(name) else ""

    def known(self) -> Known:
        """What a menu file may name here."""
        files = {name_of(path.stem) for folder in self.folders for path in menu_files(folder)}
        plugins = [name for name, menu in self.menus.items() if not isinstance(menu, FileMenu)]
        there = replace(self._outside, queues=self._places.queues, offices=self._places.offices)
        return replace(there, menus=files, plugins=plugins, prompts=self.prompts.names)
