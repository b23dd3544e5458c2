"""A shift at the window, accelerated: nothing is left of its calls. All 200: `python -m benchmarks.window_shift`."""

from __future__ import annotations

from tests.whole.window_shift_case import ShiftCase, of_qt, ours, rss_kb

N_CALLS, SETTLED = 30, 15  # what is kept for good has been made after so many
RSS_GROWTH = 0.03  # of what the process had then: the server is in it, too


class ShiftTests(ShiftCase):
    def test_shift(self) -> None:
        """Twice as many calls leave as many objects, hardly more memory, and nobody else listens."""
        self.begin()
        for n in range(SETTLED):
            self.one_call(n)
        before, kinds, watchers, kb = ours(), of_qt(self.at), self.watchers(), rss_kb()
        for n in range(SETTLED, N_CALLS):
            self.one_call(n)
        self.assertEqual(of_qt(self.at), kinds)
        self.assertEqual(self.watchers(), watchers)
        after = ours()
        grown = {name: (before[name], after[name]) for name in after if after[name] > before[name] + 2}
        self.assertEqual(grown, {})
        self.assertLess((rss_kb() - kb) / kb, RSS_GROWTH, (kb, rss_kb()))

    def test_nobody_stays(self) -> None:
        """Who logs out leaves nobody behind who is told of anything, and no screen."""
        self.begin()
        self.at.leave()
        self.assertEqual(self.watchers(), (0, 0, 0))
