"""What follows the database goes on doing so, whatever one look brings."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.store.following import FOLLOW_S, Follower


class Faltering(Follower):
    """Its second look fails."""

    looks = 0

    async def follow(self) -> None:
        self.looks += 1
        if self.looks == 2:
            raise KeyError("line 7")


class FollowerTests(SynchronousTestCase):
    def test_one_look_fails(self) -> None:
        """A look that fails is told in the log, and is not the last; a stop is."""
        clock = Clock()
        follower = Faltering(clock)
        follower.startService()
        clock.pump([FOLLOW_S] * 3)
        self.assertEqual(follower.looks, 4)
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)
        follower.stopService()
        clock.pump([FOLLOW_S] * 3)
        self.assertEqual(follower.looks, 4)
