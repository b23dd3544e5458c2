"""The list of recordings: asked for page by page, kept through a lost connection, filtered as one chooses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from callserver.desktop.presenters.recording_filter import ANY_DAY, DAYS, TODAY, WEEK, RecordingFilter
from callserver.desktop.presenters.recordings import Recordings, RecordingsData
from callserver.wire.refusals import Refusal, Refused
from tests.desktop.presenters.recording_rows import page, row
from tests.desktop.presenters.work_case import WorkCase

NOON = datetime(2026, 3, 2, 12, 0).astimezone()


class RecordingsTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[RecordingsData] = []
        self.chosen: list[dict[str, Any]] = []
        self.list = Recordings(self.work, self.shown.append, self.chosen.append, lambda: NOON)
        self.list.start()
        self.addCleanup(self.list.stop)

    @property
    def seen(self) -> RecordingsData:
        return self.shown[-1]

    def numbers(self) -> list[int]:
        return [line.number for line in self.seen.lines]

    def test_a_line(self) -> None:
        """A row says when, who, at which seat and line, how long, what came of it, and what was written on it."""
        self.list.opened(RecordingFilter())
        self.client.answers(page(row(4, orders=["20260017"], note="calls again", protected=True)))
        (line,) = self.seen.lines
        at = datetime(2026, 3, 2, 4, tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        self.assertEqual(line.cells[0], at)
        self.assertEqual(
            line.cells[1:],
            ("13800138000", "801", "line 7", "1:00", "answered", "20260017", "calls again", "protected"),
        )
        self.assertEqual(self.seen.says, "1 recordings")

    def test_pages(self) -> None:
        """The next page is asked for when somebody wants more, once, and comes behind the others."""
        self.list.opened(RecordingFilter())
        self.client.answers(page(row(9), row(8), after="1-8"))
        self.assertEqual(self.seen.says, "2 are shown, there are more below")
        self.list.more()
        self.list.more()
        self.assertEqual(self.client.asked, [("list_recordings", {}, ""), ("list_recordings", {}, "1-8")])
        self.client.answers(page(row(8), row(7)))
        self.assertEqual(self.numbers(), [9, 8, 7])
        self.assertEqual(self.seen.says, "3 recordings")

    def test_another_search(self) -> None:
        """An answer to what was asked before is too late; what is shown stays until the new one is here."""
        self.list.opened(RecordingFilter())
        self.client.answers(page(row(9)))
        self.list.search(RecordingFilter(number="138*"))
        self.list.search(RecordingFilter(number="139*"))
        self.assertEqual(self.numbers(), [9])
        self.client.answers(page(row(1)))
        self.assertEqual(self.numbers(), [9])
        self.client.answers(page(row(2)))
        self.assertEqual(self.numbers(), [2])

    def test_slow(self) -> None:
        """That it loads is said only when one has waited for it."""
        self.list.opened(RecordingFilter())
        self.clock.advance(0.2)
        self.assertEqual(self.seen.says, "")
        self.clock.advance(0.2)
        self.assertEqual(self.seen.says, "Loading…")
        self.client.answers(page())
        self.assertIn("No recordings like that", self.seen.says)

    def test_refused(self) -> None:
        """Why nothing was found stands there, and the list as it was."""
        self.list.opened(RecordingFilter())
        self.client.answers(page(row(9)))
        self.list.search(RecordingFilter(number="*"))
        self.refuses(Refused(Refusal.NOT_SAVED, '["too many would fit", {}]'))
        self.assertIn("too many would fit", self.seen.problem)
        self.assertEqual(self.numbers(), [9])

    def test_back_again(self) -> None:
        """After the connection was lost it is asked for anew."""
        self.list.opened(RecordingFilter())
        self.client.answers(page(row(9)))
        self.log_in()
        self.assertEqual(len(self.client.asked), 2)
        self.assertEqual(self.numbers(), [9])

    def test_changed(self) -> None:
        """What was written on one is seen in its row; a chosen row goes to the player."""
        self.list.opened(RecordingFilter())
        self.client.answers(page(row(9), row(8)))
        self.list.changed(8, {"note": "done"})
        self.assertEqual(self.seen.lines[1].cells[7], "done")
        self.list.choose(8)
        self.assertEqual(self.chosen[0]["note"], "done")

    def test_thousands(self) -> None:
        """Thousands of rows are shown in a moment: each was made once."""
        self.list.opened(RecordingFilter())
        self.client.answers(page(*map(row, range(5000, 0, -1)), after="1-1"))
        first = self.seen.lines[0]
        self.list.more()
        self.client.answers(page(row(5001)))
        self.assertIs(self.seen.lines[0], first)


class FilterTests(WorkCase):
    def test_texts(self) -> None:
        """A pasted number, a seat as it is offered; what is empty is not asked."""
        found = RecordingFilter(number="138 0013-*", seat="801 王芳", length="30-180", outcome="abandoned", note=" x ")
        self.assertEqual(
            found.asked(NOON),
            {"number": "1380013*", "agent": "801", "shortest_s": 30, "longest_s": 180}
            | {"outcome": "abandoned", "note": "x"},
        )

    def test_days(self) -> None:
        """Today is from midnight to midnight as this computer has it; from … to … has both days whole."""
        today = RecordingFilter(TODAY).asked(NOON)
        begin = datetime(2026, 3, 2).astimezone()
        self.assertEqual(today, {"since": begin.isoformat(), "until": (begin + timedelta(days=1)).isoformat()})
        week = RecordingFilter(WEEK).asked(NOON)
        self.assertEqual(week["since"], datetime(2026, 2, 24).astimezone().isoformat())
        own = RecordingFilter(DAYS, date(2026, 3, 5), date(2026, 3, 1)).asked(NOON)
        self.assertEqual(own["since"], datetime(2026, 3, 1).astimezone().isoformat())
        self.assertEqual(own["until"], datetime(2026, 3, 6).astimezone().isoformat())
        self.assertEqual(RecordingFilter(ANY_DAY).asked(NOON), {})
