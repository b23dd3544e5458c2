"""Menus that do what they should not: the caller, the line and the other calls are no worse for it."""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from callserver.calls.call import Call
from callserver.calls.stages import Stage
from callserver.dsp.frames import FloatArray
from callserver.ivr.dialogue import WantsPerson, choose
from callserver.ivr.interfaces import ICall, IMenu
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.prompts import PromptError
from callserver.ivr.runner import MenuRunner
from callserver.ivr.running import CallOver, GoesRound, Running, Spins, TookTooLong, running
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from callserver.wire.catalogue import fill
from callserver.wire.causes import Cause, Reason
from tests.ivr.test_menu_call import OneMenu, Waiters
from tests.shop import FewPrompts, VirtualShop

Story = Callable[[ICall], Awaitable[None]]


class RunnerCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop, self.people = VirtualShop(n_lines=2), Waiters()
        self.voice = Voice(FewPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]

    def menu_call(self, call: Call) -> MenuCall:
        return MenuCall(call, self.voice, self.people, self.shop.clock)

    def serve(self, story: Story, line: int = 0) -> Call:
        """A caller is served by a menu that answers and then does what the test gives it."""
        self.shop.lines[line].far_end.ring(Caller(f"1391234567{line}"))
        self.shop.wait(0.1)
        call = self.shop.incoming[-1]
        MenuRunner({"test": OneMenu(story)}, self.menu_call, "operator").serve(call, "test")
        return call


class RunningTests(RunnerCase):
    def test_whose_code_it_is(self) -> None:
        """While a menu's code runs it is known whose it is, also after it has waited; and nobody else's code is."""
        seen: list[Running | None] = []

        async def story(call: ICall) -> None:
            seen.append(running.get())
            self.shop.clock.callLater(0.5, lambda: seen.append(running.get()))
            await call.play("welcome")
            seen.append(running.get())

        call = self.serve(story)
        self.shop.wait(0.1)
        seen.append(running.get())
        self.shop.wait(2)
        mine = Running("test", "line 1", call.id)
        self.assertEqual(seen, [mine, None, None, mine])

    def test_watchdog(self) -> None:
        """What the watchdog raises in a menu goes through its `except Exception`; a person serves the caller on."""

        async def story(call: ICall) -> None:
            try:
                raise TookTooLong("5.0 s")
            except Exception:
                self.fail("caught")

        call = self.serve(story)
        self.shop.wait(0.1)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(len(self.flushLoggedErrors(TookTooLong)), 1)


class GoneCallerTests(RunnerCase):
    """A caller has hung up, and his menu does not notice."""

    def hang_up(self, story: Story, after_s: float = 0.5) -> int:
        """He hangs up in the menu; how many more steps it makes in the ten seconds after."""
        steps: list[float] = []

        async def counted(call: ICall) -> None:
            while True:
                steps.append(self.shop.clock.seconds())
                await story(call)

        self.serve(counted)
        self.shop.wait(after_s)
        self.shop.lines[0].far_end.hang_up()
        before = len(steps)
        self.shop.wait(10)
        return len(steps) - before

    def test_except_exception(self) -> None:
        """`try: await call.play(...) except Exception: pass`, for ever: it ends with the call, at once."""

        async def story(call: ICall) -> None:
            with contextlib.suppress(Exception):
                await call.play("welcome")

        self.assertEqual(self.hang_up(story), 0)

    def test_every_act(self) -> None:
        """So it is with every act, whatever the menu was doing when he hung up, also waiting for something else."""
        waits: dict[str, Callable[[ICall], Awaitable[object]]] = {
            "collect": lambda call: call.collect("question"),
            "secret": lambda call: call.collect_secret("pin", max_digits=4),
            "record": lambda call: call.record(),
            "wait_for": lambda call: call.wait_for(Deferred()),
            "something else": lambda call: deferLater(self.shop.clock, 1),
        }
        for name, wait in waits.items():
            self.setUp()

            async def story(call: ICall, wait: Any = wait) -> None:
                with contextlib.suppress(Exception):
                    await wait(call)

            self.assertEqual(self.hang_up(story), 0, name)

    def test_catches_all(self) -> None:
        """A menu that catches even that is left where it stands, soon, and nothing waits for it."""

        async def story(call: ICall) -> None:
            with contextlib.suppress(BaseException):
                await call.play("welcome")

        self.assertLess(self.hang_up(story), 60)
        self.shop.lines[0].far_end.ring(Caller("13800000000"))
        self.shop.wait(0.1)
        self.assertEqual(len(self.shop.incoming), 2)

    def test_tidies_up(self) -> None:
        """Its `finally` may still write something down, which takes its time; but it speaks to nobody."""
        done: list[str] = []

        async def story(call: ICall) -> None:
            try:
                await call.collect("question")
            finally:
                await deferLater(self.shop.clock, 1)
                done.append("written")
                await call.play("goodbye")
                done.append("said")

        self.serve(story)
        self.shop.wait(0.1)
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        self.assertEqual(done, ["written"])
        self.assertEqual(self.shop.prompts(), ["question"])

    def test_menu_over(self) -> None:
        """What a menu leaves behind cannot speak to its caller when it is over and he waits for a person."""

        async def in_the_background(call: ICall) -> None:
            while True:
                await call.play("advertisement")

        async def story(call: ICall) -> None:
            Deferred.fromCoroutine(in_the_background(call)).addErrback(lambda failure: None)
            raise WantsPerson("key 0")

        self.people = LongQueue()
        self.serve(story)
        self.shop.wait(1)
        said = len(self.shop.prompts())
        self.shop.wait(10)
        self.assertEqual(len(self.shop.prompts()), said)


