"""
What an agent keys at his telephone, as star codes; nobody else hears or reads it.

Invariants, and why:

- From the first key of a code until shortly after its last one his leg is mute. Of the star itself others hear what it
  takes to suspect one: 10 ms on the average, 20 ms at most, also where the modem itself reports keys, and later.
- A code that is not keyed to its end is forgotten after KEY_S, so a talk cannot stay mute.
- No key of his is written down as it is; whoever carries a whole code out may write that down. Keys that belong to no
  code are his own: a bank's menu may hear them, and a PIN may be among them.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.acd.phones.star_codes import STAR, Event, Plain, StarCodeReader, Unknown
from callserver.calls.call import Call

KEY_S = 6.0  # the next key of a code comes within so long
HELD_S = 0.4  # a key is heard until it is let go


class PhoneKeys:
    """
    Takes the keys of a call from `listen` to `stop`.

    :param on_event: told of each whole code, each that is none, and each plain key
    """

    def __init__(self, call: Call, clock: IReactorTime, on_event: Callable[[Event], None]) -> None:
        self._call, self._clock, self._on_event = call, clock, on_event
        self._reader = StarCodeReader()
        self._over = False
        self._patience: IDelayedCall | None = None
        self._muting: IDelayedCall | None = None

    def listen(self) -> None:
        """From the next key on."""
        if not self._over:
            if self._call.leg is not None:
                self._call.leg.hush(STAR)
            self._call.keys.when_pressed().addCallbacks(self._pressed, lambda _: None)

    def stop(self) -> None:
        """No more."""
        self._over = True
        _cancel(self._patience)
        _cancel(self._muting)
        if self._call.leg is not None:
            self._call.leg.hush(None)

    def _pressed(self, _: None) -> None:
        while self._call.keys and not self._over:
            self._key(self._call.keys.take(secret=True))
        self.listen()

    def _key(self, key: str) -> None:
        event = self._reader.feed(key)
        _cancel(self._patience)
        if self._reader.is_keying:
            self._patience = self._clock.callLater(KEY_S, self._no_key)
        if not isinstance(event, Plain):
            self._stay_mute()
        if event is not None:
            self._on_event(event)

    def _no_key(self) -> None:
        self._reader.reset()
        self._set_mute()
        self._on_event(Unknown())

    def _stay_mute(self) -> None:
        """What is left of this key is heard by nobody either."""
        _cancel(self._muting)
        self._muting = self._clock.callLater(HELD_S, self._set_mute)
        self._set_mute()

    def _set_mute(self) -> None:
        let_go = self._muting is None or not self._muting.active()
        if self._call.leg is not None:
            self._call.leg.mute(self._reader.is_keying or not let_go)


def _cancel(timer: IDelayedCall | None) -> None:
    if timer is not None and timer.active():
        timer.cancel()
