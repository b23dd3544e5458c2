"""A recording on its way to the headset: played, stopped, from anywhere, at another speed, without its silences."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Protocol

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall

from callserver.desktop.recording_sound import RecordingSound
from callserver.desktop.stretch import Stretch

RATE_HZ = 8000
BLOCK = 160  # samples, 20 ms
TICK_S = 0.05
QUEUED_S = 0.25  # so much is always with the sound card: a program that stands still for a moment is not heard
BLOCKS_MAX = 250  # at a tick: of a long silence that is left out no more is looked at in one go
SILENT = 330  # of 32767, -40 dB: below it nobody speaks
KEPT_SILENCE_BLOCKS = 15  # 0.3 s of each silence stay, so that sentences do not run into each other
SPEEDS = (0.75, 1.0, 1.25, 1.5, 1.75, 2.0)


class Speaker(Protocol):
    """What plays: 16-bit little-endian, 8 kHz, one channel. See `callserver.desktop.headset`."""

    def write(self, data: bytes) -> None:
        """Play this after what is queued."""

    def queued_s(self) -> float:
        """How much waits to be played."""

    def alive(self) -> bool:
        """False when the device has gone."""

    def stop(self) -> None:
        """Let it go."""


class Playing:
    """
    :param open_speaker: what is to be heard on; None: there is nothing
    :param changed: told when it goes on, stands still, or is elsewhere
    """

    def __init__(
        self, clock: IReactorTime, open_speaker: Callable[[], Speaker | None], changed: Callable[[], None]
    ) -> None:
        self._open_speaker, self._changed = open_speaker, changed
        self._sound: RecordingSound | None = None
        self._speaker: Speaker | None = None
        self._stretch = Stretch(1.0)
        self._fed = 0  # the sample up to which it was given away
        self._n_silent = 0  # blocks without a break
        self._loop = LoopingCall(self._tick)
        self._loop.clock = clock
        self.skips_silence = self.device_lost = False

    @property
    def plays(self) -> bool:
        """Whether it is heard."""
        return self._loop.running

    @property
    def speed(self) -> float:
        """1.0 as it was spoken."""
        return self._stretch.speed

    @property
    def at(self) -> int:
        """The sample that is heard now."""
        queued_s = self._speaker.queued_s() if self._speaker is not None else 0.0
        return max(0, self._fed - self._stretch.n_waiting - round(queued_s * self.speed * RATE_HZ))

    def load(self, sound: RecordingSound | None) -> None:
        """Another recording, from its beginning; None: none."""
        self.pause()
        self._sound, self._fed = sound, 0

    def play(self) -> bool:
        """Go on; False: there is nothing to hear it on."""
        if self.plays or self._sound is None:
            return True
        self._speaker, self.device_lost = self._open_speaker(), False
        if self._speaker is None:
            return False
        if self._is_at_end():
            self._fed = 0
        self._loop.start(TICK_S, now=True)
        return True

    def pause(self) -> None:
        """Stand still where it is heard."""
        self._goes_on_from(self.at)
        if self._loop.running:
            self._loop.stop()
        if self._speaker is not None:
            self._speaker.stop()
            self._speaker = None

    def seek(self, sample: int) -> None:
        """From there on, playing or not."""
        plays = self.plays
        self.pause()
        self._goes_on_from(max(0, sample))
        if plays and not self._is_at_end():
            self.play()
        self._changed()

    def choose_speed(self, speed: float) -> None:
        """From what is heard now on."""
        at = self.at
        self._stretch = Stretch(speed)
        self.seek(at)

    def _is_at_end(self) -> bool:
        n_samples = self._sound.n_samples if self._sound is not None else None
        return n_samples is not None and self._fed >= n_samples

    def _goes_on_from(self, sample: int) -> None:
        self._fed, self._n_silent = sample, 0
        self._stretch = Stretch(self.speed)

    def _tick(self) -> None:
        speaker, sound = self._speaker, self._sound
        if speaker is None or sound is None or not speaker.alive():
            self.device_lost = True
            self.pause()
        else:
            self._fill(speaker, sound)
        self._changed()

    def _fill(self, speaker: Speaker, sound: RecordingSound) -> None:
        room_s = QUEUED_S - speaker.queued_s()
        for _ in range(BLOCKS_MAX):
            if room_s <= 0:
                return
            block = sound.read(self._fed, BLOCK)
            if block is None:
                return
            if not block:
                self._end(speaker)
                return
            self._fed += len(block)
            if self._is_heard(block):
                output = self._stretch.feed(block)
                speaker.write(output.tobytes())
                room_s -= len(output) / RATE_HZ

    def _end(self, speaker: Speaker) -> None:
        if speaker.queued_s() <= 0:
            self.pause()

    def _is_heard(self, block: array[int]) -> bool:
        loud = max(max(block), -min(block)) >= SILENT
        self._n_silent = 0 if loud else self._n_silent + 1
        return not self.skips_silence or self._n_silent <= KEPT_SILENCE_BLOCKS
