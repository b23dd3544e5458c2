"""Listens to all that a fax machine may say: tones, frames, an image."""

from __future__ import annotations

from callserver.dsp.frames import FloatArray
from callserver.fax.modems.frame_ear import FrameEar
from callserver.fax.modems.learning import LearntLine
from callserver.fax.modems.receiver import ImageReceiver
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modems.tones import ToneEar
from callserver.fax.modulations import Modulation
from callserver.fax.signals import FlagsHeard, Heard, ToneHeard


class Ear:
    """
    Where both may come, frames and an image, it hears both at once.

    Flags end an image: the far end has one modem. While an image makes sense, nothing in it is taken for flags.

    :param lines: by recommendation, what the last burst taught; it is kept up to date here, and outlives this ear
    """

    def __init__(self, lines: dict[str, LearntLine]) -> None:
        self._lines = lines
        self._tones, self._frames = ToneEar(), FrameEar()
        self._image: ImageReceiver | None = None
        self._expected: tuple[Modulation | None, bool] = (None, False)

    def expect(self, image: Modulation | None, *, short: bool) -> None:
        """An image may come, or none; what is being heard of the same one, and of frames, goes on."""
        if self._expected == (image, short):
            return
        self._expected = image, short
        self._image = None
        if image:
            self._image = ImageReceiver(scheme_of(image), short=short, line=self._lines.get(image.recommendation))

    def feed(self, block: FloatArray) -> list[Heard]:
        """20 ms, shape (160,)."""
        image = self._image
        of_image = self._of_image(image, block) if image else []
        if image and image.makes_sense:
            return of_image
        of_frames = self._frames.feed(block)
        tones: list[Heard] = [ToneHeard(tone) for tone in self._tones.feed(block)]
        if image and (self._frames.carrier or self._tones.sounding):
            image.note_other_signal()
        if image and FlagsHeard() in of_frames:
            of_image += image.end()
        return [*of_image, *tones, *of_frames]

    def _of_image(self, image: ImageReceiver, block: FloatArray) -> list[Heard]:
        heard, modulation = image.feed(block), self._expected[0]
        if image.line and modulation:
            self._lines[modulation.recommendation] = image.line
        return heard
