"""What a supervisor's program asks for of other people's calls and seats, by rights 1, 16, 17 and 18."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from callserver.desktop.asking import Asking
from callserver.wire.convert import from_wire
from callserver.wire.messages import AlarmNotice
from callserver.wire.targets import Target, TargetKind

HANG_UP = Target(TargetKind.HANG_UP)


class Supervising(Asking):
    """Each fails with Refused where the server will not; `call_id` as in `AgentClient`: of the call heard there."""

    def listen(self, channel: str, *, call_id: str = "") -> Deferred[None]:
        """Hear a seat's or a line's call, as "seat 801" or "line 3"; who whispers is silent again."""
        return self.ask("listen", channel, call_id=call_id)

    def whisper(self, *, call_id: str = "") -> Deferred[None]:
        """Be heard by the agent who is listened to, and by nobody else."""
        return self.ask("whisper", call_id=call_id)

    def barge_in(self, channel: str = "", *, call_id: str = "") -> Deferred[None]:
        """Talk with those who are listened to, or with those of this channel."""
        return self.ask("barge_in", channel, call_id=call_id)

    def take_over(self, *, call_id: str = "") -> Deferred[None]:
        """The agent leaves the call that is listened to."""
        return self.ask("take_over", call_id=call_id)

    def stop_listening(self, *, call_id: str = "") -> Deferred[None]:
        """Leave the call to the others."""
        return self.ask("stop_listening", call_id=call_id)

    def break_off(self, channel: str, target: Target = HANG_UP, *, call_id: str = "") -> Deferred[None]:
        """End the talk of this channel; its caller goes to a queue, or is hung up on."""
        return self.ask("break_off", channel, str(target), call_id=call_id)

    def force_log_out(self, number: str) -> Deferred[None]:
        """Somebody in no call is sent off."""
        return self.ask("force_log_out", number)

    def force_pause(self, number: str, reason: str) -> Deferred[None]:
        """Somebody in no call gets none; `reason` as his own."""
        return self.ask("force_pause", number, reason)

    def set_priority(self, call_id: str, priority: int) -> Deferred[None]:
        """A waiting caller goes before those of smaller priority, -100 to 100."""
        return self.ask("set_priority", call_id, priority)

    def alarms(self) -> Deferred[list[AlarmNotice]]:
        """Those of queues and seats that are not over."""
        return self.ask("alarms").addCallback(lambda wires: [from_wire(AlarmNotice, wire) for wire in wires])