class EndlessTests(RunnerCase):
    """Menus that go on for ever with a caller who is there."""

    def test_acts_that_take_no_time(self) -> None:
        """Acts that fail at once, in a loop: others live on between them, and soon a person serves the caller."""

        async def story(call: ICall) -> None:
            while True:
                with contextlib.suppress(Exception):
                    await call.play("there is no such prompt")

        self.voice = Voice(NoPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]
        call = self.serve(story)
        self.shop.wait(3)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(len(self.flushLoggedErrors(Spins)), 1)

    def test_catches_all_in_no_time(self) -> None:
        """So it is where the menu catches everything, also what tells it to end: it never goes on without a pause."""
        wrong: dict[str, Callable[[ICall], Awaitable[object]]] = {
            "no digits": lambda call: call.collect("question", max_digits=0),
            "the same question": lambda call: call.collect("question", first_timeout_s=0),
        }
        for name, act in wrong.items():
            self.setUp()
            steps: list[float] = []

            async def story(call: ICall, act: Any = act, steps: list[float] = steps) -> None:
                while len(steps) < 1000:  # else the test would never end
                    steps.append(self.shop.clock.seconds())
                    with contextlib.suppress(BaseException):
                        await act(call)

            call = self.serve(story)
            self.shop.wait(30)
            self.assertEqual(self.people.entered, [("operator", call)], name)
            self.assertEqual(len(set(steps)), len(steps), name)
            self.flushLoggedErrors(Spins)

    def test_pretends_that_the_caller_has_gone(self) -> None:
        """A menu that ends with what ends menus, though its caller is there, is a broken one: he gets a person."""
        for pretence in (CallOver, GeneratorExit):
            self.setUp()

            async def story(call: ICall, pretence: type[BaseException] = pretence) -> None:
                raise pretence

            call = self.serve(story)
            self.shop.wait(0.1)
            self.assertEqual(self.people.entered, [("operator", call)], pretence)
            self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)

    def test_star_for_ever(self) -> None:
        """Who presses * again and again hears the question ten times; then a person helps him."""

        async def story(call: ICall) -> None:
            await choose(call, "main-menu", keys="12")

        call = self.serve(story)
        for _ in range(20):
            self.shop.press("*")
            self.shop.wait(1.5)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(self.shop.prompts().count("main-menu"), 10)

    def test_same_question_for_ever(self) -> None:
        """So it is in a menu that has no manners of its own."""

        async def story(call: ICall) -> None:
            while True:
                with contextlib.suppress(Exception):
                    await call.collect("what now?")

        call = self.serve(story)
        for _ in range(20):
            self.shop.press("5")
            self.shop.wait(1.5)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(self.shop.prompts().count("what now?"), 10)

    def test_no_key_for_ten_minutes(self) -> None:
        """Somebody who only listens, or a telephone off its hook, gets a person after ten minutes."""

        async def story(call: ICall) -> None:
            while True:
                with contextlib.suppress(Exception):
                    await call.play(*["story"] * 30)

        call = self.serve(story)
        self.shop.wait(590)
        self.assertEqual(self.people.entered, [])
        self.shop.press("5")
        self.shop.wait(590)
        self.assertEqual(self.people.entered, [])
        self.shop.wait(20)
        self.assertEqual(self.people.entered, [("operator", call)])

    def test_half_an_hour_in_menus(self) -> None:
        """Who is slow, but presses keys, is not cut off when a call's time in menus ends: he gets a person before."""

        async def story(call: ICall) -> None:
            while True:
                await call.collect(first_timeout_s=200.0)

        call = self.serve(story)
        for _ in range(28):
            self.shop.wait(60)
            self.shop.press("5")
        self.assertEqual(self.people.entered, [])
        self.shop.wait(100)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertNotIn("limit", str(call.ended))

    def test_asyncio(self) -> None:
        """What awaits something of asyncio is told so in its own code, and freezes nothing."""

        async def story(call: ICall) -> None:
            while True:
                await asyncio.sleep(0)

        call = self.serve(story)
        self.shop.wait(1)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)

    def test_exit(self) -> None:
        """sys.exit() in a call ends that menu only; the caller gets a person."""

        async def story(call: ICall) -> None:
            sys.exit("goodbye")

        call = self.serve(story)
        self.shop.wait(0.1)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(len(self.flushLoggedErrors(SystemExit)), 1)

    def test_language(self) -> None:
        """A language there is not is refused where it is set, and no queue breaks by it."""
        refused: list[str] = []

        async def story(call: ICall) -> None:
            for language in ("fr", "ZH", "", None, 5):
                try:
                    call.language = language  # type: ignore[assignment]
                except ValueError as problem:
                    refused.append(str(problem))
            await call.play("welcome")

        call = self.serve(story)
        self.shop.wait(0.5)
        self.assertEqual(len(refused), 5)
        self.assertIn("'fr': there are 'zh', 'en'", refused[0])
        self.assertEqual((call.language, self.shop.prompts()), ("zh", ["welcome"]))

    def test_forgets_to_answer(self) -> None:
        """What is to be heard answers the caller, if the menu has not."""
        menu = Hasty()
        self.shop.lines[0].far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        MenuRunner({"test": menu}, self.menu_call, "operator").serve(self.shop.incoming[-1], "test")
        self.shop.wait(0.5)
        self.assertTrue(self.shop.lines[0].off_hook)
        self.assertEqual(self.shop.prompts(), ["welcome"])


