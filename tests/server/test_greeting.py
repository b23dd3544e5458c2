"""Who starts the server is told at once which lines do not live, and why."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.line import NOT_SET_UP
from callserver.lines.interfaces import LineFailure
from callserver.server.greeting import greeting
from tests.whole.virtual_shop import VirtualShop


class GreetingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(self, n_lines=12)
        server: Any = self.shop.server
        server.agents._port = None  # in memory
        self.server = server

    def lose(self, *numbers: int) -> str:
        for number in numbers:
            self.server.lines[number].line_lost(LineFailure("no such device {device}", device=f"/dev/ttyACM{number}"))
        return greeting(self.server)

    def test_all_alive(self) -> None:
        self.assertIn("Lines: 12 of 12 alive", greeting(self.server))

    def test_dead(self) -> None:
        """Each dead line with its reason."""
        text = self.lose(4)
        self.assertIn("Lines: 11 of 12 alive", text)
        self.assertIn("line 4: no such device /dev/ttyACM4", text)

    def test_first_passwords(self) -> None:
        """They are told as long as they open something."""
        folder = self.server.folder
        for number in ("801", "802"):
            folder.forget_first_passwords()
            folder.make_first_passwords((number,))
            self.assertRegex(greeting(self.server), rf"First staff \S+\s+{number}\n")
        folder.forget_first_passwords()
        self.assertNotIn("First ", greeting(self.server))

    def test_many(self) -> None:
        """Of many the first, and where the rest is shown."""
        text = self.lose(*range(1, 13))
        self.assertIn("Lines: 0 of 12 alive", text)
        self.assertIn("and 4 more: bin/callserver status", text)

    def test_as_many_as_are_shown(self) -> None:
        """None more, so nothing is said of more."""
        text = self.lose(*range(1, 9))
        self.assertIn("line 8: no such device", text)
        self.assertNotIn("more: bin/callserver status", text)

    def test_waits_for_slow_modems(self) -> None:
        """What is told is true: each line is waited for until it has come up or failed, but not for ever."""
        self.assertEqual(self.shop.until(Deferred.fromCoroutine(self.server.status.lines_settled(10.0))), None)
        before_s = self.shop.world.reactor.seconds()
        self.lose(4)
        self.server.lines[5].line_lost(LineFailure(NOT_SET_UP))
        self.shop.until(Deferred.fromCoroutine(self.server.status.lines_settled(10.0)))
        self.assertEqual(round(self.shop.world.reactor.seconds() - before_s), 10)
