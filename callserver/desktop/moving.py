"""What an agent's program asks for to move calls; each fails with Refused where the server will not."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from callserver.desktop.asking import Asking


class Moving(Asking):
    """Commands that send calls on, take them from elsewhere, and put them aside; `call_id` as in `AgentClient`."""

    def transfer(self, target: str, *, call_id: str = "") -> Deferred[None]:
        """Send on whom one talks with: "seat 802", "queue service", "menu balance", "number 01062345678"."""
        return self.ask("transfer", target, call_id=call_id)

    def dial_class(self, number: str) -> Deferred[str]:
        """What it is: "internal", "local", "national", "international", "emergency"; "refused": nobody may dial it."""
        return self.ask("dial_class", number)

    def flash_transfer(self, number: str, *, call_id: str = "") -> Deferred[None]:
        """Let the exchange connect whom one talks with, where his line can; it shows when that has failed."""
        return self.ask("flash_transfer", number, call_id=call_id)

    def pick_up(self, number: str) -> Deferred[None]:
        """Take what rings at the seat of this number."""
        return self.ask("pick_up", number)

    def pick_up_group(self, group: str) -> Deferred[None]:
        """Take what has rung longest in a group; "" is the whole house."""
        return self.ask("pick_up_group", group)

    def park(self, *, call_id: str = "") -> Deferred[str]:
        """Put aside whom one talks with; fires with the place."""
        return self.ask("park", call_id=call_id)

    def fetch(self, place: str) -> Deferred[None]:
        """Talk with who is parked there."""
        return self.ask("fetch", place)

    def start_recording(self, *, call_id: str = "") -> Deferred[None]:
        """Record the call in hand; one that is recorded already gets a mark."""
        return self.ask("start_recording", call_id=call_id)

    def stop_recording(self, *, call_id: str = "") -> Deferred[None]:
        """End the recording that one has started."""
        return self.ask("stop_recording", call_id=call_id)

    def hide_secret(self, *, call_id: str = "") -> Deferred[None]:
        """Let whom one talks with key in a secret: silence for a minute at most, here and in the recording."""
        return self.ask("hide_secret", call_id=call_id)

    def show_again(self, *, call_id: str = "") -> Deferred[None]:
        """The secret is told."""
        return self.ask("show_again", call_id=call_id)

    def send_keys(self, keys: str, *, call_id: str = "") -> Deferred[None]:
        """Sound these keys, 0-9 * #, to whom one talks with."""
        return self.ask("send_keys", keys, call_id=call_id)

    def grab(self, call_id: str) -> Deferred[None]:
        """Take a caller who waits, out of his turn."""
        return self.ask("grab", call_id)
