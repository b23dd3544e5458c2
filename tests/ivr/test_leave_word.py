"""Nobody is there: the caller hears when people answer, and leaves a message or his number."""

from datetime import time
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.config import Hours, read_hours
from callserver.dsp.tones import comfort_noise
from callserver.ivr.dialogue import WantsPerson
from callserver.ivr.interfaces import ICall
from callserver.ivr.leave_word import said_hours
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from callserver.wire.catalogue import fill
from callserver.wire.causes import Cause, Reason
from tests.ivr.test_menu_call import OneMenu, OneRecording
from tests.shop import FewPrompts, VirtualShop, people

HOURS = read_hours("mon-fri 09:00-18:00")


class LeaveWordTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop, self.alarms = VirtualShop(), []

    def nobody_there(self, number: str = "13912345678", recorder: Any = None, story: Any = None) -> Call:
        """A caller wants a person, and nobody is logged in; the queue is the real one."""

        async def wants_person(call: ICall) -> None:
            raise WantsPerson("key 0")

        queue, voice = people(self.shop), Voice(FewPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]

        class People:
            async def enter(self, name: str, call: Call, priority: int | None = None) -> str:
                return await queue.enter(call)

        runner = MenuRunner(
            {"test": OneMenu(story or wants_person)},
            lambda call: MenuCall(call, voice, People(), self.shop.clock, recorder),
            "operator",
            lambda msgid, /, **details: self.alarms.append(fill("en", msgid, details)),
            hours=lambda: HOURS,
        )
        self.shop.lines[0].far_end.ring(Caller(number or None))
        self.shop.wait(2.5)
        call = self.shop.incoming[-1] if self.shop.incoming else None
        if call is None:  # without a number, after the second ring
            self.shop.lines[0].far_end.ring(Caller())
            self.shop.wait(1)
            call = self.shop.incoming[-1]
        runner.serve(call, "test")
        self.shop.wait(12)
        return call

    def test_told(self) -> None:
        """He is told that nobody is there, when people answer, and what he can do."""
        self.nobody_there()
        self.assertEqual(self.shop.prompts(), ["nobody-logged-in", *said_hours("zh", HOURS), "message-or-call-back"])

    def test_call_back(self) -> None:
        """2: his number is said, kept with the call, and the shop's people are told."""
        call = self.nobody_there()
        self.shop.press("2")
        self.shop.wait(20)
        self.assertEqual(call.ended, Reason(Cause.CALL_BACK_WANTED, "13912345678"))
        self.assertEqual(self.shop.happened("call_back"), [("call_back", {"number": "13912345678"})])
        self.assertEqual(self.alarms, ["13912345678 wants to be called back: nobody was there"])

    def test_call_back_without_number(self) -> None:
        """Whose number is withheld is asked for one."""
        call = self.nobody_there(number="")
        self.shop.press("2")
        self.shop.wait(3)
        self.shop.press("12#")
        self.shop.wait(3)
        self.assertIn("number-not-valid", self.shop.prompts())
        self.shop.press("13800001111#")
        self.shop.wait(16)
        self.shop.press("1")
        self.shop.wait(20)
        self.assertEqual(call.ended, Reason(Cause.CALL_BACK_WANTED, "13800001111"))

    def test_message(self) -> None:
        """1: a message, thanked for when it is on disk; the call's record says that there is one."""
        call = self.nobody_there(recorder=OneRecording())
        self.shop.press("1")
        self.shop.wait(2)
        self.speak()
        self.shop.press("#")
        self.shop.wait(4)
        self.assertIn("message-kept", self.shop.prompts())
        self.assertEqual(call.ended, Reason(Cause.MESSAGE_LEFT, "message.wav"))
        self.assertEqual(self.alarms, ["13912345678 has left a message: message.wav"])

    def test_hangs_up_after_his_message(self) -> None:
        """Most end a message by hanging up: the shop's people are told all the same."""
        self.nobody_there(recorder=OneRecording())
        self.shop.press("1")
        self.shop.wait(2)
        self.speak()
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(1)
        self.assertEqual(self.alarms, ["13912345678 has left a message: message.wav"])

    def test_message_that_cannot_be_kept(self) -> None:
        """Where there is no room for a message he is told so, and called back."""
        call = self.nobody_there()
        self.shop.press("1")
        self.shop.wait(30)
        self.assertIn("message-not-kept", self.shop.prompts())
        self.assertEqual(call.ended, Reason(Cause.CALL_BACK_WANTED, "13912345678"))

    def test_silence(self) -> None:
        """Who presses nothing is told to call later; his call is not listed as if the menu had served him."""
        call = self.nobody_there()
        self.shop.wait(60)
        self.assertEqual(self.shop.prompts()[-1], "please-try-later")
        self.assertEqual(call.ended, Reason(Cause.NOBODY_THERE))

    def test_a_menu_of_ones_own(self) -> None:
        """So it is when a menu hands its caller to a queue itself and has nothing more to say."""

        async def story(call: ICall) -> None:
            await call.transfer_to_queue("operator")

        self.nobody_there(story=story)
        self.assertEqual(self.shop.prompts()[-1], "message-or-call-back")

    def test_a_menu_that_says_more(self) -> None:
        """A menu that has its own words for it says them, and nothing is added."""

        async def story(call: ICall) -> None:
            if await call.transfer_to_queue("operator") == "no_agent":
                await call.play("come-again")

        call = self.nobody_there(story=story)
        self.assertEqual(self.shop.prompts(), ["nobody-logged-in", "come-again"])
        self.assertEqual(call.ended, Reason(Cause.MENU_OVER))

    def speak(self) -> None:
        line = self.shop.lines[0]
        speech = comfort_noise(8000, -20.0, seed=1)
        for start in range(0, speech.size, 160):
            line.far_end.speak(line.codec.encode(speech[start : start + 160]).tobytes())
            self.shop.pass_block()


class HoursTests(SynchronousTestCase):
    def test_read(self) -> None:
        """Spans of days, single days, wide characters; the end of a day is 24:00."""
        self.assertEqual(
            read_hours("mon-fri 09:00-18:00, Sat 10:00-16:00"),
            (Hours(1, 5, time(9), time(18)), Hours(6, 6, time(10), time(16))),
        )
        self.assertEqual(read_hours("ｍｏｎ－ｓｕｎ ９：００－２４：００"), (Hours(1, 7, time(9), time(0)),))
        self.assertEqual(read_hours(" "), ())

    def test_mistakes(self) -> None:
        """What is no time span is refused, by itself."""
        for wrong in (
            "9-18",
            "mon 9:00",
            "mon-fri 09:00-18:00,",
            "mont 09:00-10:00",
            "mon 09:60-10:00",
            "mon 9:00-25:00",
        ):
            self.assertRaises(ValueError, read_hours, wrong)

    def test_said(self) -> None:
        """In words of either language; a whole week is every day."""
        self.assertEqual(said_hours("zh", ())[:1], [])
        said = said_hours("en", HOURS)
        self.assertEqual(said[:4], ["our-hours-are", "weekday-1", "until", "weekday-5"])
        self.assertIn("until", said[4:])
        self.assertEqual(said_hours("zh", read_hours("mon-sun 9:00-18:00"))[1], "every-day")
