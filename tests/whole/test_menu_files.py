"""A shop whose line is answered by a menu file: real calls through the emulated exchange, on virtual time."""

from pathlib import Path
from shutil import copy

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headless import AgentPlan
from callserver.emulator.script_run import run_script
from callserver.wire.catalogue import told
from callserver.wire.records import EventRecord
from callserver.wire.states import LineState
from tests.whole.virtual_shop import VirtualShop

EXAMPLES = Path(__file__).parents[1] / "ivr" / "menu_files"
DIAL = 'caller 13912345678 "Li"\ndial 8008\nwait answer\n'
NEXT = "wait silence 1.2 within 60\n"


class MenuFilesTests(SynchronousTestCase):
    def open(self, **files: str) -> None:
        """A shop with the three menus of the manual, without their tests, and these in place of theirs."""
        folder = Path(self.mktemp()).absolute()
        folder.mkdir()
        for example in set(EXAMPLES.glob("*.ini")) - set(EXAMPLES.glob("*.test.ini")):
            copy(example, folder)
        for name, text in files.items():
            (folder / f"{name}.ini").write_text(text, "utf-8")
        self.folder = folder
        settings = {"plugins = plugins": f"plugins = {folder}", "menu = shop": "menu = front"}
        self.shop = VirtualShop(self, 2, settings=settings | {"time_zone =": "time_zone = Asia/Shanghai"})

    def call(self, *keys: str) -> list[EventRecord]:
        """A caller who presses this, a question at a time, and stays to the end of his call."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        pressed = "".join(f"{NEXT}press {key}\n" for key in keys)
        self.shop.until(run_script(exchange, f"{DIAL}{pressed}wait hang up within 600\nhang up\n"))
        return self.shop.records()[0][1]

    def way(self, events: list[EventRecord]) -> list[str]:
        """The steps he came by, what was kept of him, and where he was handed to."""
        of = {"step": "step", "saved": "value", "target": "target"}
        return [str(event.data[of[event.kind]]) for event in events if event.kind in of]

    def test_three_menus(self) -> None:
        """English, a table for four, changed to five, and a message: through two files and a Python menu."""
        self.open()
        events = self.call("2", "2", "4#", "2", "5#", "1")
        steps = ["welcome", "open?", "main", "menu reserve", "people", "4", "right?", "people", "5", "right?", "leave"]
        self.assertEqual(self.way(events), [*steps, "plugin message", "done", "hangup"])
        said = [name for event in events if event.kind == "prompt" for name in event.data["names"]]
        self.assertIn("number-5", said)
        self.assertIn("“people: right 1, change 2.”", said)
        self.assertEqual(len([event for event in events if event.kind == "recording_end"]), 2)  # the call's, and his

    def test_person(self) -> None:
        """0 goes to people; nobody is there: the menu says when somebody will be, and takes a message."""
        self.open()
        events = self.call("1", "0", "1")
        self.assertEqual(
            self.way(events), ["welcome", "open?", "main", "talk", "queue operator", "night", "plugin message"]
        )
        (leave,) = [event for event in events if event.kind == "leave"]
        self.assertEqual((leave.data["queue"], leave.data["outcome"]), ("operator", "no_agent"))

    def test_survey(self) -> None:
        """The agent has hung up, the caller has not: he is asked how it was, and rates the talk."""
        self.open()
        self.shop.agent("801", AgentPlan(calls=1, talk_s=5.0))
        self.shop.wait(5)
        exchange = self.shop.server.exchange
        assert exchange is not None
        talk = f"{DIAL}{NEXT}press 1\n{NEXT}press 0\nwait 15\npress 5\nwait hang up within 60\nhang up\n"
        self.shop.until(run_script(exchange, talk))
        events = self.shop.records()[0][1]
        self.assertEqual(
            self.way(events),
            ["welcome", "open?", "main", "talk", "queue operator", "menu survey", "rating", "5", "thanks", "hangup"],
        )
        self.assertIn("connect", [event.kind for event in events])
        self.shop.wait(5)
        self.assertIs(self.shop.server.board.statuses["line 1"].state, LineState.IDLE)

    def test_caller_hangs_up_first(self) -> None:
        """Who hangs up on the agent is asked nothing, and his call is over."""
        self.open()
        self.shop.agent("801", AgentPlan(calls=1, talk_s=60.0))
        self.shop.wait(5)
        exchange = self.shop.server.exchange
        assert exchange is not None
        hangs_up = f"{DIAL}{NEXT}press 1\n{NEXT}press 0\nwait 30\nhang up\n"
        self.shop.until(run_script(exchange, hangs_up))
        self.shop.wait(5)
        self.assertNotIn("menu survey", self.way(self.shop.records()[0][1]))
        self.assertEqual(len(self.shop.server.calls), 0)

    def test_silence(self) -> None:
        """Who presses nothing hears the question three times and comes to a person, and can leave word."""
        self.open()
        events = self.call()
        said = [name for event in events if event.kind == "prompt" for name in event.data["names"]]
        self.assertEqual(said.count("no-input"), 2 + 2)  # then in the question of who finds nobody
        self.assertEqual([event.data["queue"] for event in events if event.kind == "leave"], ["operator"])

    def test_reload(self) -> None:
        """Saving a file changes nothing; a reload does, for the next call: one that is under way keeps what it has."""
        self.open()
        exchange = self.shop.server.exchange
        assert exchange is not None
        under_way = run_script(
            exchange, f"{DIAL}{NEXT}press 2\n{NEXT}wait 10\npress 2\n{NEXT}press 7#\nwait 3\nhang up\n"
        )
        self.shop.wait(18)
        front = self.folder / "front.ini"
        front.write_text(front.read_text("utf-8").replace("press 2 = menu reserve", "press 2 = menu survey"), "utf-8")
        self.shop.until(self.shop.server.reload())
        reloaded = self.shop.server.status.reloaded
        assert reloaded is not None
        self.assertTrue(reloaded.ok, reloaded.told)
        self.shop.until(under_way)
        self.shop.wait(5)
        self.assertIn("menu reserve", self.way(self.shop.records()[0][1]))
        self.assertEqual(self.way(self.call("1", "2", "5"))[3:6], ["menu survey", "rating", "5"])

    def test_reload_refused(self) -> None:
        """A reload with a slip in a file changes nothing: the version before answers on."""
        self.open()
        front = self.folder / "front.ini"
        front.write_text(front.read_text("utf-8").replace("= talk", "= tlak").replace("= main", "= night"), "utf-8")
        self.shop.until(self.shop.server.reload())
        reloaded = self.shop.server.status.reloaded
        assert reloaded is not None
        self.assertFalse(reloaded.ok)
        slip = "front.ini:25: 'tlak' is neither a step nor a target; did you mean 'talk'?"
        self.assertIn(slip, "\n".join(told(one, "en") for one in reloaded.told))
        self.assertIn("main", self.way(self.call("1", "0", "1")))

    def test_broken_file(self) -> None:
        """A file with slips is an alarm for each with its line; callers of its line get a person, others work."""
        self.open(front="[choice main]\nzh = 请按1。\npress 1 = nowhere\n")
        problems = [str(one).replace(f"{self.folder}/", "") for one in self.shop.server.menus.problems]
        self.assertEqual(
            problems,
            [
                "front.ini:1: [choice main] has no en text; add en = ..., or play = NAME",
                "front.ini:3: 'nowhere' is neither a step nor a target; there is only main",
                "[line 1-2] menu: no menu 'front'; callers of this line get a person",
            ],
        )
        self.assertIn("leave", [event.kind for event in self.call()])
        self.assertIn("survey", self.shop.server.menus.serving)
