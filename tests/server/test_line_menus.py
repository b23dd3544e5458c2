"""Menus are loaded line by line while calls go on; a start takes what was accepted last, never a half-edited file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from shutil import copy
from types import MappingProxyType
from unittest.mock import patch

import numpy as np
from peewee import OperationalError
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.offices.cases import list_cases
from callserver.acd.organisation.forms import OrganisationError
from callserver.acd.organisation.parts import Part
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import Phone
from callserver.emulator.script_run import ScriptEvent, run_script
from callserver.ivr.loading import loads, switching
from callserver.ivr.loading.loads import Load, Service
from callserver.ivr.loading.version import MenuVersion, version_of
from callserver.ivr.menu_files.switches import Notice, Switch
from callserver.ivr.paths.walked import walked
from callserver.wire.alarms import alarm_text
from callserver.wire.catalogue import told
from callserver.wire.records import EventRecord
from callserver.wire.states import LineState
from tests.dsp.progress.test_answer import voice
from tests.whole.virtual_shop import VirtualShop

EXAMPLES = Path(__file__).parents[1] / "ivr" / "menu_files"
FOLLOWED_S = 2.5
OUTSIDE, OFFICE = "62345678", "62345679"
DIAL = "caller {number}\ndial 8008\nwait answer\n"
NEXT = "wait silence 1.2 within 60\n"
PYTHON = """
from zope.interface import implementer
from callserver.ivr.interfaces import IMenu

@implementer(IMenu)
class Words:
    name = "words"
    async def run(self, call):
        await call.play("{prompt}")

