"""Settings are read anew all or nothing; what counts only from the next start on is named."""

import json
from dataclasses import replace
from pathlib import Path
from threading import current_thread

from twisted.internet import reactor
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.acd.organisation.parts import Part
from callserver.commands.status_words import sentence
from callserver.config import (
    AgentsConfig,
    Config,
    FaxConfig,
    LineConfig,
    MailConfig,
    QueueConfig,
    RecordingConfig,
    ServerConfig,
    VoicemailConfig,
)
from callserver.desktop.headless import AgentPlan
from callserver.emulator.script_run import run_script
from callserver.server.reload import change
from callserver.server.world import World
from callserver.wire.catalogue import told
from callserver.wire.states import LineState
from tests.whole.virtual_shop import VirtualShop

OLD = Config(
    RecordingConfig(True),
    lines={1: LineConfig("emulated"), 2: LineConfig("/dev/ttyACM0")},
    queues={"operator": QueueConfig()},
)
MENU = """
from zope.interface import implementer
from callserver.ivr.interfaces import IMenu

@implementer(IMenu)
class New:
    name = "new"
    async def run(self, call):
        pass

new = New()
"""
SLOW = MENU.replace(
    "        pass",
    """        await call.answer()
        await call.collect(first_timeout_s={seconds})
        raise ZeroDivisionError""",
)


class ChangeTests(SynchronousTestCase):
    def told(self, new: Config) -> list[str]:
        return [told(phrase, "en") for phrase in change(OLD, new).told]

    def test_nothing(self) -> None:
        self.assertEqual(change(OLD, replace(OLD)).told, ())

    def test_now(self) -> None:
        """A line's menu and whether it is enabled, own prompts and plugins count at once."""
        lines = {1: LineConfig("emulated", menu="new", enabled=False), 2: OLD.lines[2]}
        new = replace(OLD, lines=lines, server=ServerConfig(prompts="own"))
        self.assertEqual(change(OLD, new).config, new)
        words = [
            "[server] prompts = own",
            "[line 1] menu = new",
            "[line 1] enabled = no",
        ]
        self.assertEqual(self.told(new), words)

    def test_voice_mail(self) -> None:
        """Whom nobody has served goes into another mailbox, owners are called at other numbers: at once."""
        new = replace(OLD, voicemail=VoicemailConfig("70", ("local", "national"), ()))
        self.assertEqual(change(OLD, new).config, new)
        words = ["[voicemail] call = local, national", "[voicemail] call_hours = ", "[voicemail] general = 70"]
        self.assertEqual(sorted(self.told(new)), words)
        new = replace(OLD, mail=MailConfig("127.0.0.1:25", "shop@example.com"))
        self.assertEqual(change(OLD, new).config, OLD)
        self.assertIn("[mail] server counts from the next start on.", self.told(new))

    def test_agents(self) -> None:
        """The tone of a barge-in, the alarm of pauses and the numbers of menus count at once; a port does not."""
        now = AgentsConfig(barge_in_tone=False, paused_alarm_min=5, menu_numbers={"91": "balance"})
        new = replace(OLD, agents=replace(now, port=8800))
        self.assertEqual(change(OLD, new).config, replace(OLD, agents=now))
        words = [
            "[agents] barge_in_tone = no",
            "[agents] menu_numbers = 91 balance",
            "[agents] paused_alarm_min = 5",
            "[agents] port counts from the next start on.",
        ]
        self.assertEqual(sorted(self.told(new)), words)

    def test_queues_are_elsewhere(self) -> None:
        """Whoever changes a queue here is told where it is changed."""
        new = replace(OLD, queues={"operator": QueueConfig(ring_s=20)})
        self.assertEqual(change(OLD, new).config, OLD)
        (said,) = self.told(new)
        self.assertIn("[queue operator] does not count", said)
        self.assertIn("bin/callserver queues", said)

    def test_later(self) -> None:
        """Devices, ports, the database, lines that come or go: as before until the next start."""
        new = replace(
            OLD,
            lines={1: LineConfig("/dev/ttyACM1"), 3: LineConfig("emulated")},
            server=ServerConfig(database="other.db"),
            recording=RecordingConfig(False),
            fax=FaxConfig(engines=2),
        )
        self.assertEqual(change(OLD, new).config, OLD)
        self.assertEqual(
            sorted(self.told(new)),
            [
                "[fax] engines counts from the next start on.",
                "[line 1] device counts from the next start on.",
                "[line 2] is gone: from the next start on.",
                "[line 3] is new: from the next start on.",
                "[recording] announce counts from the next start on.",
                "[server] database counts from the next start on.",
            ],
        )


class ReloadTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(self, n_lines=2)
        self.server, self.file = self.shop.server, self.shop.folder.config_file
        self.plugins = Path(self.mktemp()).absolute()
        self.plugins.mkdir()

    def reload(self, **changes: str) -> bool:
        """With these words of config.ini replaced; whether it was taken over."""
        text = self.file.read_text("utf-8")
        for before, after in changes.items():
            self.assertIn(before.replace("_is_", " = "), text)
            text = text.replace(before.replace("_is_", " = "), after)
        self.file.write_text(text, "utf-8")
        self.shop.until(self.server.reload())
        assert self.server.status.reloaded is not None
        return self.server.status.reloaded.ok

    def told(self) -> list[str]:
        assert self.server.status.reloaded is not None
        return [told(phrase, "en") for phrase in self.server.status.reloaded.told]

    def test_out_of_service_and_back(self) -> None:
        """A line can be taken out of service and put back without a stop."""
        self.assertTrue(self.reload(enabled_is_yes="enabled = no"))
        self.assertIs(self.server.board.statuses["line 1"].state, LineState.LOADED)
        self.assertTrue(self.reload(enabled_is_no="enabled = yes"))
        self.assertIs(self.server.board.statuses["line 1"].state, LineState.IDLE)

    def test_stop_in_between(self) -> None:
        """A stop that begins while files are read: no line rings again, and who waits for an outcome is told."""
        self.assertTrue(self.reload(enabled_is_yes="enabled = no"))
        self.file.write_text(self.file.read_text("utf-8").replace("enabled = no", "enabled = yes"), "utf-8")
        reloading = self.server.reload()
        self.server.drain(lambda phrase: None)
        self.shop.until(reloading)
        self.assertIs(self.server.board.statuses["line 1"].state, LineState.LOADED)
        self.assertEqual(self.told()[-1], "Nothing was changed.")

    def test_a_new_menu(self) -> None:
        """A menu file that has come is found, and serves the next call."""
        (self.plugins / "new.py").write_text(MENU)
        self.assertTrue(self.reload(plugins_is_plugins=f"plugins = {self.plugins}", menu_is_shop="menu = new"))
        self.assertIn("[line 1] menu = new", self.told())
        self.assertEqual(self.server.config.lines[1].menu, "new")
        self.assertIn("new", self.server.menus.serving)

    def test_a_mistake(self) -> None:
        """Then nothing at all is changed, and both are said."""
        before = self.server.config
        self.assertFalse(self.reload(guard_s_is_1="guard_s = fast", enabled_is_yes="enabled = no"))
        self.assertIs(self.server.config, before)
        self.assertIn("guard_s", self.told()[0])
        self.assertEqual(self.told()[-1], "Nothing was changed.")
        self.assertIs(self.server.board.statuses["line 1"].state, LineState.IDLE)

    def test_every_mistake(self) -> None:
        """All of them are told at once, those too that would stop nothing; in the language of who reads."""
        self.assertFalse(self.reload(guard_s_is_1="guard_s = fast", ring_stop_s_is_6="ring_stop_s = 3"))
        self.assertEqual(
            [said.partition("] ")[2].partition(":")[0] for said in self.told()[:2]], ["ring_stop_s", "guard_s"]
        )
        snapshot = json.loads(self.server.status.as_bytes())
        chinese = sentence(snapshot["reloaded"]["told"][1], "zh")
        self.assertIn("需要", chinese)
        self.assertTrue(self.reload(guard_s_is_fast="guard_s = 1"))
        self.assertIn("ring_stop_s", self.told()[-1])

    def test_an_office_that_is_barred(self) -> None:
        """What the new settings make of the database's offices is told; the reload is done."""
        save = self.server.centre.organisation.save(Part.OFFICE, "1", {"phone": "62345678"})
        self.shop.until(save)
        text = self.file.read_text("utf-8")
        self.file.write_text(text.replace("premium =\n", "premium = 6234\n"), "utf-8")
        self.assertTrue(self.reload())
        self.assertIn("[office 1] phone: 62345678 is never dialled", self.told()[-1])

    def test_no_such_menu(self) -> None:
        """A line without its menu is a mistake as well."""
        self.assertFalse(self.reload(menu_is_shop="menu = shob"))
        self.assertIn("no menu 'shob'", self.told()[0])

    def test_a_broken_prompt(self) -> None:
        """The recordings that are there go on being heard."""
        (self.plugins / "zh").mkdir()
        (self.plugins / "zh" / "welcome.wav").write_bytes(b"no sound")
        music = self.server.calls.music
        text = self.file.read_text("utf-8")
        self.file.write_text(text.replace("prompts =\n", f"prompts = {self.plugins}\n"), "utf-8")
        self.assertFalse(self.reload())
        self.assertIs(self.server.calls.music, music)

    def test_no_file(self) -> None:
        """config.ini is gone: said, and the server goes on."""
        self.file.unlink()
        self.shop.until(self.server.reload())
        self.assertIn("there is no such file", self.told()[0])

    def call_a_menu_that_breaks_in(self, seconds: float) -> None:
        """A caller of line 1 is in it when this returns."""
        (self.plugins / "new.py").write_text(SLOW.format(seconds=seconds))
        self.assertTrue(self.reload(plugins_is_plugins=f"plugins = {self.plugins}", menu_is_shop="menu = new"))
        assert self.server.exchange is not None
        number = self.server.config.exchange.number
        calling = run_script(self.server.exchange, f"caller 13912345678\ndial {number}\nwait hang up within 90\n")
        calling.addBoth(lambda _: None)
        self.shop.wait(15)
        self.assertEqual(len(self.server.calls), 1)

    def assert_a_person_helps_him(self) -> None:
        """When the menu has broken."""
        self.shop.agent("801", AgentPlan(calls=1, talk_s=2.0))
        self.shop.wait(60)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        ((_, events),) = self.shop.records()
        kinds = [event.kind for event in events]
        self.assertIn("menu_failed", kinds)
        self.assertIn("connect", kinds[kinds.index("menu_failed") :])

    def test_broken_file_of_a_menu_in_use(self) -> None:
        """Its file is broken on the disk and a reload refused; who is in it is not cut off when it fails."""
        self.call_a_menu_that_breaks_in(30)
        (self.plugins / "new.py").write_text("not Python")
        self.assertFalse(self.reload())
        (self.plugins / "new.py").write_text("1 / 0")
        self.assertFalse(self.reload())
        self.assert_a_person_helps_him()

    def test_menu_in_use_is_gone(self) -> None:
        """So it is where a reload has taken the menu away."""
        self.call_a_menu_that_breaks_in(30)
        (self.plugins / "new.py").unlink()
        self.assertTrue(self.reload(**{"menu = new": "menu = shop"}))
        self.assert_a_person_helps_him()


class ApartTests(TestCase):
    """Somebody else's code that runs beside a server."""

    async def test_nobody_waits_for_it(self) -> None:
        """A process can end while it goes on; what comes of it, good or bad, is told."""
        world = World(reactor)
        self.assertTrue(await world.apart(lambda: current_thread().daemon))
        with self.assertRaises(ZeroDivisionError):
            await world.apart(lambda: 1 / 0)
