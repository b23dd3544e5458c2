"""Every code has words, in every language."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.wire.catalogue import told
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Phrase
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from callserver.wire.words import (
    CAUSE_WORDS,
    LINE_WORDS,
    RIGHT_WORDS,
    SEAT_WORDS,
    code_text,
    reason_text,
    right_text,
    state_text,
)


class WordsTests(SynchronousTestCase):
    def test_all_codes(self) -> None:
        """No right, state or cause is forgotten."""
        tables = ((RIGHT_WORDS, Right), (LINE_WORDS, LineState), (SEAT_WORDS, SeatState), (CAUSE_WORDS, Cause))
        for table, codes in tables:
            self.assertEqual(set(table), set(codes))

    def test_states(self) -> None:
        """A state, as the log stores it and as the board sends it, is called the same."""
        for state in (SeatState.IDLE_PC, "idle, computer", "IDLE_PC"):
            self.assertEqual(state_text(state, "en"), "idle, at the computer")
            self.assertEqual(state_text(state, "zh"), "空闲（座席电脑）")
        self.assertEqual(state_text("dreaming", "zh"), "dreaming")

    def test_reasons(self) -> None:
        """A cause with its detail; what the detail means depends on the cause."""
        cases = (
            (Reason(Cause.CALLER_HUNG_UP), "来电者挂机", "caller hung up"),
            (Reason(Cause.CALLER_HUNG_UP, "busy"), "来电者挂机（忙音）", "caller hung up (busy tone)"),
            (Reason(Cause.FORCED_OUT, "800"), "被强行注销，操作者 800", "logged out by force, by 800"),
            (Reason(Cause.RIGHT_TAKEN, "3"), "权限被取消：接听排队呼入电话", "right taken away: answer queued calls"),
            (Reason(Cause.RIGHT_TAKEN, "99"), "权限被取消：99", "right taken away: 99"),
        )
        for reason, chinese, english in cases:
            for given_as in (reason, str(reason)):
                self.assertEqual((reason_text(given_as, "zh"), reason_text(given_as, "en")), (chinese, english))

    def test_old_records(self) -> None:
        """The free text of a record from before there were codes is shown as it is."""
        self.assertEqual(reason_text("caller hung up (lightning)", "zh"), "caller hung up (lightning)")

    def test_codes_with_numbers(self) -> None:
        """Of "agent 801" the agent is translated."""
        self.assertEqual((code_text("agent 801", "zh"), code_text("agent 801", "en")), ("座席 801", "agent 801"))
        self.assertEqual((code_text("page 1", "zh"), code_text("page 1", "en")), ("第1页", "page 1"))
        self.assertEqual(right_text(Right.GRAB, "zh"), "抓接排队电话")

    def test_phrases(self) -> None:
        """A feature's sentence, with money, a word and a name, is each screen's own; a newer one is English."""
        row = Phrase("order {number} of {placed}, {state_word}, ¥{total_fen}", {"state_word": "shipped"})
        row = Phrase(row.msgid, {"number": "5001", "placed": "2026-01-31", "state_word": "shipped", "total_fen": 9905})
        self.assertEqual(told(row, "en"), "order 5001 of 2026-01-31, shipped, ¥99.05")
        self.assertEqual(told(row, "zh"), "订单 5001，2026-01-31，已发货，¥99.05")
        names = {"name_zh": "蜂蜜", "name_en": "honey"}
        self.assertEqual([told(Phrase("{name}!", names), language) for language in ("zh", "en")], ["蜂蜜!", "honey!"])

    @given(st.text(), st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers(), max_size=3))
    def test_any_phrase_is_a_line(self, msgid: str, details: dict[str, str | int]) -> None:
        """Nothing in a sentence from another computer is carried out, or breaks."""
        self.assertIsInstance(told(Phrase(msgid, details), "zh"), str)
        self.assertEqual(told(Phrase("{a.__class__} {a:9999999999} {a!r}", {"a": "x"}), "en")[:6], "{a.__c")
