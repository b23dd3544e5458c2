"""Keys into the call: what a menu at the other end waits for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from callserver.desktop.model import Connection
from callserver.desktop.presenters.presenter import Presenter
from callserver.wire.messages import SeatStatus
from callserver.wire.states import SeatState
from callserver.wire.typed import typed_text

KEYS = "123456789*0#"
SHOWN_MAX = 40


@dataclass(frozen=True)
class KeypadData:
    """What was sent in this call."""

    sent: str
    may: bool
    problem: str


class Keypad(Presenter[KeypadData]):
    """Each key is sent as it is pressed; another call begins with nothing sent."""

    _sent = _call = ""

    def data(self) -> KeypadData:
        may = self.model.connection is Connection.HERE and self.model.seat.state is SeatState.TALKING
        return KeypadData(self._sent[-SHOWN_MAX:], may, self.problem)

    def press(self, typed: str) -> None:
        """These keys, of whatever was typed; what is no key of a telephone is left out."""
        keys = "".join(key for key in typed_text(typed) if key in KEYS)
        if keys and self.data().may:
            self.do(self.client.send_keys(keys, call_id=self.model.call_id), partial(self._were_sent, keys))

    def _were_sent(self, keys: str, answer: object) -> None:
        self._sent += keys

    def status(self, status: SeatStatus) -> None:
        call = status.call.call_id if status.call is not None else ""
        if call != self._call:
            self._call, self._sent, self.problem = call, "", ""
        self.refresh()

    def lost(self, why: object) -> None:
        self.refresh()
