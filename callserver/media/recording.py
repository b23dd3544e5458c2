"""One recording of one call, as long as it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ
from callserver.media.leg import Leg
from callserver.media.wav_file import SAMPLE_BYTES, WavFile

PAUSE_LIMIT_S = 60.0


class Mark(NamedTuple):
    """Something said of a place in a recording."""

    sample: int
    text: str


@dataclass(frozen=True)
class RecordingInfo:
    """A finished recording; what it says is on disk."""

    path: Path
    n_samples: int  # of each track

    @property
    def length_s(self) -> float:
        return self.n_samples / RATE_HZ


class Recording:
    """
    Made by `Recorder.start`.

    `marks`: for the event log, each with the sample at which it was set.
    `failed`: why nothing more is written; the alarm was given, what was written is kept.
    """

    def __init__(
        self, call_id: str, leg: Leg, file: WavFile, finish: Callable[["Recording"], Deferred[RecordingInfo]]
    ) -> None:
        self.call_id, self.leg, self.file = call_id, leg, file
        self.marks: list[Mark] = []
        self.failed: str | None = None
        self.n_samples = 0  # taken so far
        self._finish = finish
        self._silence = bytes(BLOCK_SAMPLES * SAMPLE_BYTES * file.n_tracks)
        self._pause_samples = 0
        self._pending = bytearray()
        self._stopping = False
        self._outcome: RecordingInfo | Failure | None = None
        self._waiting: list[Deferred[RecordingInfo]] = []

    @property
    def path(self) -> Path:
        return self.file.path

    @property
    def file_name(self) -> str:
        """Its name in the recordings folder."""
        return self.file.path.name

    def mark(self, text: str) -> None:
        """Say something of this moment."""
        self.marks.append(Mark(self.n_samples, text))

    def pause(self, limit_s: float = PAUSE_LIMIT_S) -> None:
        """Record silence on both tracks while a secret is told, until `resume` and not longer than the limit."""
        self.mark("paused")
        self._pause_samples = round(limit_s * RATE_HZ)

    def resume(self) -> None:
        """Record again what is said; harmless when not paused."""
        if self._pause_samples > 0:
            self._pause_samples = 0
            self.mark("resumed")

    def stop(self) -> Deferred[RecordingInfo]:
        """
        No more sound; may be asked again.

        :return: fires when every sample is on disk; fails with OSError when the file could not even be made
        """
        if not self._stopping:
            self._stopping = True
            self._finish(self).addBoth(self._finished)
        answer: Deferred[RecordingInfo] = Deferred()
        self._waiting.append(answer)
        if self._outcome is not None:
            self._finished(self._outcome)
        return answer

    def take(self, block: bytes) -> None:
        """One tick's sound, 16-bit linear, all tracks interleaved; called by the recorder."""
        if self.failed or self._stopping:
            return
        self._pending += self._silence if self._pause_samples > 0 else block
        self.n_samples += BLOCK_SAMPLES
        if self._pause_samples > 0:
            self._pause_samples -= BLOCK_SAMPLES
            if self._pause_samples <= 0:
                self.mark("resumed")

    def drain(self) -> bytes:
        """What was taken and is not yet on its way to the disk."""
        sound, self._pending = bytes(self._pending), bytearray()
        return sound

    def _finished(self, outcome: RecordingInfo | Failure) -> None:
        self._outcome = outcome
        waiting, self._waiting = self._waiting, []
        for answer in waiting:
            if isinstance(outcome, Failure):
                answer.errback(outcome)
            else:
                answer.callback(outcome)
