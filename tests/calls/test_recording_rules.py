"""Which calls are recorded, as a shop has written it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.recording_rules import Known, RecordingRules, Wish, drawn
from callserver.config.record_rules import RecordRule, read_record_rules

NOTHING, RECORD, BY_VOICE = Wish.NOTHING, Wish.RECORD, Wish.BY_VOICE


def known(line: int = 1, direction: str = "in", queue: str = "", *seats: str) -> Known:
    return Known(line, direction, queue, frozenset((f"line {line}", *(f"seat {one}" for one in seats))))


class RuleTests(SynchronousTestCase):
    def wishes(self, text: str, *calls: Known, always: bool = False, menus: bool = True) -> list[Wish]:
        rules = RecordingRules(always, rules=read_record_rules(text), menus=menus)
        return [rules.wish("call-1", one) for one in calls]

    def test_none(self) -> None:
        """Without rules all calls outside are recorded, or none is; in the house none is."""
        internal = Known(0, "internal", "", frozenset(("seat 801", "seat 802")))
        self.assertEqual(self.wishes("", known(), internal, always=True), [RECORD, NOTHING])
        self.assertEqual(self.wishes("", known(), internal), [NOTHING, NOTHING])

    def test_conditions(self) -> None:
        """By line, seat, queue, direction; all that a rule names has to hold."""
        text = "line 3-5 in: all, seat 801: all, queue sales out: all"
        calls = known(2), known(3), known(5), known(6), known(3, "out"), known(1, "in", "", "801")
        self.assertEqual(self.wishes(text, *calls), [NOTHING, RECORD, RECORD, NOTHING, NOTHING, RECORD])
        calls = known(1, "out", "sales"), known(1, "in", "sales"), known(1, "out", "other"), known(1, "in", "", "802")
        self.assertEqual(self.wishes(text, *calls), [RECORD, NOTHING, NOTHING, NOTHING])

    def test_first_counts(self) -> None:
        """The first that fits decides, also that nothing is recorded."""
        text = "seat 805: none, queue sales: all"
        calls = known(1, "in", "sales"), known(1, "in", "sales", "805"), known(1, "in", "other")
        self.assertEqual(self.wishes(text, *calls, always=True), [RECORD, NOTHING, RECORD])

    def test_in_the_house(self) -> None:
        """Colleagues among themselves: by a rule alone that names such calls."""
        call = Known(0, "internal", "", frozenset(("seat 801", "seat 802")))
        texts = "internal: all", "seat 801: all", "seat 801 internal: all"
        self.assertEqual([self.wishes(text, call) for text in texts], [[RECORD], [NOTHING], [RECORD]])

    def test_talks_alone(self) -> None:
        """Without menus nothing is recorded before somebody is there to talk."""
        calls = known(), known(1, "in", "sales"), known(1, "in", "sales", "801")
        self.assertEqual(self.wishes("", *calls, always=True, menus=False), [NOTHING, NOTHING, RECORD])

    def test_by_voice(self) -> None:
        """A line as a plain recorder."""
        self.assertEqual(self.wishes("line 9: voice", known(9), known(8), menus=False), [BY_VOICE, NOTHING])

    def test_share(self) -> None:
        """A share of the calls, the same ones however often it is asked."""
        rules = RecordingRules(rules=read_record_rules("in: 20%"))
        wishes = [rules.wish(f"call-{n}", known()) for n in range(5000)]
        self.assertApproximates(wishes.count(RECORD) / 5000, 0.2, 0.02)
        self.assertEqual(wishes, [rules.wish(f"call-{n}", known()) for n in range(5000)])

    @given(st.text(min_size=1), st.floats(0, 1))
    def test_share_grows(self, call_id: str, share: float) -> None:
        """A call that is among few is among more, too; of all nobody is left out, of none nobody is in."""
        self.assertTrue(0 <= drawn(call_id) < 1)
        wish = {one: RecordingRules(rules=(RecordRule(one),)).wish(call_id, known()) for one in (0.0, share, 1.0)}
        self.assertEqual((wish[0.0], wish[1.0]), (NOTHING, RECORD) if share not in (0.0, 1.0) else (wish[0.0], RECORD))
        if wish[share] is RECORD:
            self.assertIs(RecordingRules(rules=(RecordRule((1 + share) / 2),)).wish(call_id, known()), RECORD)


class WrittenTests(SynchronousTestCase):
    def test_all_parts(self) -> None:
        """As the comment in config.ini shows them."""
        text = "queue sales: all, line 3-5 in: 20%, seat 805:none,  internal : 12.5 %, line 9: voice, in: all"
        self.assertEqual(
            read_record_rules(text),
            (
                RecordRule(1.0, queue="sales"),
                RecordRule(0.2, lines=range(3, 6), direction="in"),
                RecordRule(0.0, seat="805"),
                RecordRule(0.125, direction="internal"),
                RecordRule(1.0, by_voice=True, lines=range(9, 10)),
                RecordRule(1.0, direction="in"),
            ),
        )
        self.assertEqual(read_record_rules(" , "), ())

    def test_mistakes(self) -> None:
        """What is no rule is told, the very part that is none."""
        for bad in (
            "queue sales", "queue: all", "line x: all", "line 5-3: all", "line 0: all", "in: 101%", "in: -1%",
            "in: much", "in out: all", "seat 1 seat 2: all", "lines 3: all", "inn: all", "seat 801x: all",
            "in: 20", "%: %",
        ):  # fmt: skip
            problem = self.assertRaises(ValueError, read_record_rules, f"in: all, {bad}, out: none")
            self.assertEqual(str(problem), bad)
