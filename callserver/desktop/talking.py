"""What an agent's program asks for in his own calls, and for his own seat."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from callserver.desktop.asking import Asking
from callserver.wire.targets import Target


class Talking(Asking):
    """Commands of the call that rings or is in hand, and of work and pause."""

    def answer(self, *, call_id: str = "") -> Deferred[None]:
        """Take the call that rings."""
        return self.ask("answer", call_id=call_id)

    def reject(self, *, call_id: str = "") -> Deferred[None]:
        """Leave it to others."""
        return self.ask("reject", call_id=call_id)

    def hang_up(self, *, call_id: str = "") -> Deferred[None]:
        """End the call in hand; one that is held rings here again."""
        return self.ask("hang_up", call_id=call_id)

    def hold(self, *, call_id: str = "") -> Deferred[None]:
        """Music for the caller."""
        return self.ask("hold", call_id=call_id)

    def retrieve(self, *, call_id: str = "") -> Deferred[None]:
        """Talk on."""
        return self.ask("retrieve", call_id=call_id)

    def dial(self, number: str) -> Deferred[None]:
        """Call a colleague or a number outside."""
        return self.ask("dial", number)

    def consult(self, target: Target, *, call_id: str = "") -> Deferred[None]:
        """Call a third party, a seat or a number; the first hears music meanwhile."""
        return self.ask("consult", str(target), call_id=call_id)

    def join(self, *, call_id: str = "") -> Deferred[None]:
        """Leave the two others to each other, also while it rings there yet."""
        return self.ask("join", call_id=call_id)

    def cancel(self, *, call_id: str = "") -> Deferred[None]:
        """Leave the third party, and be back with the first."""
        return self.ask("cancel", call_id=call_id)

    def three_way(self, *, call_id: str = "") -> Deferred[None]:
        """All three talk."""
        return self.ask("three_way", call_id=call_id)

    def swap(self, *, call_id: str = "") -> Deferred[None]:
        """Talk with whom one keeps held, and keep the other; again, and it is as before."""
        return self.ask("swap", call_id=call_id)

    def pause(self, reason: str) -> Deferred[None]:
        """No calls, from now or from the end of the call on; `reason` at most 32 characters."""
        return self.ask("pause", reason)

    def ready(self) -> Deferred[None]:
        """End a pause or a wrap-up."""
        return self.ask("ready")

    def prolong_wrap_up(self, seconds: int) -> Deferred[None]:
        """More time before the next call."""
        return self.ask("prolong_wrap_up", seconds)

    def use_telephone(self, number: str) -> Deferred[None]:
        """Work by the telephone of the own staff record, which the server dials; "": by the headset again."""
        return self.ask("use_telephone", number)

    def log_out(self) -> Deferred[None]:
        """Leave; not possible in a call."""
        return self.ask("log_out")
