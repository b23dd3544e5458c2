"""What the event log tells of callers' ways: counted by hand on a few calls."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.paths.figures import figures, percentile
from callserver.ivr.paths.walked import Walked, walked
from callserver.wire.records import EventRecord

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def events(*told: tuple[float, str, dict[str, object]]) -> list[EventRecord]:
    return [EventRecord(AT, at_s, "n", kind, "c", "line 1", None, data) for at_s, kind, data in told]  # type: ignore[arg-type]


def call(version: str = "v1", *more: tuple[float, str, dict[str, object]]) -> Walked:
    menu = (0.0, "menu", {"name": "front", "version": version})
    found = walked("front", events(menu, *more))
    assert found is not None
    return found


WELCOME = (0.0, "step", {"menu": "front", "step": "welcome"})
MAIN = (4.0, "step", {"menu": "front", "step": "main"})


def keyed(at_s: float, digits: str, result: str) -> tuple[tuple[float, str, dict[str, object]], ...]:
    return (
        (at_s, "input", {"digits": digits, "prompts": ["x"]}),
        (at_s, "reply", {"menu": "front", "step": "", "result": result}),
    )


GAVE_UP = call("v1", WELCOME, MAIN, *keyed(6, "9", "wrong"), (10.0, "end", {"reason": "caller_hung_up: busy tone"}))
SERVED = call(
    "v1",
    WELCOME,
    *keyed(2, "1", "taken"),
    MAIN,
    *keyed(5, "", "silence"),
    *keyed(12, "0", "taken"),
    (12.0, "entry", {"queue": "operator"}),
    (20.0, "connect", {}),
    (90.0, "target", {"menu": "front", "target": "queue operator", "outcome": ""}),
    (91.0, "step", {"menu": "survey", "step": "rating"}),
    *keyed(95, "4", "taken"),
    (95.0, "saved", {"name": "rating", "value": "4"}),
    (96.0, "end", {"reason": "menu_over"}),
)


class WalkedTests(SynchronousTestCase):
    def test_gave_up(self) -> None:
        """Who hangs up without being served has left at his last step."""
        self.assertEqual((GAVE_UP.gave_up, GAVE_UP.steps, GAVE_UP.to_person), (True, ["welcome", "main"], None))
        self.assertEqual([visit.took_s for visit in GAVE_UP.visits], [4.0, 6.0])

    def test_served(self) -> None:
        """Steps of another file are named by it; keys before the queue, targets, the rating."""
        self.assertEqual(SERVED.steps, ["welcome", "main", "survey.rating"])
        self.assertEqual(SERVED.to_person, ("1", "", "0"))
        self.assertEqual(SERVED.targets, (("queue operator", ""),))
        self.assertEqual((SERVED.rating, SERVED.gave_up), ("4", False))
        self.assertEqual(SERVED.visits[1].took_s, 8.0)

    def test_kept_by_the_queue(self) -> None:
        """Of whom an agent keeps to the end nothing more is told."""
        one = call("v1", MAIN, (5.0, "entry", {"queue": "operator"}), (9.0, "end", {"reason": "caller_hung_up"}))
        self.assertEqual((one.targets, one.gave_up), ((("queue operator", "answered"),), False))

    def test_python(self) -> None:
        """A menu in Python has no steps: its questions are, by their last prompt."""
        asked = (3.0, "input", {"digits": "****", "prompts": ["welcome", "enter-pin"]})
        one = call("", asked, (9.0, "end", {"reason": "menu_over"}))
        self.assertEqual((one.steps, one.inputs, one.visits[0].took_s), (["enter-pin"], ("****",), 3.0))

    def test_another_menu(self) -> None:
        self.assertIsNone(walked("front", events((0.0, "menu", {"name": "shop", "version": ""}))))


class FiguresTests(SynchronousTestCase):
    def test_counted(self) -> None:
        (one,) = figures([GAVE_UP, SERVED])
        self.assertEqual((one.calls, one.gave_up, one.to_person, one.rating, one.ratings), (2, 1, 1, 4.0, 1))
        self.assertEqual(one.last_keys, (("1 - 0", 1),))
        main = one.steps[1]
        self.assertEqual((main.step, main.visits, main.left, main.median_s, main.p90_s), ("main", 2, 1, 7.0, 8.0))
        self.assertEqual((main.inputs, round(main.wrong, 2), round(main.silent, 2)), (3, 0.33, 0.33))
        self.assertEqual(main.keys, (("9", 1), ("-", 1), ("0", 1)))

    def test_answers(self) -> None:
        """How long answers took, and how many came before the question was said to its end."""
        measured = {"digits": "1", "prompts": ["x"], "took_s": 2.5, "in_prompt": True}
        early = call("v1", MAIN, (6.5, "input", measured), *keyed(9, "2", "taken"), (10.0, "end", {}))
        (step,) = figures([early])[0].steps
        self.assertEqual((step.answer_s, step.early, step.keys), (2.5, 0.5, (("1", 1), ("2", 1))))

    def test_by_version(self) -> None:
        """What is loaded anew is counted anew."""
        self.assertEqual([(one.version, one.calls) for one in figures([GAVE_UP, call("v2"), SERVED])],
                         [("v1", 2), ("v2", 1)])  # fmt: skip

    @given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
    def test_percentile(self, values: list[float], share: float) -> None:
        """One of the values; so large a share is not above it, and no smaller value will do."""
        found = percentile(values, share)
        self.assertIn(found, values)
        self.assertGreaterEqual(sum(one <= found for one in values), share * len(values) - 1e-9)
        self.assertLess(sum(one < found for one in values), share * len(values) + 1e-9)