class LongQueue(Waiters):
    """People: whoever enters waits."""

    async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
        self.entered.append((queue, call))
        return await Deferred()


class NoPrompts(FewPrompts):
    """Prompts of which there are none."""

    def sounds(self, language: str, *names: str) -> list[FloatArray]:
        raise PromptError("no prompt {name}", name=names[0])


@implementer(IMenu)
class Hasty:
    """A menu that speaks before it has answered."""

    name = "test"

    async def run(self, call: ICall) -> None:
        await call.play("welcome")


@implementer(IMenu)
class Empty:
    """A menu that does nothing, or not even that."""

    name = "test"

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem = problem

    async def run(self, call: ICall) -> None:
        if self.problem is not None:
            raise self.problem


class ForNothingTests(RunnerCase):
    def open(self, menu: IMenu, people: Waiters | None = None) -> None:
        self.people = people or Waiters()
        self.told: list[str] = []
        runner = MenuRunner(
            {"test": menu},
            self.menu_call,
            "operator",
            lambda msgid, /, **details: self.told.append(fill("en", msgid, details)),
            lambda call, seconds: self.shop.in_service[0].rest(seconds),
        )
        self.shop.in_service[0]._bell._on_call = lambda call: runner.serve(call, "test")

    def ring(self, minutes: float) -> int:
        """A caller rings on, every 5 s; how many calls came of it."""
        before = len(self.shop.book.calls)
        for _ in range(round(minutes * 12)):
            self.shop.lines[0].far_end.ring(Caller("13912345678"))
            self.shop.wait(5)
        return len(self.shop.book.calls) - before

    def test_returns_at_once(self) -> None:
        """A menu that returns at once, unanswered: after three calls the line rests, and the shop knows."""
        self.open(Empty())
        self.assertEqual(self.ring(5), 3)
        self.assertEqual(self.told, ["menu test was over at once 3 times: line 1 takes no calls for 5 minutes"])
        self.assertEqual(self.ring(5), 1)

    def test_fails_at_once(self) -> None:
        """So it is with one that fails at once and leaves its caller to a desk where nobody is; told once."""
        self.open(Empty(ZeroDivisionError()))
        self.assertEqual(self.ring(2), 3)
        self.assertEqual(len(self.told), 2)
        self.assertIn("menu test broke on line 1, at ", self.told[0])
        self.assertIn("test_runner.py:", self.told[0])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 3)

    def test_key(self) -> None:
        """A caller who presses a key gets what he wants, however soon it is over: his line goes on."""

        async def story(call: ICall) -> None:
            await call.collect("question")

        self.open(OneMenu(story))
        for _ in range(5):
            self.shop.lines[0].far_end.ring(Caller("13912345678"))
            self.shop.wait(0.5)
            self.shop.press("1")
            self.shop.wait(5)
        self.assertEqual((len(self.shop.book.calls), self.told), (5, []))

    def test_people_help(self) -> None:
        """Where people take the callers of a broken menu, its line goes on."""

        class Talk(Waiters):
            async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
                call.enter(Stage.TALK)
                return await deferLater(clock, 3, lambda: "answered")

        clock = self.shop.clock
        self.open(Empty(ZeroDivisionError()), Talk())
        self.assertEqual(self.ring(1), 12)
        self.flushLoggedErrors(ZeroDivisionError)

    def test_callers_who_hang_up(self) -> None:
        """Callers who hang up at once are no menu's fault."""

        async def story(call: ICall) -> None:
            await call.collect("question")

        rested: list[float] = []
        for _ in range(5):
            self.shop.lines[0].far_end.ring(Caller("13912345678"))
            self.shop.wait(0.1)
            runner = MenuRunner(
                {"test": OneMenu(story)}, self.menu_call, "operator", rest=lambda call, seconds: rested.append(seconds)
            )
            runner.serve(self.shop.incoming[-1], "test")
            self.shop.wait(0.5)
            self.shop.lines[0].far_end.hang_up()
            self.shop.wait(2)
        self.assertEqual((len(self.shop.book.calls), rested), (5, []))


