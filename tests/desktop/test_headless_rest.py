"""What an agent without a window does between calls."""

from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headless import AgentPlan, HeadlessAgent
from callserver.wire.messages import WRAP_UP, SeatStatus
from callserver.wire.states import SeatState


class FakeClient:
    """An AgentClient that only keeps what was asked of it."""

    def __init__(self) -> None:
        self.acts: list[str] = []

    def ready(self) -> Deferred[None]:
        self.acts.append("ready")
        return succeed(None)

    def log_out(self) -> Deferred[None]:
        self.acts.append("log out")
        return succeed(None)


class RestTests(SynchronousTestCase):
    """What he does between calls, told his seat's status."""

    def acts(self, *statuses: SeatStatus, **plan: Any) -> list[str]:
        agent = HeadlessAgent(Clock(), AgentPlan(**plan), [], None, lambda text: None)
        agent.client = client = FakeClient()  # type: ignore[assignment]
        for status in statuses:
            agent.status(status)
        return client.acts

    def test_wrap_up(self) -> None:
        """He lets the wrap-up run out, as one needs it for notes; out of any other pause he comes back."""
        wrap_up = SeatStatus("801", state=SeatState.PAUSED, reason=WRAP_UP)
        self.assertEqual(self.acts(wrap_up), [])
        for reason in ("missed", "client lost", "lunch", ""):
            self.assertEqual(self.acts(SeatStatus("801", state=SeatState.PAUSED, reason=reason)), ["ready"], reason)

    def test_last_call_served(self) -> None:
        """After his last call he logs out at once, in the wrap-up as well, but not while it rings or he talks."""
        for state in (SeatState.IDLE_PC, SeatState.PAUSED):
            self.assertEqual(self.acts(SeatStatus("801", state=state, reason=WRAP_UP), calls=0), ["log out"])
        for state in (SeatState.RINGING, SeatState.TALKING, SeatState.HELD, SeatState.OFF):
            self.assertEqual(self.acts(SeatStatus("801", state=state), calls=0), [], state)
