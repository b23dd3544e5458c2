"""Who was in touch with a customer before, and what colleagues wrote down."""

from __future__ import annotations

from callserver.desktop.presenters.history import History, HistoryData
from callserver.wire.messages import Card
from callserver.wire.states import SeatState
from tests.desktop.presenters.work_case import WorkCase

CALL = {
    "call": "c1",
    "began": "2026-11-20T02:02:00+00:00",
    "direction": "in",
    "number": "13800138000",
    "length_s": 151,
    "agents": [{"number": "802", "name": "刘洋"}],
    "queues": ["shop"],
    "end": "caller_hung_up",
    "order": None,
    "outcomes": [{"code": 1, "zh": "成交", "en": "Sold", "note": "two pots", "by": "802", "name": "刘洋", "at": ""}],
}
BY = {"by": "802", "name": "刘洋", "at": "2026-11-20T02:05:00+00:00"}
NOTE = {
    "contact": "13800138000",
    "text": "is deaf in one ear",
    "by": "802",
    "name": "刘洋",
    "at": "2026-11-20T02:05:00+00:00",
}


class HistoryTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[HistoryData] = []
        self.history = History(self.work, self.shown.append)
        self.history.start()
        self.work.record.begin()
        self.addCleanup(self.work.record.end)
        self.addCleanup(self.history.stop)

    @property
    def now(self) -> HistoryData:
        return self.shown[-1]

    def rings(self, number: str = "13800138000") -> None:
        """A stranger's call; the books know nobody."""
        self.seat(SeatState.RINGING, Card(f"call of {number}", number))
        while self.client.asked and self.client.asked[0][0] == "caller_customers":
            self.client.asked.pop(0)
            self.client.answers({"found": [], "call": "", "telephone": number})

    def test_only_while_seen(self) -> None:
        """Nobody who looks at another tab asks the server for it."""
        self.rings()
        self.assertEqual(self.client.asked, [])
        self.history.see()
        self.assertEqual(self.client.asked, [("list_contacts", "13800138000", "")])

    def test_late_page(self) -> None:
        """The next page of one caller that comes when another one is shown is not put behind his calls."""
        self.rings()
        self.history.see()
        self.client.answers({"calls": [CALL], "notes": [], "next": "1:c1"})
        self.history.more()
        (late,) = self.client.waiting
        self.rings("13700001111")
        late.callback({"calls": [CALL], "notes": [], "next": "2:c2"})
        self.assertEqual(self.now.calls, ())

    def test_rows(self) -> None:
        """When, which way, how long, who, how it ended, and what came of it."""
        self.rings()
        self.history.see()
        self.client.answers({"calls": [CALL], "notes": [NOTE], "next": ""})
        ((at, *rest),) = self.now.calls
        self.assertTrue(at.startswith("2026-11-"))
        self.assertEqual(
            rest, ["came in", "13800138000", "2:31", "802 刘洋", "shop", "caller hung up", "Sold: two pots"]
        )
        self.assertEqual(self.now.notes[0][1:], ("802 刘洋", "is deaf in one ear"))

    def test_pages(self) -> None:
        """Fifty at a time; the end is asked for once."""
        self.rings()
        self.history.see()
        self.client.answers({"calls": [CALL], "notes": [], "next": "7"})
        self.history.more()
        self.history.more()
        self.client.answers({"calls": [CALL], "notes": [], "next": ""})
        self.history.more()
        self.assertEqual(self.client.asked[1:], [("list_contacts", "13800138000", "7")])
        self.assertEqual(len(self.now.calls), 2)

    def test_late_answer(self) -> None:
        """What comes for one customer is never shown as another's."""
        self.rings()
        self.history.see()
        self.rings("13700001111")
        self.client.answers({"calls": [CALL], "notes": [NOTE], "next": ""})
        self.assertEqual((self.now.calls, self.now.notes), ((), ()))

    def test_draft_stays_with_its_customer(self) -> None:
        """A note that is being written waits for its customer, and does not go to the next."""
        self.rings()
        self.history.type("wants the green one")
        self.rings("13700001111")
        self.assertEqual(self.now.draft, "")
        self.rings("13800138000")
        self.assertEqual(self.now.draft, "wants the green one")

    def test_keep(self) -> None:
        """The note goes to the others, and the field is empty."""
        self.rings()
        self.history.type("  wants the green one ")
        self.history.keep()
        self.history.keep()
        self.assertEqual(self.client.asked, [("note_contact", "13800138000", "wants the green one")])
        self.client.answers()
        self.assertEqual((self.now.draft, self.history.has_drafts), ("", False))

    def test_typed_while_it_is_kept(self) -> None:
        """The next note, begun before the answer is here, stays; what is written on somebody else does, too."""
        self.rings()
        self.history.type("one")
        self.history.keep()
        self.history.type("two")
        self.client.answers()
        self.assertEqual(self.history.data().draft, "two")
        self.rings("13700001111")
        self.assertEqual((self.now.draft, self.history.has_drafts), ("", True))

    def test_blank_note(self) -> None:
        """Nothing is no note."""
        self.rings()
        self.history.type("   ")
        self.history.keep()
        self.assertEqual(self.client.asked, [])
