"""An announcer calls, proves who he is, records the greeting anew; the next caller hears it."""

from pathlib import Path

import numpy as np
from peewee import OperationalError
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import RATE_HZ
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.emulator.script_run import run_script
from callserver.features.announcing.studio import Studio
from callserver.ivr.own_recordings import OwnRecordings
from callserver.ivr.prompt_list import PromptList
from callserver.ivr.prompts import FOLDER
from callserver.wire.rights import Right
from tests.server.virtual_server import VirtualServer

ANNOUNCER, AGENT, PIN = "809", "801", "470815"
COMES_IN = """
caller 13912345678 "Announcer"
dial 8008
wait answer
wait silence 1.2
press {number}#
wait silence 1.2
press {pin}#
wait 8
"""
RECORDS = """
press 1
wait silence 1.2
press {prompt}#
wait silence 1.2
press 2
wait silence 1.2 within 20
speak {voice}
press #
wait silence 1.2 within 20
press {then}
wait silence 1.2 within 20
hang up
"""
BACK = "prompts-brought-back", "prompts-none-before"
BRINGS_BACK = """
press 1
wait silence 1.2
press {prompt}#
wait silence 1.2
press 4
wait silence 1.2 within 20
press 4
wait silence 1.2 within 20
hang up
"""


class AnnouncingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp())
        self.shop = VirtualServer(self, self.path, device="emulated\nmenu = prompts").open()
        staff = self.shop.server.centre.staff
        self.shop.until(staff.add(ANNOUNCER, "Xiao Lin", "a long password 7", [Right.SUPERVISOR]))
        for number in (ANNOUNCER, AGENT):
            self.shop.until(staff.set_pin(number, PIN))
        self.own = OwnRecordings(self.path / "prompts")
        listed = PromptList([self.path / "prompts", FOLDER], [], lambda language, text: None)
        self.number = listed.find("welcome")[0].number
        self.voice = Path(self.mktemp()).with_suffix(".wav")
        write_wav(self.voice, read_wav(FOLDER / "zh" / "goodbye.wav"))

    def call(self, script: str, **words: object) -> list[str]:
        """What he was told."""
        assert self.shop.server.exchange is not None
        n_before = len(self.shop.events)
        self.shop.until(run_script(self.shop.server.exchange, script.format(voice=self.voice.absolute(), **words)))
        self.shop.wait(5)
        told = [event.data["names"] for event in self.shop.events[n_before:] if event.kind == Kind.PROMPT.value]
        return [str(name) for names in told for name in names]  # type: ignore[union-attr]

    def comes(self, script: str = "hang up\n", number: str = ANNOUNCER, pin: str = PIN, **words: object) -> list[str]:
        return self.call(COMES_IN + script, number=number, pin=pin, **words)

    def audits(self, act: str = "record_prompt") -> list[tuple[object, ...]]:
        found = [event for event in self.shop.events if event.kind == Kind.AUDIT.value]
        return [(one.person, one.data["target"], one.data["result"]) for one in found if one.data["act"] == act]

    def test_recorded(self) -> None:
        """What he kept is heard in the next call, without the tone of his #; who did it is in the log."""
        told = self.comes(RECORDS, prompt=self.number, then="#")
        self.assertIn("prompts-kept", told)
        kept = read_wav(self.path / "prompts" / "zh" / "welcome.wav")
        said = read_wav(self.voice)
        self.assertApproximates(kept.size / RATE_HZ, said.size / RATE_HZ, 0.4)
        (heard,) = self.shop.server.prompts.sounds("zh", "welcome")
        self.assertTrue(np.array_equal(heard, kept))
        self.assertIn((ANNOUNCER, "zh/welcome", "done"), self.audits())

    def test_left(self) -> None:
        """Who does not keep it has changed nothing."""
        self.assertNotIn("prompts-kept", self.comes(RECORDS, prompt=self.number, then="*"))
        self.assertFalse(self.own.is_own("zh", "welcome"))

    def test_brought_back(self) -> None:
        """What callers heard before is heard again, as far back as to none of the shop's own; it is in the log."""
        self.comes(RECORDS, prompt=self.number, then="#")
        self.assertTrue(self.own.is_own("zh", "welcome"))
        told = self.comes(BRINGS_BACK, prompt=self.number)
        self.assertEqual([name for name in told if name in BACK], list(BACK))
        self.assertFalse(self.own.is_own("zh", "welcome"))
        (heard,) = self.shop.server.prompts.sounds("zh", "welcome")
        self.assertTrue(np.array_equal(heard, read_wav(FOLDER / "zh" / "welcome.wav")))
        self.assertEqual(self.audits("revert_prompt")[0], (ANNOUNCER, "zh/welcome", "done"))

    def test_nothing_said(self) -> None:
        """Silence is no prompt; he is told so, and may go on."""
        write_wav(self.voice, np.zeros(RATE_HZ, np.float32))
        self.assertIn("prompts-nothing-heard", self.comes(RECORDS, prompt=self.number, then="3"))
        self.assertFalse(self.own.is_own("zh", "welcome"))

    def test_unknown_number(self) -> None:
        """A number that the list does not have."""
        self.assertIn(
            "prompts-unknown", self.comes("press 1\nwait silence 1.2\npress 99999#\nwait silence 2\nhang up\n")
        )

    def test_database_does_not_answer(self) -> None:
        """He is told so, and a person helps; his menu is not called broken for it."""

        async def locked(studio: Studio, number: str) -> None:
            raise OperationalError("database is locked")

        self.patch(Studio, "find", locked)
        told = self.comes(f"press 1\nwait silence 1.2\npress {self.number}#\nwait 8\nhang up\n")
        self.assertIn("system-trouble", told)
        self.assertEqual([event for event in self.shop.events if event.kind == Kind.MENU_FAILED.value], [])

    def test_right(self) -> None:
        """An agent without right 1 hears that he may not, and it is in the log."""
        self.assertIn("seat-not-allowed", self.comes(number=AGENT))
        self.assertEqual([(who, what) for who, what, _ in self.audits()], [(AGENT, "")])

    def test_guessed(self) -> None:
        """A wrong PIN is told; after three the call ends, and the PIN is written down nowhere."""
        again = f"press {ANNOUNCER}#\nwait 5\npress 999777#\nwait 10\n" * 2
        told = self.comes(again + "hang up\n", pin="999777")
        self.assertEqual(told.count("seat-log-in-failed"), 3)
        self.assertIn("too-many-tries", told)
        self.assertNotIn("999777", "".join(str(event.data) for event in self.shop.events))
