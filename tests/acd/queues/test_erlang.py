"""The real queue, routing and seats wait as queueing theory says; lines lose as it says."""

from math import exp

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.erlang import Losses, Waits, erlang_b, erlang_c

CALLS, WIDE = 8000, 0.25


class FormulaTests(SynchronousTestCase):
    def test_waits(self) -> None:
        """The check values for planning: four agents, 213 s a call."""
        for an_hour, waits, mean_s, within in (
            (30, 0.1234, 11.8, 0.9),
            (45, 0.3769, 60.0, 0.668),
            (60, 0.7626, 361, 0.269),
        ):
            load = an_hour / 3600 * 213
            c = erlang_c(4, load)
            self.assertAlmostEqual(c, waits, 4)
            self.assertAlmostEqual(c * 213 / (4 - load) / mean_s, 1, 2)
            self.assertAlmostEqual(1 - c * exp(-(4 - load) * 20 / 213), within, 3)

    def test_losses(self) -> None:
        """Twenty lines lose 1 % at 12.03 erlangs, 0.1 % at 9.41, 5 % at 15.25."""
        for load, loss in ((12.03, 0.01), (9.41, 0.001), (15.25, 0.05)):
            self.assertAlmostEqual(erlang_b(20, load) / loss, 1, 2)


class ShortRunTests(SynchronousTestCase):
    """So few calls scatter; `python -m benchmarks.erlang` looks closer."""

    def test_waits(self) -> None:
        """Who waits, for how long, and how many are answered in time."""
        for figure in Waits(seed=1).run(CALLS):
            self.assertLess(abs(figure.off), WIDE, str(figure))

    def test_losses(self) -> None:
        """Who finds no line."""
        for figure in Losses(seed=1).run(CALLS):
            self.assertLess(abs(figure.off), WIDE, str(figure))

    def test_same_seed(self) -> None:
        """The same seed gives the same day, another one another."""
        first, again, other = (Waits(seed=seed).run(300) for seed in (5, 5, 6))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
