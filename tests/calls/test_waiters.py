"""Several wait for the same thing."""

from twisted.internet.defer import CancelledError
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.waiters import Waiters


class WaitersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.waiters: Waiters[int] = Waiters()

    def test_all(self) -> None:
        """Each who waits is told, once."""
        waits = [self.waiters.wait(), self.waiters.wait()]
        self.waiters.fire(1)
        self.waiters.fire(2)
        self.assertEqual([self.successResultOf(wait) for wait in waits], [1, 1])

    def test_stops(self) -> None:
        """Whoever stops is told no more, and nobody waits then."""
        wait = self.waiters.wait()
        wait.cancel()
        self.failureResultOf(wait, CancelledError)
        self.assertFalse(self.waiters)
        self.waiters.fire(1)

    def test_told_stops_another(self) -> None:
        """Who is told may stop another's wait, who is then not told."""
        first, second = self.waiters.wait(), self.waiters.wait()
        first.addCallback(lambda _: second.cancel())
        self.waiters.fire(1)
        self.failureResultOf(second, CancelledError)

    def test_waits_anew(self) -> None:
        """Who is told and waits again waits for the next time."""
        first = self.waiters.wait()
        again = []
        first.addCallback(lambda _: again.append(self.waiters.wait()))
        self.waiters.fire(1)
        self.assertNoResult(again[0])
        self.waiters.fire(2)
        self.assertEqual(self.successResultOf(again[0]), 2)
