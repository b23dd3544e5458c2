"""Which line is taken: the least used of those that may, none of the reserve; for an emergency any, at any price."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.calls_out import Dialler
from callserver.calls.line_choice import Direction, LineTally, Trunk, choose, free_trunks
from callserver.calls.stages import Stage
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refused
from callserver.wire.states import LineState
from tests.calls.test_calls_out import LOCAL, NUMBER, CallsOutCase
from tests.shop import Told

NOBODY = Dialler("seat 801")  # a seat nobody is logged in at
TRANSFER = replace(LOCAL, may_use_reserve=False)


class FakeLine:
    """Free or not."""

    call = None
    clears = False

    def __init__(self, name: str, is_free: bool) -> None:
        self.name, self.is_free = name, is_free

    def dial(self, *_: object) -> None:
        raise AssertionError("only chosen, never dialled")


TRUNKS = st.lists(
    st.tuples(st.booleans(), st.sampled_from(Direction), st.sampled_from(("", "gsm")), st.integers(0, 3)), max_size=8
)


class ChoiceTests(SynchronousTestCase):
    @given(TRUNKS, st.integers(0, 4), st.sampled_from(("", "gsm")))
    def test_choice(self, lines: list[tuple[bool, Direction, str, int]], reserve: int, group: str) -> None:
        """Free, for calls out, of the group, least used; and so many are left free afterwards, or none is taken."""
        trunks = [
            Trunk(number, FakeLine(f"line {number}", free), direction, of)
            for number, (free, direction, of, _) in enumerate(lines, 1)
        ]
        tallies = {f"line {number}": LineTally(calls) for number, (*_, calls) in enumerate(lines, 1)}
        free = free_trunks(trunks, group)
        chosen = choose(free, tallies, reserve)
        if chosen is None:
            self.assertLessEqual(len(free), reserve)
            return
        self.assertGreaterEqual(len(free) - 1, reserve)
        self.assertTrue(chosen.line.is_free)
        self.assertIsNot(chosen.direction, Direction.IN)
        self.assertIn(group, ("", chosen.group))
        self.assertEqual(tallies[chosen.line.name].calls, min(tallies[one.line.name].calls for one in free))


class ReserveTests(CallsOutCase):
    def test_least_used(self) -> None:
        """The lines take turns."""
        used = []
        for _ in range(4):
            call = self.shop.calls_out.dial(NUMBER, LOCAL, Told())
            used.append(call.first.name)
            call.end("agent", Reason(Cause.GAVE_UP))
            self.shop.wait(1.5)
        self.assertEqual(used, ["line 1", "line 2", "line 1", "line 2"])

    def test_reserve(self) -> None:
        """A transfer leaves the reserve free; a person may take it."""
        self.shop.dialling = replace(self.shop.dialling, reserve=1)
        self.shop.calls_out.dial(NUMBER, TRANSFER, Told())
        refused = self.assertRaises(Refused, self.shop.calls_out.dial, NUMBER, TRANSFER, Told())
        self.assertEqual(refused.detail, "no_line")
        self.shop.calls_out.dial(NUMBER, LOCAL, Told())

    def test_groups(self) -> None:
        """People and transfers keep to the lines they are given."""
        self.shop.dialling = replace(self.shop.dialling, group="city", transfer_group="gsm")
        self.shop.trunks = [
            Trunk(n, line, group=("city", "gsm")[n - 1]) for n, line in enumerate(self.shop.in_service, 1)
        ]
        self.assertEqual(self.shop.calls_out.dial(NUMBER, TRANSFER, Told()).first.name, "line 2")
        self.assertEqual(self.shop.calls_out.dial(NUMBER, LOCAL, Told()).first.name, "line 1")


class EmergencyTests(CallsOutCase):
    def dialled_120(self, name: str) -> None:
        """The ambulance is called on this line, in a moment."""
        self.dial("120", NOBODY)
        self.assertEqual(self.call.first.name, name)
        line = int(name[-1]) - 1
        self.shop.wait(2)
        self.shop.dial_tone(line)
        self.assertEqual(self.shop.lines[line].far_end.dialled, ["120"])
        self.shop.exchange("ringback", 6, line)
        self.shop.answer_there(line)
        self.assertEqual(self.told.of, ["rings", "answered"])

    def test_before_every_rule(self) -> None:
        """No right, no person, every limit reached, every line kept for others: it goes out."""
        limits = {"": 0}
        self.shop.dialling = replace(
            self.shop.dialling, reserve=2, person_calls=limits, line_calls=limits, day_minutes=limits, group="none"
        )
        self.shop.trunks = [Trunk(n, line, Direction.IN) for n, line in enumerate(self.shop.in_service, 1)]
        self.dialled_120("line 1")

    def test_the_oldest_call_in_a_flow_is_ended(self) -> None:
        """No line is free: the caller who has been longest in a menu is ended for it, no talk and no younger one."""
        talk = self.shop.answered_call(0)
        talk.enter(Stage.TALK)
        self.shop.wait(1)
        served = self.shop.answered_call(1)
        self.dialled_120("line 2")
        self.assertEqual(served.ended, Reason(Cause.EMERGENCY))
        self.assertIsNone(talk.ended)

    def test_who_waits_comes_after_who_is_in_a_menu(self) -> None:
        """Of a waiting caller and one in a menu the latter is ended, though he came later."""
        waits = self.shop.answered_call(0)
        waits.enter(Stage.QUEUE)
        self.shop.wait(1)
        served = self.shop.answered_call(1)
        self.dialled_120("line 2")
        self.assertIsNotNone(served.ended)
        self.assertIsNone(waits.ended)

    def test_who_only_rings_yet(self) -> None:
        """The end of a call that is not answered frees no line: a younger one in a menu is ended, and it rings on."""
        self.shop.lines[0].far_end.ring()
        self.shop.wait(0.1)
        rings = self.shop.in_service[0].call
        assert rings is not None
        served = self.shop.answered_call(1)
        self.dial("120", NOBODY)
        self.assertEqual((self.call.first.name, rings.ended), ("line 2", None))
        self.assertEqual(served.ended, Reason(Cause.EMERGENCY))

    def test_a_line_that_clears(self) -> None:
        """A line whose call is just over is waited for, and nobody is ended."""
        self.shop.answered_call(0)
        self.shop.answered_call(1)
        self.shop.lines[0].far_end.hang_up()
        self.assertIs(self.shop.state(), LineState.WAIT_HANGUP)
        self.dialled_120("line 1")
        self.assertEqual(len(self.shop.calls), 2)

    def test_given_up_while_it_clears(self) -> None:
        """Who gives up before the line is free dials nothing, and the line is free."""
        self.shop.answered_call(0)
        self.shop.answered_call(1)
        self.shop.lines[0].far_end.hang_up()
        self.dial("120", NOBODY)
        self.call.end("agent", Reason(Cause.GAVE_UP))
        self.assertEqual(self.told.of, ["gave_up"])
        self.shop.wait(2)
        self.assertIs(self.shop.state(), LineState.IDLE)
        self.assertEqual(self.shop.lines[0].far_end.dialled, [])

    def test_disabled_while_it_clears(self) -> None:
        """A line that is taken out of service in that moment dials nothing; who dialled is told."""
        self.shop.answered_call(0)
        self.shop.answered_call(1)
        self.shop.lines[0].far_end.hang_up()
        self.dial("120", NOBODY)
        self.shop.in_service[0].disable()
        self.shop.wait(2)
        self.assertEqual(self.told.of, ["gave_up"])
        self.assertIs(self.shop.state(), LineState.LOADED)
        self.assertFalse(self.shop.lines[0].off_hook)

    def test_everybody_talks(self) -> None:
        """No talk is ended: who dials is told that there is no line."""
        for line in (0, 1):
            self.shop.answered_call(line).enter(Stage.TALK)
        refused = self.assertRaises(Refused, self.shop.calls_out.dial, "120", NOBODY, self.told)
        self.assertEqual(refused.detail, "no_line")
