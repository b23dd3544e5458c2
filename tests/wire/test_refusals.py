"""What is refused says so in words."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.wire.catalogue import LANGUAGES
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import TEXTS, Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState


class RefusalTests(SynchronousTestCase):
    def test_there_and_back(self) -> None:
        """Code and detail survive the text that pb sends."""
        reason = Reason(Cause.FORCED_OUT, "800")
        for refused in (
            Refused(Refusal.LOG_IN),
            Refused(Refusal.LIMIT, "4 seats"),
            Refused.no_right(Right.GRAB),
            Refused(Refusal.NOT_NOW, reason),
        ):
            again = Refused.from_wire(str(refused))
            self.assertEqual((again.code, again.detail), (refused.code, refused.detail))
        self.assertEqual(Refused(Refusal.NOT_NOW, reason).detail, "forced_out: 800")

    def test_unknown_code(self) -> None:
        """A refusal of a newer server is shown as it came."""
        again = Refused.from_wire("out-of-tea: kettle")
        self.assertEqual((again.code, again.detail), (Refusal.SERVER, "out-of-tea: kettle"))

    def test_every_refusal_has_words(self) -> None:
        """In Chinese and English, and they differ."""
        self.assertEqual(set(TEXTS), set(Refusal))
        for refusal in Refusal:
            chinese, english = (Refused(refusal).text(language) for language in LANGUAGES)
            self.assertNotEqual(chinese, english)

    def test_details(self) -> None:
        """A right, a state and a reason are named in the same language; other details stay as they are."""
        cases = (
            (Refused.no_right(Right.ANSWER_QUEUED), "没有权限：接听排队呼入电话", "not allowed: answer queued calls"),
            (Refused(Refusal.NO_RIGHT, "99"), "没有权限：99", "not allowed: 99"),
            (Refused(Refusal.NOT_NOW, SeatState.HELD), "现在不能这样做：保持中", "not possible now: held"),
            (
                Refused(Refusal.NOT_NOW, Reason(Cause.CLIENT_LOST)),
                "现在不能这样做：座席电脑断开",
                "not possible now: computer lost",
            ),
            (Refused(Refusal.LIMIT, "4 seats"), "超过限制：4 seats", "beyond the limit: 4 seats"),
        )
        for refused, chinese, english in cases:
            self.assertEqual((refused.text("zh"), refused.text("en")), (chinese, english))
