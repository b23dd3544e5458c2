"""A device while it is needed: made anew when it dies, or when another is to be used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.desktop.headset.devices import NONE_LEFT, Devices, Use
from callserver.desktop.headset.sound_system import Stream
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

LOOK_S = 0.5
REFUSES = N_("{use_word} {name} does not open: close other programs that use it, or start this one again")

S = TypeVar("S", bound=Stream)


class Plug(Generic[S]):
    """
    Keeps a stream open on whatever device `Devices` says, from `put_in` to `take_out`; costs nothing outside.

    A running stream is never changed: it is stopped, and the next one made in the reactor's next turn, because sound
    systems crash otherwise.

    :param make: opens a device by its id; None if that fails
    :param told: hears why there is no stream, once between `put_in` and `take_out`
    """

    def __init__(
        self,
        clock: IReactorTime,
        devices: Devices,
        use: Use,
        make: Callable[[str], S | None],
        told: Callable[[Phrase], None],
    ) -> None:
        self._clock, self._devices, self._use, self._make, self._told = clock, devices, use, make, told
        self.stream: S | None = None
        self._next: IDelayedCall | None = None
        self._unwatch: Callable[[], None] | None = None
        self._complaint: Phrase | None = None

    @property
    def is_in(self) -> bool:
        """Between `put_in` and `take_out`."""
        return self._unwatch is not None

    def put_in(self) -> None:
        """Open it now, and keep it open."""
        if not self.is_in:
            self._unwatch = self._devices.watch(self._changed)
            self._look()

    def take_out(self) -> None:
        """Let it go."""
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = self._complaint = None
            self._stop()

    def _changed(self, use: Use) -> None:
        if use is self._use:
            self._stop()
            self._next = self._clock.callLater(0, self._look)

    def _stop(self) -> None:
        if self._next is not None and self._next.active():
            self._next.cancel()
        self._next = None
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.stop()

    def _look(self) -> None:
        if self.stream is not None and not self.stream.alive():
            self._stop()
            self._next = self._clock.callLater(0, self._look)
            return
        if self.stream is None:
            self._open()
        self._next = self._clock.callLater(LOOK_S, self._look)

    def _open(self) -> None:
        device = self._devices.device(self._use)
        self.stream = self._make(device.id) if device is not None else None
        complaint = None
        if device is None:
            complaint = Phrase(NONE_LEFT[self._use])
        elif self.stream is None:
            complaint = Phrase(REFUSES, {"use_word": self._use.value, "name": device.name})
        if complaint is not None and complaint != self._complaint:
            self._told(complaint)
        self._complaint = complaint