class MailboxTests(RunnerCase):
    """A caller whom nobody has served is sent to a mailbox: whatever comes of it there, he is not dropped."""

    general = "12"

    def setUp(self) -> None:
        super().setUp()
        self.outcome: object = "left"
        self.left: list[tuple[str, bool]] = []

    async def leave_message(self, call: MenuCall, box: str, *, busy: bool = False) -> str:
        """As the shop's mailboxes do; raises what it is to raise."""
        self.left.append((box, busy))
        await call.play("mail-standard")
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return str(self.outcome)

    def menu_call(self, call: Call) -> MenuCall:
        return MenuCall(call, self.voice, self.people, self.shop.clock, mailboxes=self)  # type: ignore[arg-type]

    def sent(self, outcome: object, box: str = "801") -> Call:
        """He comes there, and that comes of it."""
        self.outcome = outcome

        async def waits(call: ICall) -> None:
            await call.collect("question", first_timeout_s=60)

        call = self.serve(waits)
        self.shop.wait(1)
        runner = MenuRunner({}, self.menu_call, "operator", mailboxes=self)  # type: ignore[arg-type]
        runner.take_message(call, box)
        self.shop.wait(4)
        return call

    def test_left(self) -> None:
        """His message is kept: good-bye, and his record says where it is; he heard the greeting for who is busy."""
        call = self.sent("left")
        self.assertEqual((self.left, call.ended), ([("801", True)], Reason(Cause.MESSAGE_LEFT, "801")))
        self.assertEqual(self.shop.prompts()[-1], "goodbye")

    def test_not_taken(self) -> None:
        """Full, suspended, gone meanwhile, not kept: he may leave word elsewhere."""
        for outcome in ("full", "suspended", "no_box", "not_kept"):
            self.setUp()
            call = self.sent(outcome)
            self.assertEqual((self.shop.prompts()[-1], call.ended), ("message-or-call-back", None), outcome)

    def test_person(self) -> None:
        """0, or the same question too often: a person."""
        for wish in (WantsPerson("key 0"), GoesRound("the same question 10 times")):
            self.setUp()
            call = self.sent(wish)
            self.assertEqual(self.people.entered, [("operator", call)])

    def test_breaks(self) -> None:
        """A database that does not answer there is no reason to hang up on him."""
        call = self.sent(ZeroDivisionError())
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def leaves_word(self, outcome: str) -> tuple[Call, list[str]]:
        """Nobody has served him, and he presses 1 for a message, which goes to the general mailbox."""
        self.outcome = outcome

        class Closed(Waiters):
            async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
                return "closed"

        async def wants_person(call: ICall) -> None:
            raise WantsPerson("key 0")

        self.people = Closed()
        call = self.serve(wants_person)
        self.shop.wait(1.5)
        self.shop.press("1")
        self.shop.wait(4)
        return call, self.shop.prompts()

    def test_general_box(self) -> None:
        """Kept there, thought better of, or opened by its owner: he has been served; else he may be called back."""
        for outcome in ("left", "discarded", "opened", "heard"):
            self.setUp()
            call, told = self.leaves_word(outcome)
            self.assertNotIn("message-not-kept", told, outcome)
            self.assertEqual((self.left, call.ended is not None), ([("12", True)], True))
        self.setUp()
        _, told = self.leaves_word("full")
        self.assertIn("message-not-kept", told)
        self.assertIn("will-call-back", told)

    def test_refused_by_a_queue(self) -> None:
        """A menu that leads on to a mailbox where a queue has not served him: the greeting for who is busy."""
        for outcome, busy in (("closed", True), ("answered", False)):
            self.setUp()

            async def enter(queue: str, call: Call, priority: int | None = None, outcome: str = outcome) -> str:
                return outcome

            async def story(call: ICall) -> None:
                await call.transfer_to_queue("operator")
                await call.leave_message("801")

            self.people.enter = enter  # type: ignore[method-assign]
            self.serve(story)
            self.shop.wait(2)
            self.assertEqual(self.left, [("801", busy)])
