"""Shrinking finds what matters, and runs little for it."""

from dataclasses import replace
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.rehearsal.rehearsal import Rehearsal
from callserver.rehearsal.script import Fault
from callserver.rehearsal.shrink import LeftOut, fewest, shrink
from tests.once import begin_quickly
from tests.rehearsals.test_rehearsals import short


class FewestTests(SynchronousTestCase):
    def test_what_matters(self) -> None:
        """One of many, two that only matter together, all, none."""
        many = range(1, 65)
        for needed in ({7}, {3, 60}, {1, 2, 3, 64}, set()):
            self.assertEqual({*fewest(many, lambda kept, needed=needed: needed <= {*kept})}, needed)

    def test_few_trials(self) -> None:
        """One of 64 is found in a few dozen trials."""
        tried: list[object] = []

        def holds(kept: object) -> bool:
            tried.append(kept)
            return 40 in kept  # type: ignore[operator]

        self.assertEqual(fewest(range(64), holds), [40])
        self.assertLess(len(tried), 30)


class ShrinkTests(SynchronousTestCase):
    def setUp(self) -> None:
        begin_quickly(self)

    def test_the_one_who_fails(self) -> None:
        """Of three visits and two faults the one visit that fails is left."""
        waits_in_vain = "dial 8008\nwait answer\nwait hang up within 3\n"
        script = short(Path(self.mktemp()), visits=3, listener=waits_in_vain)
        script = replace(script, faults=(Fault("late", at_s=0.5), Fault("clock", at_s=0.6)))
        found = Rehearsal(script).run()
        self.assertFalse(found.passed)
        said: list[tuple[int, int, bool]] = []
        least = shrink(script, found, LeftOut(), lambda *step: said.append(step))
        again = Rehearsal(script, without=least.visits, without_faults=least.faults).run()
        self.assertEqual((len(again.visits), len(again.faults), again.passed), (1, 0, False))
        self.assertIn((1, 0, True), said)
