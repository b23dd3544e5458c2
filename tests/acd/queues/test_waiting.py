"""What a wait is made of, each by itself: who comes in, what is told, how long it will take, whose place is kept."""

from math import inf

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.queues.announcements import Told, Word, due
from callserver.acd.queues.cut_offs import CutOffs
from callserver.acd.queues.door import Outcome, refusal
from callserver.acd.queues.estimate import estimate_s, minutes
from callserver.acd.routing.settings import QueueSettings

SETTINGS = QueueSettings("service", max_length=3, max_estimate_s=300)


class DoorTests(SynchronousTestCase):
    def test_in_order(self) -> None:
        """Closed, then nobody there, then full, then too long: the first that holds."""
        wrong = {"is_open": False, "is_staffed": False, "n_waiting": 3, "estimate_s": 301.0}
        right = {"is_open": True, "is_staffed": True, "n_waiting": 2, "estimate_s": 300.0}
        expected = [Outcome.CLOSED, Outcome.NO_AGENT, Outcome.FULL, Outcome.DIVERTED, None]
        names = list(wrong)
        for n, outcome in enumerate(expected):
            given = {name: right[name] if names.index(name) < n else wrong[name] for name in names}
            self.assertIs(refusal(SETTINGS, **given), outcome)  # type: ignore[arg-type]

    def test_no_limits(self) -> None:
        """Where the shop has set none, anybody may wait, also for nobody if it wants that."""
        free = QueueSettings("service", wait_for_nobody=True)
        self.assertIsNone(refusal(free, is_open=True, is_staffed=False, n_waiting=99, estimate_s=9999))


class EstimateTests(SynchronousTestCase):
    def test_formula(self) -> None:
        """Place times mean handle time over agents; nothing with fewer than five samples, or nobody at work."""
        self.assertEqual(estimate_s(3, [100, 200, 150, 150, 150], 2), 225)
        self.assertIsNone(estimate_s(3, [100] * 4, 2))
        self.assertIsNone(estimate_s(3, [100] * 5, 0))

    def test_minutes(self) -> None:
        """Rounded up, before the ceiling is looked at; what would be more than told before is not said."""
        self.assertEqual([minutes(s, 1800, None) for s in (1, 60, 60.1, 1800, 1800.1)], [1, 1, 2, 30, None])
        self.assertEqual([minutes(121, 1800, told) for told in (4, 3, 2)], [3, 3, None])
        self.assertIsNone(minutes(None, 1800, None))


class DueTests(SynchronousTestCase):
    def test_gap(self) -> None:
        """Whatever is due waits until 15 s after what was said last; the place goes first."""
        told = Told(began_s=100, comfort_s=0)
        self.assertEqual(due(told, SETTINGS, 2, 110), (None, 5))
        self.assertEqual(due(told, SETTINGS, 2, 115), (Word.PLACE, 0))
        told.say_place(115, 2, None)
        self.assertEqual(due(told, SETTINGS, 2, 130), (Word.COMFORT, 0))

    def test_place(self) -> None:
        """Again when it is better, or old; not when it is worse."""
        told = Told(0, comfort_s=inf)
        told.say_place(0, 3, None)
        self.assertEqual(due(told, SETTINGS, 4, 20), (None, 70))
        self.assertEqual(due(told, SETTINGS, 2, 20), (Word.PLACE, 0))
        self.assertEqual(due(told, SETTINGS, 4, 90), (Word.PLACE, 0))

    def test_not_told(self) -> None:
        """A queue without places tells comfort alone."""
        quiet = QueueSettings("service", place_s=0)
        self.assertEqual(due(Told(0, 0), quiet, 1, 20), (None, 40))


class CutOffTests(SynchronousTestCase):
    def test_in_time(self) -> None:
        """To the second within the time, once, in the queue he waited in."""
        places = CutOffs()
        places.lost("service", "62345678", 10, now_s=100, within_s=120)
        self.assertIsNone(places.take("other", "62345678", 150))
        self.assertEqual(places.take("service", "62345678", 220), 10)
        self.assertIsNone(places.take("service", "62345678", 220))
        places.lost("service", "62345678", 10, now_s=100, within_s=120)
        self.assertIsNone(places.take("service", "62345678", 220.1))

    def test_twice(self) -> None:
        """Lost twice: the oldest place that still counts; one that does not is forgotten."""
        places = CutOffs()
        places.lost("service", "62345678", 10, 100, 120)
        places.lost("service", "62345678", 90, 200, 120)
        self.assertEqual(places.take("service", "62345678", 300), 10)
        places.lost("service", "62345678", 10, 100, 120)
        places.lost("service", "62345678", 290, 300, 120)
        self.assertEqual(places.take("service", "62345678", 310), 290)

    def test_withheld(self) -> None:
        """A withheld number has no place; nor has any where the shop keeps none."""
        places = CutOffs()
        places.lost("service", "", 10, 100, 120)
        places.lost("service", "62345678", 10, 100, 0)
        self.assertEqual([places.take("service", number, 101) for number in ("", "62345678")], [None, None])
