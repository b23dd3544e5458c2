"""Threads that compute beside the reactor."""

import sys

from twisted.trial.unittest import SynchronousTestCase

from callserver.server.giving_way import GIVES_WAY_S, give_way_soon


class GivingWayTests(SynchronousTestCase):
    def test_soon(self) -> None:
        """A report or a page gives way well within a tick of 20 ms, however often the tick reads and writes."""
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        give_way_soon()
        self.assertAlmostEqual(sys.getswitchinterval(), GIVES_WAY_S)
        self.assertLess(20 * GIVES_WAY_S, 0.02)
