"""What a menu asks and what the caller's keys make of it."""

import re
from itertools import groupby
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.internet.task import deferLater
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from callserver.calls.call import Call
from callserver.calls.keys import Key
from callserver.dsp.frames import BLOCK_SAMPLES
from callserver.dsp.tones import comfort_noise
from callserver.ivr.dialogue import ask_number, choose
from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller, LineFailure
from callserver.media.leg import Leg
from callserver.media.recording import RecordingInfo
from callserver.wire.causes import Cause, Reason
from callserver.wire.states import LineState
from tests.shop import FewPrompts, VirtualShop


class Waiters:
    """People: whoever enters is served at once."""

    def __init__(self) -> None:
        self.entered: list[tuple[str, Call]] = []

    async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
        self.entered.append((queue, call))
        return await succeed("answered")

    async def to_office(self, call: Call, address: str, ask_area_code: Any, note: str) -> str:
        self.wanted = address, await ask_area_code(), note
        return self.office

    office = "answered"


@implementer(IMenu)
class OneMenu:
    """Runs what a test gives it."""

    name = "test"

    def __init__(self, story: Any) -> None:
        self.story = story

    async def run(self, call: ICall) -> None:
        await call.answer()
        await self.story(call)


class OneRecording:
    """A Recorder and its one recording."""

    file_name, failed = "message.wav", None

    def __init__(self) -> None:
        self.running = self.is_slow = False
        self.failed: str | None = None
        self.waiting: list[Deferred[RecordingInfo]] = []

    def start(self, call_id: str, leg: Leg, with_near: bool = True) -> "OneRecording":
        self.running = True
        return self

    def stop(self) -> Deferred[RecordingInfo]:
        self.running = False
        self.waiting.append(Deferred())
        return self.waiting[-1] if self.is_slow else succeed(RecordingInfo(Path(self.file_name), 8000))


class WrittenRecorder:
    """A Recorder whose one recording writes down what is asked of it."""

    file_name = "call.wav"

    def __init__(self) -> None:
        self.acts: list[str] = []

    def start(
        self, call_id: str, leg: Leg, with_near: bool = True, on_mark: Any = None, recent: Any = None
    ) -> "WrittenRecorder":
        self.acts.append("start")
        return self

    def pause(self) -> None:
        self.acts.append("silence")

    def resume(self) -> None:
        self.acts.append("resume")

    def blank(self, from_s_ago: float) -> None:
        self.acts.append(f"blank {from_s_ago:.1f} s")

    def stop(self) -> Deferred[RecordingInfo]:
        self.acts.append("stop")
        return succeed(RecordingInfo(Path(self.file_name), 8000))


class SecretTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.recorder = WrittenRecorder()
        self.shop, self.answers = VirtualShop(recorder=self.recorder), []
        voice = Voice(FewPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]

        async def story(call: ICall) -> None:
            self.answers.append(await call.collect("before"))
            self.answers.append(await call.collect_secret("pin", max_digits=8))
            self.answers.append(await call.collect("after"))

        runner = MenuRunner(
            {"test": OneMenu(story)},
            lambda call: MenuCall(call, voice, Waiters(), self.shop.clock),
            "operator",
        )
        self.shop.lines[0].far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        self.call = self.shop.incoming[-1]
        runner.serve(self.call, "test")
        self.shop.wait(0.1)

    def everything_written(self) -> str:
        """All but what the wall clock said: the microseconds of a moment may be any digits."""
        told = repr([self.shop.book.events, self.shop.book.calls, self.call.path, self.shop.board.statuses])
        return re.sub(r"datetime\.datetime\([^)]*\)", "", told)

    def check(self) -> None:
        """The menu has the PIN, and nobody else has it."""
        self.assertEqual(self.answers, ["1", "473859", "2"])
        keys = "".join(data["digit"] for _, data in self.shop.happened("key"))
        self.assertEqual(keys, "1???????2")
        inputs = [data["digits"] for _, data in self.shop.happened("input")]
        self.assertEqual(inputs, ["1", "****", "2"])
        self.assertEqual(self.call.path, ["test", "before: 1", "pin: ****", "after: 2"])
        self.assertNotIn("473859", self.everything_written())

    def recorded(self) -> list[str]:
        """What became of the recording; with each key of a secret its silence is asked for again."""
        return [act for act, _ in groupby(self.recorder.acts)]

    def test_pin(self) -> None:
        """A PIN keyed in at its question: masked everywhere, silence in the recording from the question on."""
        self.shop.press("1")
        self.shop.wait(0.2)
        self.assertEqual(self.recorded(), ["start", "silence"])
        self.assertTrue(self.call.in_secret)
        self.shop.press("473859#")
        self.shop.wait(0.2)
        self.assertEqual(self.recorded(), ["start", "silence", "resume"])
        self.assertFalse(self.call.in_secret)
        self.shop.press("2")
        self.shop.wait(0.2)
        self.check()

    def test_typed_ahead(self) -> None:
        """A PIN typed ahead of its question, in one go with other answers: the same, and its sound is taken out."""
        menu = self.call
        for digit in "1473859#2":
            menu.key(menu.first, Key(digit, "sound", self.shop.clock.seconds()))
            self.shop.wait(0.1)
        self.shop.wait(0.2)
        self.check()

    def test_typed_before_anybody_asks(self) -> None:
        """Keys that wait when the secret begins have been recorded: that part is blanked."""
        now_s = self.shop.clock.seconds()
        for at, digit in enumerate("1473859#2"):
            self.call.keys._untaken.append(Key(digit, "sound", now_s - 2.0 + 0.2 * at))
        self.shop.press("")
        self.call.key(self.call.first, Key("5", "sound", now_s))
        self.shop.wait(0.2)
        self.assertIn("blank 1.8 s", self.recorder.acts)

    def test_last_digit_is_held(self) -> None:
        """A PIN of full length needs no #: what is still heard of its last key is as secret."""
        self.shop.press("1")
        self.shop.press("47385912")
        self.assertEqual(self.answers, ["1"])
        self.assertTrue(self.call.in_secret)
        self.shop.wait(0.6)
        self.assertEqual(self.answers, ["1", "47385912"])
        self.assertFalse(self.call.in_secret)

    def test_too_long(self) -> None:
        """What is keyed in beyond the length of a PIN is as secret, and never cut to a right one."""
        self.shop.press("1")
        self.shop.press("473859123#")
        self.shop.wait(0.6)
        self.assertEqual(self.answers, ["1", "473859123"])
        self.assertEqual("".join(data["digit"] for _, data in self.shop.happened("key")), "1??????????")

    def test_silence(self) -> None:
        """Who keys nothing has told no secret; it says so."""
        self.shop.press("1")
        self.shop.wait(10)
        self.assertEqual(self.answers[:2], ["1", ""])
        self.assertEqual([data["digits"] for _, data in self.shop.happened("input")][:2], ["1", ""])

    def test_gone_in_between(self) -> None:
        """Who hangs up in the middle of his PIN leaves no digit of it."""
        self.shop.press("1")
        self.shop.press("4738")
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        self.assertEqual("".join(data["digit"] for _, data in self.shop.happened("key")), "1????")
        self.assertEqual(self.recorded(), ["start", "silence", "resume", "stop"])
        self.assertNotIn("4738", self.everything_written())


class MenuTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop, self.people, self.answers = VirtualShop(), Waiters(), []

    def serve(self, story: Any, recorder: Any = None) -> Call:
        """A caller comes into a menu that tells this story."""
        voice = Voice(FewPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]
        runner = MenuRunner(
            {"test": OneMenu(story)},
            lambda call: MenuCall(call, voice, self.people, self.shop.clock, recorder),
            "operator",
        )
        self.shop.lines[0].far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        call = self.shop.incoming[-1]
        runner.serve(call, "test")
        self.shop.wait(0.1)
        return call

    def ask(self, **how: Any) -> Call:
        """The menu asks for keys, again and again; self.answers is what it got."""

        async def story(call: ICall) -> None:
            while True:
                self.answers.append(await call.collect("question", **how))

        return self.serve(story)

    def to_office(self, outcome: str) -> None:
        """A menu sends its caller to an office, of which this becomes; he keys in his area code."""
        self.people.office = outcome

        async def story(call: ICall) -> None:
            self.answers.append(await call.transfer_to_office("Beijing", "no water"))

        self.serve(story)
        self.shop.wait(1)
        self.shop.press("010#")
        self.shop.wait(3)

    def test_to_an_office(self) -> None:
        """The office is found by what menu and caller say; who was served there needs nobody else."""
        self.to_office("answered")
        self.assertEqual(self.people.wanted, ("Beijing", "010", "no water"))
        self.assertEqual((self.answers, self.people.entered), ([""], []))

    def test_no_office_answers(self) -> None:
        """The caller is told so, and goes to people."""
        self.to_office("not_reached")
        self.assertIn("office-not-reached", self.shop.prompts())
        self.assertEqual(([queue for queue, _ in self.people.entered], self.answers), ([""], ["answered"]))

    def test_a_key_silences_the_question(self) -> None:
        """The prompt stops at the key, and the key is its answer."""
        self.ask()
        self.shop.wait(0.2)
        self.shop.press("1")
        self.shop.wait(0.1)
        self.assertEqual(self.answers, ["1"])
        self.assertEqual(self.shop.happened("prompt_end")[0], ("prompt_end", {"interrupted": True}))
        self.assertEqual(self.shop.lines[0].n_flushes, 1)

    def test_end_key(self) -> None:
        """# ends a number and is not part of it."""
        self.ask(max_digits=8)
        self.shop.press("1002#")
        self.shop.wait(0.1)
        self.assertEqual(self.answers, ["1002"])

    def test_maximum(self) -> None:
        """The longest possible number needs no #; what comes after it answers the next question, without asking it."""
        self.ask(max_digits=4)
        self.shop.press("10021003")
        self.shop.wait(0.1)
        self.assertEqual(self.answers, ["1002", "1003"])

    def test_end_key_after_the_last_digit(self) -> None:
        """# after a number of full length belongs to it, also some seconds later; it answers and silences nothing."""
        for pause_s in (0.0, 4.0):
            self.setUp()

            async def story(call: ICall) -> None:
                self.answers.append(await call.collect("number", max_digits=4))
                self.answers.append(await call.play("statement"))
                self.answers.append(await call.collect("question"))

            self.serve(story)
            self.shop.press("1002")
            self.shop.wait(pause_s)
            self.shop.press("#")
            self.shop.wait(2)
            self.shop.press("7")
            self.shop.wait(0.1)
            self.assertEqual(self.answers, ["1002", True, "7"])
            self.assertEqual("".join(data["digit"] for _, data in self.shop.happened("key")), "1002#7")

    def test_end_key_after_a_choice(self) -> None:
        """Who presses # by habit after a single key has not answered the next question."""

        async def story(call: ICall) -> None:
            self.answers.append(await choose(call, "first", keys="12"))
            self.answers.append(await choose(call, "second", keys="12"))

        self.serve(story)
        self.shop.press("1#")
        self.shop.wait(2)
        self.shop.press("2#")
        self.shop.wait(0.1)
        self.assertEqual(self.answers, ["1", "2"])
        self.assertEqual(self.shop.prompts(), ["first", "second"])

    def test_end_key_some_time_after_a_choice(self) -> None:
        """So it is where he takes a second or two for it."""

        async def story(call: ICall) -> None:
            self.answers.append(await choose(call, "first", keys="12"))
            self.answers.append(await choose(call, "second", keys="12"))

        self.serve(story)
        self.shop.press("1")
        self.shop.wait(2)
        self.shop.press("#")
        self.shop.wait(0.1)
        self.shop.press("2")
        self.shop.wait(0.1)
        self.assertEqual(self.answers, ["1", "2"])
        self.assertEqual(self.shop.prompts(), ["first", "second"])

    def test_end_key_after_a_pause(self) -> None:
        """Who has hesitated so long that his number was taken without # may still press it."""
        self.ask(max_digits=8)
        self.shop.press("100")
        self.shop.wait(4)
        self.shop.press("#")
        self.shop.wait(0.5)
        self.assertEqual(self.answers, ["100"])

    def test_end_key_alone(self) -> None:
        """A while after the end key of a number # is an answer of its own."""
        self.ask(max_digits=4)
        self.shop.press("1002#")
        self.shop.wait(1.5)
        self.shop.press("#")
        self.shop.wait(0.1)
        self.assertEqual(self.answers, ["1002", ""])

    def test_end_key_twice(self) -> None:
        """Who presses # twice to be sure has not answered the next question, nor silenced what he asked for."""
        for typed in ("1002##", "12##"):
            self.setUp()

            async def story(call: ICall) -> None:
                await call.collect("number", max_digits=4)
                self.answers.append(await call.play("statement"))
                self.answers.append(await call.collect("question"))

            self.serve(story)
            self.shop.press(typed)
            self.shop.wait(2)
            self.shop.press("7")
            self.shop.wait(0.1)
            self.assertEqual(self.answers, [True, "7"], typed)

    def test_end_key_after_a_secret(self) -> None:
        """So it is with a PIN of full length."""

        async def story(call: ICall) -> None:
            self.answers.append(await call.collect_secret("pin", max_digits=4))
            self.answers.append(await call.collect("question"))

        self.serve(story)
        self.shop.press("4738#")
        self.shop.wait(1)
        self.shop.press("2")
        self.shop.wait(0.1)
        self.assertEqual(self.answers, ["4738", "2"])

    def test_number_too_long(self) -> None:
        """A number that is too long is said to be so, never cut, and asked for again."""

        async def story(call: ICall) -> None:
            self.answers.append(await ask_number(call, "quantity", max_digits=3))
            self.answers.append(await choose(call, "right", keys="12"))

        self.serve(story)
        self.shop.press("1000#")
        self.shop.wait(0.5)
        self.assertEqual(self.answers, [])
        self.shop.wait(2)
        self.shop.press("100#")
        self.shop.press("2")
        self.shop.wait(0.1)
        self.assertEqual(self.answers, ["100", "2"])
        self.assertEqual(self.shop.prompts().count("too-many-digits"), 1)

    def test_full_number_without_end_key(self) -> None:
        """A number of full length without # is waited for a second and no longer."""

        async def story(call: ICall) -> None:
            self.answers.append(await ask_number(call, "quantity", max_digits=3))

        self.serve(story)
        self.shop.press("100")
        self.shop.wait(1.1)
        self.assertEqual(self.answers, ["100"])

    def test_slow_fingers(self) -> None:
        """Between two keys 3 s may pass, not more."""
        self.ask(max_digits=8)
        self.shop.press("10")
        self.shop.wait(2.5)
        self.shop.press("0")
        self.shop.wait(3.1)
        self.assertEqual(self.answers, ["100"])

    def test_silence(self) -> None:
        """5 s of silence after the end of the question are an answer too: none."""
        self.ask()
        self.shop.wait(5.8)
        self.assertEqual(self.answers, [])
        self.shop.wait(0.4)
        self.assertEqual(self.answers, [""])

    def test_keys_during_a_statement(self) -> None:
        """A key silences a statement too, and answers the question that follows; what was typed ahead does not."""

        async def story(call: ICall) -> None:
            self.answers.append(await call.collect("first"))
            self.answers.append(await call.play("statement"))
            self.answers.append(await call.play("another"))
            self.answers.append(await call.collect("question", max_digits=2))

        self.serve(story)
        self.call_keys("15")
        self.shop.wait(1.5)
        self.assertEqual(self.answers, ["1", True])
        self.shop.press("2")
        self.shop.wait(0.1)
        self.assertEqual(self.answers, ["1", True, False, "52"])
        self.assertEqual(self.shop.prompts(), ["first", "statement", "another"])

    def call_keys(self, digits: str) -> None:
        """Keys that come at one moment, as if they had been typed ahead."""
        call = self.shop.incoming[-1]
        keys = [Key(digit, "sound", self.shop.clock.seconds()) for digit in digits]
        call.keys._untaken.extend(keys[:-1])
        call.key(call.first, keys[-1])

    def test_whole_statement(self) -> None:
        """Who presses nothing hears a statement to its end, and the menu knows that he has."""

        async def story(call: ICall) -> None:
            self.answers.append(await call.play("statement"))

        self.serve(story)
        self.shop.wait(1.1)
        self.assertEqual(self.answers, [True])

    def test_forgotten_keys(self) -> None:
        """What was typed ahead answers nothing that a menu asks after an error."""

        async def story(call: ICall) -> None:
            await call.collect("question")
            call.forget_keys()
            self.answers.append(await call.collect("again"))

        self.serve(story)
        self.call_keys("9111")
        self.shop.wait(2)
        self.shop.press("2")
        self.shop.wait(0.1)
        self.assertEqual(self.answers, ["2"])

    def test_caller_goes(self) -> None:
        """A caller who hangs up ends the menu where it stands, and its last words run."""

        async def story(call: ICall) -> None:
            try:
                await call.collect("question")
            finally:
                self.answers.append("tidied up")

        call = self.serve(story)
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual(self.answers, ["tidied up"])
        assert call.ended is not None
        self.assertIs(call.ended.cause, Cause.CALLER_HUNG_UP)

    def test_menu_over(self) -> None:
        """When the menu returns, the call is ended."""

        async def story(call: ICall) -> None:
            await call.play("goodbye")

        call = self.serve(story)
        self.shop.wait(1.1)
        self.assertEqual(call.ended, Reason(Cause.MENU_OVER))

    def test_menu_waits_for_the_end(self) -> None:
        """A menu may wait for the end of its call; the line becomes free as ever."""

        async def story(call: ICall) -> None:
            await call.when_ended()

        self.shop.book.locked = True
        self.serve(story)
        self.shop.book.unlock()
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(1.1)
        self.assertIs(self.shop.state(), LineState.IDLE)

    def test_line_that_does_not_answer(self) -> None:
        """No menu is blamed for a modem that does not go off hook; the call's record says what happened."""

        async def story(call: ICall) -> None: ...

        self.shop.lines[0].answer = lambda: fail(LineFailure("no OK"))  # type: ignore[method-assign]
        call = self.serve(story)
        self.assertEqual(call.ended, Reason(Cause.NOT_CONNECTED, "no OK"))
        self.assertEqual(self.shop.happened("menu_failed"), [])
        self.assertEqual(self.shop.alarms(), ["does not answer: no OK"])

    def test_two_acts_at_once(self) -> None:
        """Two that find the call unanswered, while the modem goes off hook: it goes there once, and both are done."""
        line, n_answers = self.shop.lines[0], 0
        at_once = line.answer

        def answer() -> Deferred[None]:
            nonlocal n_answers
            n_answers += 1
            return deferLater(self.shop.clock, 0.5).addCallback(lambda _: at_once())

        line.answer = answer  # type: ignore[method-assign]
        line.far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        call = self.shop.incoming[-1]
        both = [Deferred.fromCoroutine(call.answer()) for _ in range(2)]
        self.shop.wait(1)
        self.assertEqual([self.successResultOf(one) for one in both], [None, None])
        self.assertEqual(n_answers, 1)
        self.assertEqual(len(self.shop.happened("answer")), 1)

    def test_menu_stops_itself(self) -> None:
        """What a menu cancels while the caller is there is its own mistake, not his hanging up: a person takes over."""

        async def story(call: ICall) -> None:
            book: Deferred[None] = Deferred()
            book.cancel()
            await book

        call = self.serve(story)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(len(self.flushLoggedErrors(CancelledError)), 1)

    def test_message_that_breaks(self) -> None:
        """A message that cannot be finished is logged, is no message, and the caller goes on."""

        async def story(call: ICall) -> None:
            self.answers.append(await call.record(max_s=1))
            self.answers.append(await call.collect("question"))

        recorder = OneRecording()
        recorder.stop = lambda: fail(ZeroDivisionError())  # type: ignore[method-assign]
        self.serve(story, recorder)
        self.shop.wait(1.5)
        self.shop.press("1")
        self.assertEqual(self.answers, ["", "1"])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_key_before_a_message(self) -> None:
        """A key pressed before the beep was meant for something else: it does not end the message."""

        async def story(call: ICall) -> None:
            await deferLater(self.shop.clock, 0.5)
            self.answers.append(await call.record(max_s=2))

        recorder = OneRecording()
        self.serve(story, recorder)
        self.shop.press("1")
        self.shop.wait(2.0)
        self.assertTrue(recorder.running)
        self.shop.wait(2.0)
        self.assertEqual(self.answers, ["message.wav"])

    def test_message_broken_off(self) -> None:
        """Half a message is no message that the caller could be thanked for."""

        async def story(call: ICall) -> None:
            self.answers.append(await call.record(max_s=1))

        recorder = OneRecording()
        recorder.failed = "the disk is full"
        self.serve(story, recorder)
        self.shop.wait(1.5)
        self.assertEqual(self.answers, [""])

    def test_thanks_after_the_disk(self) -> None:
        """The caller is told when his message is on disk, not before."""
        recorder = self.slow_disk()
        self.shop.wait(4.0)
        self.assertEqual(self.answers, [])
        for waiter in recorder.waiting:
            waiter.callback(RecordingInfo(Path(recorder.file_name), 8000))
        self.assertEqual(self.answers, ["message.wav"])

    def test_disk_hangs(self) -> None:
        """A disk that says nothing for five seconds has not kept the message."""
        self.slow_disk()
        self.shop.wait(6.0)
        self.assertEqual(self.answers, [""])

    def slow_disk(self) -> OneRecording:
        """A message was recorded, and is on its way to the disk."""

        async def story(call: ICall) -> None:
            self.answers.append(await call.record(max_s=1))

        recorder = OneRecording()
        recorder.is_slow = True
        self.serve(story, recorder)
        self.shop.wait(1.5)
        self.assertFalse(recorder.running)
        return recorder

    def test_message(self) -> None:
        """A message begins after the beep and ends when the caller has been silent; what he said before is not lost."""
        recorder = OneRecording()

        async def story(call: ICall) -> None:
            self.answers.append(await call.record(max_s=60, silence_s=2))

        self.serve(story, recorder)
        self.shop.wait(0.3)
        self.assertTrue(recorder.running)
        speech = comfort_noise(32000, -20.0, seed=1)
        for start in range(0, speech.size, BLOCK_SAMPLES):
            block = self.shop.lines[0].codec.encode(speech[start : start + BLOCK_SAMPLES])
            self.shop.lines[0].far_end.speak(block.tobytes())
            self.shop.pass_block()
        self.assertTrue(recorder.running)
        self.shop.wait(1.5)
        self.assertTrue(recorder.running)
        self.shop.wait(1.0)
        self.assertEqual(self.answers, ["message.wav"])
        self.assertFalse(recorder.running)

    def test_key_ends_a_message(self) -> None:
        """So does a key, which is no answer to a later question."""
        recorder = OneRecording()

        async def story(call: ICall) -> None:
            self.answers.append(await call.record())
            self.answers.append(await call.collect("question"))

        self.serve(story, recorder)
        self.shop.wait(0.5)
        self.shop.press("#")
        self.shop.wait(0.3)
        self.assertEqual(self.answers, ["message.wav"])
        self.assertFalse(recorder.running)

    def test_no_room_for_messages(self) -> None:
        """A full disk: no message, and the menu goes on."""

        async def story(call: ICall) -> None:
            self.answers.append(await call.record())

        self.serve(story, None)
        self.shop.wait(0.5)
        self.assertEqual(self.answers, [""])

    def test_broken_menu(self) -> None:
        """A menu that raises: the caller goes to the queue, and the log says which menu and why."""

        async def story(call: ICall) -> None:
            raise RuntimeError("no such table")

        call = self.serve(story)
        self.assertEqual(self.people.entered, [("operator", call)])
        broken = ("menu_failed", {"menu": "test", "error": "RuntimeError('no such table')"})
        self.assertEqual(self.shop.happened("menu_failed"), [broken])
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)

    def test_broken_before_the_answer(self) -> None:
        """Even one that raises before it has answered does not leave the caller ringing."""
        runner = MenuRunner(
            {"test": Unready()},
            lambda call: MenuCall(
                call, Voice(FewPrompts(), FewPrompts(), self.shop.clock), self.people, self.shop.clock
            ),  # type: ignore[arg-type]
            "operator",
        )
        self.shop.lines[0].far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        runner.serve(self.shop.incoming[-1], "test")
        self.assertTrue(self.shop.lines[0].off_hook or self.shop.incoming[-1].ended)
        self.assertEqual(len(self.people.entered), 1)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_zero_is_a_person(self) -> None:
        """0 in any question is a person."""

        async def story(call: ICall) -> None:
            await choose(call, "main-menu", keys="14")

        call = self.serve(story)
        self.shop.press("0")
        self.shop.wait(0.1)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(len(call.path), 3, "menu, key and why a person: for the agent's card")

    def test_silence_three_times(self) -> None:
        """Silence twice repeats the question, the third time brings a person."""

        async def story(call: ICall) -> None:
            await choose(call, "main-menu", keys="14")

        self.serve(story)
        self.shop.wait(20.2)
        self.assertEqual(self.people.entered[0][0], "operator")
        asked = ["main-menu", "no-input", "main-menu", "no-input", "main-menu"]
        self.assertEqual(self.shop.prompts(), asked)

    def test_wrong_key_and_star(self) -> None:
        """A wrong key is explained, * repeats at no charge, a right one counts."""

        async def story(call: ICall) -> None:
            self.answers.append(await choose(call, "main-menu", keys="14"))
            self.answers.append(await ask_number(call, "enter-item-number", max_digits=4))

        self.serve(story)
        for keys in ("7", "*", "*", "*", "*", "4"):
            self.shop.press(keys)
            self.shop.wait(1.5)
        self.assertEqual(self.answers, ["4"])
        self.assertEqual(self.shop.prompts()[:3], ["main-menu", "not-understood", "main-menu"])
        self.shop.press("*#1001")
        self.shop.wait(1.1)
        self.assertEqual(self.answers, ["4", "1001"])


@implementer(IMenu)
class Unready:
    """A menu that does not get as far as answering."""

    name = "test"

    async def run(self, call: ICall) -> None:
        raise ZeroDivisionError
