"""A call rings: two tones from a loudspeaker, until it is answered or gone."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import cache
from math import pi, sin

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.formats import RATE_HZ, SILENCE
from callserver.desktop.headset.plug import Plug
from callserver.desktop.headset.sound_system import Loudspeaker, Sound
from callserver.wire.messages import AUDIO_BLOCK_BYTES, AUDIO_BLOCK_S, Phrase

TONES_HZ = (660.0, 880.0)  # one after the other: they are told apart from all that telephones in the room play
TONE_S = 0.1
WARBLE_S, PAUSE_S = 1.2, 1.8
LOUDEST = 0.5  # of full scale
EDGE_S = 0.005  # rising and falling, so that nothing clicks
AHEAD_S = 0.2  # so much is always queued


class Ring:
    """
    Rings on a device of its own, which the agent hears without his headset on.

    :param volume: 0 to 1, asked at each block, so that it can be changed while it rings
    :param told: hears once when there is nothing to ring on; calls then only show
    """

    def __init__(
        self,
        clock: IReactorTime,
        sound: Sound,
        devices: Devices,
        told: Callable[[Phrase], None],
        volume: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self._clock, self._volume = clock, volume
        self._plug: Plug[Loudspeaker] = Plug(clock, devices, Use.RING, sound.speak, told)
        self._next: IDelayedCall | None = None
        self._n_blocks = 0

    @property
    def rings(self) -> bool:
        """Between `ring` and `quiet`."""
        return self._next is not None

    def ring(self) -> None:
        """From now on; what is over in the same moment, as when a network comes back, makes no sound."""
        if not self.rings:
            self._next = self._clock.callLater(0, self._begin)

    def quiet(self) -> None:
        """No more."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
            self._plug.take_out()

    def _begin(self) -> None:
        self._n_blocks = 0
        self._plug.put_in()
        self._feed()

    def _feed(self) -> None:
        loudspeaker = self._plug.stream
        if loudspeaker is not None:
            n_missing = round((AHEAD_S - loudspeaker.queued_s()) / AUDIO_BLOCK_S)
            loudspeaker.write(b"".join(self._block() for _ in range(n_missing)))
        self._next = self._clock.callLater(AHEAD_S / 2, self._feed)

    def _block(self) -> bytes:
        at = self._n_blocks % round((WARBLE_S + PAUSE_S) / AUDIO_BLOCK_S) * AUDIO_BLOCK_BYTES
        self._n_blocks += 1
        return louder(warble()[at : at + AUDIO_BLOCK_BYTES], self._volume()) or SILENCE


@cache
def warble() -> bytes:
    """The sound between two pauses, as loud as it gets."""
    n_tone = round(TONE_S * RATE_HZ)
    sound: list[int] = []
    for n in range(round(WARBLE_S / TONE_S)):
        turn = 2 * pi * TONES_HZ[n % 2] / RATE_HZ
        sound += [round(LOUDEST * 32767 * _edges(at, n_tone) * sin(turn * at)) for at in range(n_tone)]
    return array("h", sound).tobytes()


def louder(data: bytes, factor: float) -> bytes:
    """16-bit samples times a factor from 0 to 1."""
    return array("h", [round(sample * factor) for sample in array("h", data)]).tobytes()


def _edges(at: int, length: int) -> float:
    edge = EDGE_S * RATE_HZ
    return min(1.0, at / edge, (length - 1 - at) / edge)