words = Words()
"""


class LineMenusCase(SynchronousTestCase):
    def open(self, n_lines: int = 2, menu: str = "front", settings: Mapping[str, str] = MappingProxyType({})) -> None:
        """A shop with the three menus of the manual."""
        self.plugins = Path(self.mktemp()).absolute()
        self.plugins.mkdir()
        for example in EXAMPLES.glob("*.ini"):
            copy(example, self.plugins)
        own = {"plugins = plugins": f"plugins = {self.plugins}", "menu = shop": f"menu = {menu}"}
        zone = {"time_zone =": "time_zone = Asia/Shanghai"}
        self.shop = VirtualShop(self, n_lines, settings={**own, **zone, **settings})

    @property
    def menus(self) -> dict[int, tuple[str, str]]:
        """What each line has."""
        bound = self.shop.server.line_menus.bound
        return {number: (one.load.menu, one.load.version) for number, one in bound.items()}

    def version(self, menu: str) -> MenuVersion:
        """Of a menu as its files are now."""
        server = self.shop.server
        found = version_of(menu, server.menus.find(server.config))
        assert found is not None
        return found

    def load(self, menu: str, *lines: int, version: MenuVersion | None = None) -> MenuVersion:
        """As the command does it when all is proved."""
        made = version or self.version(menu)
        self.write_load(menu, made.name, made, *lines)
        return made

    def write_load(self, menu: str, name: str, version: MenuVersion | None, *lines: int) -> None:
        server = self.shop.server
        for line in lines:
            load = Load(line, menu, name, server.config.lines[line].menu, server.events.now())
            self.shop.until(server.store.write(loads.load, load, version))
        self.shop.wait(FOLLOWED_S)

    def change(self, name: str, before: str, after: str) -> None:
        """A file is saved."""
        file = self.plugins / name
        text = file.read_text("utf-8")
        self.assertIn(before, text)
        file.write_text(text.replace(before, after), "utf-8")

    def start_call(self, *keys: str, number: int = 13912345678) -> Deferred[list[ScriptEvent]]:
        exchange = self.shop.server.exchange
        assert exchange is not None
        pressed = "".join(f"{NEXT}press {key}\n" for key in keys)
        return run_script(exchange, f"{DIAL.format(number=number)}{pressed}wait hang up within 900\nhang up\n")

    def call(self, *keys: str) -> list[EventRecord]:
        """A caller who presses this and stays to the end; what happened."""
        self.shop.until(self.start_call(*keys))
        return self.shop.records()[0][1]

    def steps(self, events: list[EventRecord]) -> list[str]:
        return [str(event.data["step"]) for event in events if event.kind == "step"]

    def said(self, events: list[EventRecord]) -> list[str]:
        return [str(name) for event in events if event.kind == "prompt" for name in event.data["names"]]  # type: ignore[union-attr]

    def notes(self, line: int) -> list[str]:
        return [told(note, "en") for note in self.shop.server.board.statuses[f"line {line}"].notes]

    def state(self, line: int) -> LineState | None:
        state = self.shop.server.board.statuses[f"line {line}"].state
        return state if isinstance(state, LineState) else None

    def alarms(self) -> list[str]:
        """Those that are given from now on."""
        told: list[str] = []
        self.shop.server.events.watch(
            lambda event: told.append(alarm_text(event.data, "en")) if event.kind == "alarm" else None
        )
        return told


class LoadTests(LineMenusCase):
    def test_saving_changes_nothing(self) -> None:
        """A file that is saved is heard by nobody; loaded on one line it is, on that line."""
        self.open()
        before = self.menus
        self.change("front.ini", "press 2 = menu reserve", "press 2 = menu survey")
        self.shop.wait(10)
        self.assertEqual(self.menus, before)
        version = self.load("front", 1)
        self.assertEqual(self.menus, {1: ("front", version.name), 2: before[2]})
        self.assertEqual(self.shop.server.board.statuses["line 1"].menu, f"front {version.name}")
        events = self.call("1", "2", "5")
        self.assertIn("rating", self.steps(events))
        (menu,) = [event.data for event in events if event.kind == "menu"]
        self.assertEqual(menu["version"], version.name)

    def test_a_call_keeps_its_version(self) -> None:
        """Who is in the menu when it is loaded anew goes on in the old one, through its other files; that is shown."""
        self.open()
        under_way = self.start_call("1", "2", "4#", "1")
        self.shop.wait(18)
        self.change("reserve.ini", "en = {people} people: right 1, change 2.", "en = New.")
        self.change("reserve.ini", "press 1 = leave", "press 1 = hangup")
        self.load("front", 1)
        self.assertEqual(self.notes(1), ["its call is on the version of before"])
        self.assertTrue(self.shop.server.status.snapshot()["lines"][0]["older"])
        self.shop.until(under_way)
        self.assertIn("leave", self.steps(self.shop.records()[0][1]))
        self.shop.wait(5)
        self.assertEqual(self.notes(1), [])
        self.assertNotIn("leave", self.steps(self.call("1", "2", "4#", "1")))

    def test_back(self) -> None:
        """The version before is had again, also when no file has it any more."""
        self.open()
        first = self.menus[1]
        self.change("front.ini", "press 2 = menu reserve", "press 2 = menu survey")
        self.load("front", 1)
        before = self.shop.ask(loads.before, 1)
        self.assertEqual((before.menu, before.version), first)
        self.write_load(before.menu, before.version, None, 1)
        self.assertEqual(self.menus[1], first)
        self.assertIn("people", self.steps(self.call("1", "2", "4#")))

    def test_python_anew(self) -> None:
        """A menu in Python is imported anew from the text that was tried, not from what is saved since."""
        self.open()
        file = self.plugins / "words.py"
        file.write_text(PYTHON.format(prompt="goodbye"))
        version = self.version("words")
        file.write_text("not Python at all")
        self.load("words", 1, version=version)
        self.assertEqual(self.menus[1], ("words", version.name))
        self.assertIn("goodbye", self.said(self.call()))

    def test_refused(self) -> None:
        """What cannot be imported here changes nothing: the line has what it had, it is an alarm, no start tries."""
        self.open()
        before, alarms = self.menus, self.alarms()
        broken = MenuVersion("words", {self.plugins / "words.py": b"1 / 0"})
        self.load("words", 1, version=broken)
        self.assertEqual(self.menus, before)
        self.assertIn("ZeroDivisionError", self.shop.server.status.snapshot()["lines"][0]["refused"])
        self.assertIn("menu words was not loaded", alarms[0])
        self.assertEqual(self.shop.ask(loads.wishes).loads[1].menu, "front")

    def test_refusal_is_not_kept(self) -> None:
        """One line's bad version, which the database would not even mark as bad, holds up no other line's."""
        self.open()
        before, alarms = self.menus[1], self.alarms()
        self.change("front.ini", "press 2 = menu reserve", "press 2 = menu survey")
        good, broken = self.version("front"), MenuVersion("words", {self.plugins / "words.py": b"1 / 0"})
        server = self.shop.server

        def both() -> None:
            for line, version in ((1, broken), (2, good)):
                loads.load(Load(line, version.menu, version.name, "front", server.events.now()), version)

        with patch.object(loads, "refuse", side_effect=OperationalError("disk I/O error")):  # which is not waited for
            self.shop.until(server.store.write(both))
            self.shop.wait(FOLLOWED_S)
        self.assertTrue(self.flushLoggedErrors(OperationalError))
        self.shop.wait(2 * FOLLOWED_S)
        self.assertEqual(self.menus, {1: before, 2: ("front", good.name)})
        self.assertEqual([one for one in alarms if "was not loaded" in one], alarms[:1])

    def test_twenty_calls(self) -> None:
        """Loaded, drained and taken back under twenty calls: none is lost, each ends in the version it began in."""
        self.open(20)
        first = self.menus[1][1]
        calls = [self.start_call("1", "2", "4#", "1", number=13912345600 + n) for n in range(20)]
        self.shop.wait(15)
        self.change("front.ini", "press 2 = menu reserve", "press 2 = menu survey")
        second = self.load("front", *range(1, 21)).name
        self.serve(False, *range(1, 11))
        self.shop.wait(3)
        self.write_load("front", first, None, *range(1, 6))
        for call in calls:
            self.shop.until(call)
        self.shop.wait(5)
        records = self.shop.records()
        versions = {event.data["version"] for _, events in records for event in events if event.kind == "menu"}
        self.assertEqual((len(records), versions), (20, {first}))
        self.assertTrue(all("leave" in self.steps(events) for _, events in records))
        self.assertEqual({self.state(n) for n in range(1, 11)}, {LineState.LOADED})
        self.assertEqual({self.state(n) for n in range(11, 21)}, {LineState.IDLE})
        self.assertEqual({self.menus[n][1] for n in range(6, 21)}, {second})

    def serve(self, enabled: bool, *lines: int, at_once: bool = False) -> None:
        server = self.shop.server
        for line in lines:
            wanted = Service(line, enabled, server.config.lines[line].enabled, server.events.now(), at_once)
            self.shop.until(server.store.write(loads.serve, wanted))
        self.shop.wait(FOLLOWED_S)

    def test_states(self) -> None:
        """Out of service LOADED, without a menu NOT LOADED, and back; a call is waited for, or ended at once."""
        self.open()
        self.serve(False, 1, 2)
        self.assertEqual((self.state(1), self.state(2)), (LineState.LOADED, LineState.LOADED))
        self.write_load("", "", None, 1)
        self.assertIs(self.state(1), LineState.NOT_LOADED)
        self.load("front", 1)
        self.serve(True, 1)
        self.assertIs(self.state(1), LineState.IDLE)
        calling = self.start_call("1", "2", "4#", "1")
        self.shop.wait(10)
        self.serve(False, 1)
        self.assertIs(self.state(1), LineState.TALKING)
        self.assertTrue(self.shop.server.board.statuses["line 1"].draining)
        self.shop.until(calling)
        self.shop.wait(5)
        self.assertIs(self.state(1), LineState.LOADED)


class ReloadedTests(LineMenusCase):
    def reload(self) -> tuple[bool, list[str]]:
        self.shop.until(self.shop.server.reload())
        reloaded = self.shop.server.status.reloaded
        assert reloaded is not None
        return reloaded.ok, [told(one, "en") for one in reloaded.told]

    def test_tests_fail(self) -> None:
        """A reload loads no menu whose tests fail: which is told with its line, and callers have the old version."""
        self.open()
        copy(EXAMPLES / "front.test.ini", self.plugins)
        before = self.menus
        self.change("front.ini", "press 0 = talk", "press 0 = night")
        ok, said = self.reload()
        self.assertFalse(ok)
        self.assertIn(
            "front.test.ini:6: does not hear 'talk' (in this order); he came by welcome open? main night", said[0]
        )
        self.assertEqual((self.menus, said[-1]), (before, "Nothing was changed."))
        self.change("front.ini", "press 0 = night", "press 0 = talk")
        self.change("front.ini", "We are closed for the holiday.", "Closed for the holiday.")
        self.assertEqual(self.reload()[0], True)
        self.assertNotEqual(self.menus[1][1], before[1][1])

    def test_tests_of_others(self) -> None:
        """Tests of a menu that is as it was, or that no line comes to, keep nothing from being read anew."""
        self.open()
        (self.plugins / "other.ini").write_text("[say a]\nplay = goodbye\nthen = hangup\n", "utf-8")
        for name in ("front", "other"):
            test = "[test a]\nat = 2026-11-25 10:00\nhears = nothing\n"
            (self.plugins / f"{name}.test.ini").write_text(test, "utf-8")
        self.assertTrue(self.reload()[0])


class UsedTests(LineMenusCase):
    def test_queue(self) -> None:
        """A queue that callers of a loaded menu are sent to cannot go, whatever its file says by now."""
        self.open()
        organisation = self.shop.server.centre.organisation
        self.shop.until(organisation.save(Part.QUEUE, "night", {}))
        self.change("front.ini", "to = queue operator", "to = queue night")
        self.load("front", 1)
        self.change("front.ini", "to = queue night", "to = queue operator")
        with self.assertRaises(OrganisationError) as refused:
            self.shop.until(organisation.delete(Part.QUEUE, "night"))
        self.assertIn("front.ini:27", str(refused.exception))
        self.write_load("shop", "", None, 1)
        self.shop.until(organisation.delete(Part.QUEUE, "night"))


class StartTests(LineMenusCase):
    def test_half_edited(self) -> None:
        """Killed and started again beside a half-edited file: what was accepted answers on."""
        self.open()
        had = self.menus
        self.change("front.ini", "press 0 = talk", "press 0 = tal")
        self.shop = self.shop.killed()
        self.assertEqual(self.menus, had)
        self.assertIn("talk", self.steps(self.call("1", "0", "1")))

    def test_what_was_before(self) -> None:
        """What was loaded last cannot be imported any more: what the line had before answers, not what a file says."""
        self.open()
        file = self.plugins / "words.py"
        file.write_text(PYTHON.format(prompt="goodbye"))
        had = self.load("words", 1)
        broken = MenuVersion("words", {file: b"1 / 0"})
        server = self.shop.server
        load = Load(1, "words", broken.name, server.config.lines[1].menu, server.events.now())
        self.shop.until(server.store.write(loads.load, load, broken))
        file.write_text("half an ed")
        self.shop = self.shop.killed()
        self.assertEqual(self.menus[1], ("words", had.name))

    def test_file_is_gone(self) -> None:
        """So it is when the file is not there at all."""
        self.open()
        had = self.menus
        for file in self.plugins.glob("*"):
            file.unlink()
        self.shop = self.shop.killed()
        self.assertEqual(self.menus, had)

    def test_out_of_service(self) -> None:
        """A line that is taken out of service is out in two seconds, whatever config.ini says."""
        self.open()
        server = self.shop.server
        wanted = Service(2, False, True, server.events.now())
        self.shop.until(server.store.write(loads.serve, wanted))
        self.shop.wait(FOLLOWED_S)
        self.assertIs(self.state(2), LineState.LOADED)
        self.assertEqual(self.shop.server.line_menus.is_enabled(2), False)

    def test_out_of_service_over_a_restart(self) -> None:
        """It is out after a restart too, while the others answer; a caller rings there in vain, until it is enabled."""
        self.open()
        server = self.shop.server
        self.shop.until(server.store.write(loads.serve, Service(2, False, True, server.events.now())))
        self.shop = self.shop.killed()
        self.shop.wait(FOLLOWED_S)
        self.assertEqual([self.state(1), self.state(2)], [LineState.IDLE, LineState.LOADED])
        server = self.shop.server
        self.shop.until(server.store.write(loads.serve, Service(2, True, True, server.events.now())))
        self.shop.wait(FOLLOWED_S)
        self.assertIs(self.state(2), LineState.IDLE)

    def test_config_names_another(self) -> None:
        """Who writes another menu into config.ini after a load has that one."""
        self.open()
        self.load("survey", 1)
        config = self.shop.folder.config_file
        config.write_text(config.read_text("utf-8").replace("menu = front", "menu = reserve"), "utf-8")
        self.shop = self.shop.killed()
        self.assertEqual([menu for menu, _ in self.menus.values()], ["reserve", "reserve"])


class ByHandTests(LineMenusCase):
    def test_hours(self) -> None:
        """Closed by hand callers hear when it opens; it is shown, and over by itself, also after a restart."""
        self.open()
        now = self.shop.server.events.now()
        until = now.replace(hour=4, minute=0, second=0, microsecond=0)  # twelve o'clock in China
        self.shop.until(self.shop.server.store.write(switching.switch, Switch("shop", False, now, until)))
        self.shop.wait(FOLLOWED_S)
        self.assertEqual(self.notes(1), ["hours shop: closed by hand until 03-02 12:00"])
        self.assertIn("night", self.steps(self.call("1", "1")))
        self.shop = self.shop.killed()
        self.assertIn("night", self.steps(self.call("1", "1")))
        self.shop.world.wall_ahead_s += 4.5 * 3600  # half past one
        self.shop.wait(FOLLOWED_S)
        self.assertEqual(self.notes(1), [])
        self.assertIn("main", self.steps(self.call("1", "0", "1")))

    def test_notice(self) -> None:
        """A sentence is heard before the first step, until it is over."""
        self.open()
        now = self.shop.server.events.now()
        notice = Notice("front", "今天盘点。", now, now.replace(hour=3))
        self.shop.until(self.shop.server.store.write(switching.announce, notice))
        self.shop.wait(FOLLOWED_S)
        self.assertEqual(self.notes(1), ["read out until 03-02 11:00: 今天盘点。"])
        self.assertEqual(self.said(self.call("1", "0", "1"))[0], "“今天盘点。”")
        self.shop = self.shop.killed()
        self.assertEqual(self.notes(1), ["read out until 03-02 11:00: 今天盘点。"])
        self.assertEqual(self.said(self.call("1", "0", "1"))[0], "“今天盘点。”")
        self.shop.world.wall_ahead_s += 2 * 3600
        self.assertNotIn("“今天盘点。”", self.said(self.call("1", "0", "1")))


class OutsideTests(LineMenusCase):
    """A menu file leads out of the house: to a number that config.ini names, to an office by its number."""

    def setUp(self) -> None:
        self.open(3, settings={"may_dial =": f"may_dial = {OUTSIDE}", "reserve = 1": "reserve = 0"})
        organisation = self.shop.server.centre.organisation
        self.shop.until(organisation.save(Part.OFFICE, "1", {"name": "north", "phone": OFFICE}))
        self.change("front.ini", "press 1 = plugin shop", f"press 1 = number {OUTSIDE}")
        self.change("front.ini", "press 3 = office nearest", "press 3 = office 1")
        self.load("front", 1, 2, 3)
        exchange = self.shop.server.exchange
        assert exchange is not None
        self.phones = {number: exchange.add_phone(number) for number in (OUTSIDE, OFFICE)}

    def reached(self, key: str, number: str) -> list[EventRecord]:
        """Who presses this key is connected with that telephone, whose owner speaks and then hangs up."""
        calling, phone = self.start_call("1", key), self.phones[number]
        self.ring(phone)
        phone.lift()
        phone.say(np.asarray(voice(3), np.float32))
        self.shop.wait(6)
        phone.press("1")  # an office takes the case
        self.shop.wait(2)
        self.assertIs(self.state(1), LineState.TALKING)
        phone.hang_up()
        self.shop.until(calling)
        return self.of_caller()

    def of_caller(self) -> list[EventRecord]:
        return next(events for record, events in self.shop.records() if record.direction == "in")

    def ring(self, phone: Phone) -> None:
        """Until it does."""
        for _ in range(60):
            self.shop.wait(1)
            if phone.line.stage is SubscriberStage.RINGING:
                return
        self.fail("it does not ring there")

    def test_number(self) -> None:
        """Key 1 reaches the number outside; the call is counted as one that went to people, and not as hung up."""
        events = self.reached("1", OUTSIDE)
        found = walked("front", events)
        assert found is not None
        self.assertEqual((found.to_person is not None, found.gave_up), (True, False))
        self.assertEqual(found.targets, ((f"number {OUTSIDE}", "answered"),))

    def test_office(self) -> None:
        """Key 3 reaches the office of this number, and the case is kept with it."""
        self.reached("3", OFFICE)
        ((case, attempts),) = self.shop.ask(list_cases)
        self.assertEqual((case.office, attempts[0].result), ("1", "answered"))

    def test_nobody_there(self) -> None:
        """Where nobody answers, the caller comes to what `refused` says, and is not left in silence."""
        self.phones[OUTSIDE].lift()  # it is busy there
        self.call("1", "1", "1")
        events = self.of_caller()
        targets = [one.data["target"] for one in events if one.kind == "target"]
        self.assertEqual(targets, [f"number {OUTSIDE}", "plugin message"])
