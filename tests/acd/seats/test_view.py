"""How a seat looks, from what it is made of."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seats.agent_machine import Work
from callserver.acd.seats.calls_machine import Phase
from callserver.acd.seats.presence import Presence
from callserver.acd.seats.view import IN_CALL, Look, seat_status
from callserver.wire.states import SeatState


def look(work: Work, phase: Phase = Phase.NONE, presence: Presence = Presence.HERE, **more: object) -> Look:
    return Look("801", "Li Mei", work, phase, presence, **more)  # type: ignore[arg-type]


class ViewTests(SynchronousTestCase):
    def check(self, seen: Look, state: SeatState, reason: str = "") -> None:
        status = seat_status(seen)
        self.assertEqual((status.state, status.reason), (state, reason))

    def test_resting(self) -> None:
        """Without a call a seat shows what its agent does, and why he is not ready."""
        self.check(look(Work.OUT), SeatState.OFF)
        self.check(look(Work.READY), SeatState.IDLE_PC)
        self.check(look(Work.READY, by_phone=True), SeatState.IDLE_PHONE)
        self.check(look(Work.NOT_READY, pause_reason="lunch"), SeatState.PAUSED, "lunch")
        self.check(look(Work.WRAP_UP), SeatState.PAUSED, "wrap-up")
        self.check(look(Work.READY, presence=Presence.AWAY), SeatState.PAUSED, "client lost")
        self.check(look(Work.READY, presence=Presence.LOST), SeatState.IDLE_PC)

    def test_wish_for_a_pause(self) -> None:
        """Not ready during a call or wrap-up is a wish; afterwards it is a pause."""
        self.assertTrue(seat_status(look(Work.NOT_READY, Phase.TALKING, pause_reason="tea")).pause_wanted)
        self.assertTrue(seat_status(look(Work.WRAP_UP, pause_reason="tea")).pause_wanted)
        self.assertFalse(seat_status(look(Work.NOT_READY, pause_reason="tea")).pause_wanted)

    @given(st.sampled_from(Work), st.sampled_from(Phase), st.sampled_from(Presence), st.booleans())
    def test_the_call_comes_first(self, work: Work, phase: Phase, presence: Presence, by_phone: bool) -> None:
        """Whatever the agent does, a call is shown before it; a reason stands beside a pause only."""
        status = seat_status(look(work, phase, presence, by_phone=by_phone, pause_reason="tea"))
        if phase is not Phase.NONE:
            self.assertIs(status.state, IN_CALL[phase])
        self.assertEqual(bool(status.reason), status.state is SeatState.PAUSED)
