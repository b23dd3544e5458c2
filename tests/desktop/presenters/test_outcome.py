"""What came of a talk, told by its digit."""

from __future__ import annotations

from callserver.desktop.presenters.outcome import Outcome, OutcomeData
from callserver.wire.messages import WRAP_UP, Card, Identity
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.desktop.presenters.work_case import WorkCase

LI, ZHAO = Card("call-1", identity=Identity("10023", "李明")), Card("call-2", "02088880000")
SHOPS = [{"code": 1, "zh": "成交", "en": "Sold", "protects": False}, {"code": 3, "zh": "投诉", "en": "Complaint"}]


class OutcomeTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[OutcomeData] = []
        self.outcome = Outcome(self.work, self.shown.append)
        self.outcome.start()
        self.addCleanup(self.outcome.stop)
        self.client.answers(SHOPS)
        self.client.asked.clear()

    @property
    def now(self) -> OutcomeData:
        return self.shown[-1]

    def test_words_of_the_shop(self) -> None:
        """The outcomes are those that the shop has set; before any call none can be chosen."""
        self.assertEqual((self.now.outcomes, self.now.may_choose), (((1, "Sold"), (3, "Complaint")), False))

    def test_in_the_wrap_up(self) -> None:
        """Chosen, written and done after the talk: the server is told, and the next call may come."""
        self.seat(SeatState.TALKING, LI)
        self.outcome.choose(1)
        self.seat(SeatState.PAUSED, reason=WRAP_UP, wrap_up_s=30)
        self.outcome.type("calls again on Monday")
        self.assertEqual((self.now.about, self.now.may_be_done), ("李明", True))
        self.outcome.done()
        self.client.answers()
        self.assertEqual(self.client.asked, [("set_outcome", "call-1", 1, "calls again on Monday"), ("ready",)])

    def test_in_the_talk(self) -> None:
        """Done while one talks still ends nothing."""
        self.seat(SeatState.TALKING, LI)
        self.outcome.choose(3)
        self.outcome.done()
        self.client.answers()
        self.assertEqual((self.client.asked, self.now.told), ([("set_outcome", "call-1", 3, "")], "Kept"))

    def test_not_while_it_rings(self) -> None:
        """The next call that rings does not take the form of the last one; the next talk does."""
        self.seat(SeatState.TALKING, LI)
        self.outcome.choose(1)
        self.seat(SeatState.RINGING, ZHAO)
        self.assertEqual((self.now.about, self.now.code), ("李明", 1))
        self.seat(SeatState.TALKING, ZHAO)
        self.assertEqual((self.now.about, self.now.code), ("02088880000", 0))

    def test_consulting(self) -> None:
        """Whom one consults takes nobody's place: what was chosen and typed for the customer is still there."""
        self.seat(SeatState.TALKING, LI)
        self.outcome.choose(1)
        self.outcome.type("asks Zhao")
        self.seat(SeatState.TALKING, ZHAO, kept=LI)
        self.assertEqual((self.now.about, self.now.code, self.now.note), ("李明", 1, "asks Zhao"))
        self.outcome.done()
        self.assertEqual(self.client.asked, [("set_outcome", "call-1", 1, "asks Zhao")])

    def test_program_comes_back(self) -> None:
        """Killed in a talk and started again: it was told of the talk before this screen was there."""
        self.seat(SeatState.TALKING, LI)
        again: list[OutcomeData] = []
        outcome = Outcome(self.work, again.append)
        outcome.start()
        self.addCleanup(outcome.stop)
        self.assertEqual((again[-1].about, again[-1].may_choose), ("李明", True))

    def test_comes_back(self) -> None:
        """What was not done when the next call came is there again with its caller, and asked about until then."""
        self.seat(SeatState.TALKING, LI)
        self.outcome.choose(1)
        self.outcome.type("wants tea")
        self.seat(SeatState.TALKING, ZHAO)
        self.assertEqual((self.now.note, self.outcome.has_drafts), ("", True))
        self.seat(SeatState.TALKING, LI)
        self.assertEqual((self.now.code, self.now.note), (1, "wants tea"))
        self.outcome.done()
        self.client.answers()
        self.assertEqual((self.now.told, self.outcome.has_drafts), ("Kept", False))
        self.outcome.type("wants tea and rice")
        self.assertEqual((self.now.told, self.outcome.has_drafts), ("", True))

    def test_taken_back(self) -> None:
        """The same digit once more chooses nothing; without an outcome nothing can be done."""
        self.seat(SeatState.TALKING, LI)
        self.outcome.choose(1)
        self.outcome.choose(1)
        self.outcome.choose(7)
        self.outcome.done()
        self.assertEqual((self.now.code, self.now.may_be_done, self.client.asked), (0, False, []))

    def test_typed_while_it_is_kept(self) -> None:
        """What is written before the server has answered is not kept: it does not say so, and the wrap-up goes on."""
        self.seat(SeatState.TALKING, LI)
        self.outcome.choose(1)
        self.outcome.done()
        self.seat(SeatState.PAUSED, reason=WRAP_UP, wrap_up_s=30)
        self.outcome.type("calls again")
        self.client.answers()
        self.assertEqual((self.now.told, self.outcome.has_drafts, len(self.client.asked)), ("", True, 1))
        self.outcome.done()
        self.client.answers()
        self.assertEqual((self.now.told, self.client.asked[-1]), ("Kept", ("ready",)))

    def test_kept_after_the_next_has_come(self) -> None:
        """What was kept when the next call had come is kept: it is not asked about at the end; his wrap-up stays."""
        self.seat(SeatState.TALKING, LI)
        self.outcome.choose(1)
        self.outcome.type("calls again")
        self.outcome.done()
        self.seat(SeatState.TALKING, ZHAO)
        self.assertTrue(self.outcome.has_drafts)
        self.seat(SeatState.PAUSED, reason=WRAP_UP, wrap_up_s=30)
        self.client.answers()
        self.assertEqual((self.outcome.has_drafts, self.now.told, len(self.client.asked)), (False, "", 1))

    def test_of_others(self) -> None:
        """A call that a supervisor listens to is not his to judge."""
        self.seat(SeatState.TALKING, LI, reason="listens")
        self.assertFalse(self.now.may_choose)

    def test_refused(self) -> None:
        """What was typed stays, with why it was not kept."""
        self.seat(SeatState.TALKING, LI)
        self.outcome.choose(1)
        self.outcome.type("note")
        self.outcome.done()
        self.refuses(Refused(Refusal.NOT_YOURS))
        self.assertEqual((self.now.note, self.now.problem), ("note", "only who started it can stop it, while it runs"))
