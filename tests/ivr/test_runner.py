"""Menus that do what they should not: the caller, the line and the other calls are no worse for it."""

from collections.abc import Awaitable, Callable

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.ivr.interfaces import ICall
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.ivr.running import Running, TookTooLong, running
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
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
