"""One object listens to all lines: what they say, less what we play, as keys and tones."""

from callserver.dsp.dtmf import DtmfBank, KeyDown, KeyUp
from callserver.dsp.frames import FloatArray
from callserver.dsp.front_end import FrontEnd, check_sound
from callserver.dsp.tone_pairs import TONES_HZ

Event = KeyDown | KeyUp


class Ear:
    """
    All detectors of all channels on one front end.

    :param n_channels: rows of every array fed, for good
    `cleaned`: what was received less the echo of what was played, of the same shape; valid until the next `feed`
    """

    def __init__(self, n_channels: int) -> None:
        self.n_channels = n_channels
        self._front_end = FrontEnd(n_channels, TONES_HZ)
        self._keys = DtmfBank(n_channels, self._front_end)
        self.cleaned: FloatArray

    def feed(self, received: FloatArray, played: FloatArray | None = None) -> list[Event]:
        """
        What one tick brings.

        :param received: float32, shape (n_channels, n), full scale ±1.0
        :param played: what was sent to the same channels meanwhile, of the same shape; None: nothing
        :raises ValueError: naming the shape or type, when it is another
        """
        if played is not None:
            check_sound(played, self.n_channels)
        self.cleaned = received
        return [event for spectrum in self._front_end.feed(received) for event in self._keys.hear(spectrum)]

    def reset(self, channel: int) -> None:
        """Another call begins on this channel."""
        self._keys.reset(channel)
