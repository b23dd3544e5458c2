"""What stands for the server's whole life is not looked through again while calls are on."""

import gc
from unittest import TestCase

from callserver.server.garbage import keep_what_stands


class _Knot:
    def __init__(self) -> None:
        self.me = self


class TestGarbage(TestCase):
    def setUp(self) -> None:
        self.addCleanup(gc.unfreeze)
        keep_what_stands()

    def test_a_full_collection_has_little_to_look_through(self) -> None:
        self.assertLess(len(gc.get_objects()), gc.get_freeze_count() / 10)

    def test_what_calls_leave_behind_is_still_collected(self) -> None:
        gc.collect()
        for _ in range(5):
            _Knot()
        self.assertGreaterEqual(gc.collect(), 5)
