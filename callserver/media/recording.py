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

SECRET_LIMIT_S = 60.0
SECRET_BEGINS, SECRET_ENDS, SECRET_ENDS_BY_LIMIT = "secret begins", "secret ends", "secret ends by its limit"
BLANKED = "blanked"
LOST = "lost"
LEFT_OUT = "left out"
LOST_APART_S, LOST_LONGEST_S = 1.0, 60.0  # ticks lost within a second of each other are one stretch, up to a minute
FILL_LIMIT_S = 60.0  # a process that was stopped for hours must not write hours of silence, nor hold them in memory


class Mark(NamedTuple):
    """Something said of a place in a recording: SECRET_..., BLANKED, LOST, LEFT_OUT, or what `mark` was given."""

    sample: int
    text: str
    n_samples: int = 0  # of the stretch that was blanked, lost, or left out


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

    A secret leaves silence of equal length on all tracks: from `pause` to `resume` what is said is not taken, and
    `blank` hides what was said just before, for a caller may type his PIN ahead of the question. Time in the file stays
    time in the call, so each mark says where it stands.

    :param finish: writes the rest; fires when it is on disk
    :param hide: puts silence in the place of so many samples from the first given, after what was handed over before
    :param on_mark: told each mark, for the event log
    `failed`: why nothing more is written; the alarm was given, what was written is kept.
    """

    def __init__(
        self,
        call_id: str,
        leg: Leg,
        file: WavFile,
        finish: Callable[["Recording"], Deferred[RecordingInfo]],
        hide: Callable[["Recording", int, int], None],
        on_mark: Callable[[Mark], None],
    ) -> None:
        self.call_id, self.leg, self.file = call_id, leg, file
        self.failed: str | None = None
        self.n_samples = 0  # taken so far
        self._finish, self._hide, self._on_mark = finish, hide, on_mark
        self._frame_bytes = SAMPLE_BYTES * file.n_tracks
        self._silence = bytes(BLOCK_SAMPLES * self._frame_bytes)
        self._secret_samples = 0  # silence still to come
        self._lost: tuple[int, int] | None = None  # the stretch in which ticks are being lost: its samples
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
        self._tell(Mark(self.n_samples, text))

    def begin_with(self, sound: bytes) -> None:
        """What was said just before, all tracks interleaved; before any other sound."""
        self._pending += sound
        self.n_samples += len(sound) // self._frame_bytes

    def pause(self, limit_s: float = SECRET_LIMIT_S) -> None:
        """A secret begins: silence on all tracks until `resume`, and not longer than the limit, which begins anew."""
        if self._secret_samples <= 0:
            self.mark(SECRET_BEGINS)
        self._secret_samples = round(limit_s * RATE_HZ)

    def resume(self) -> None:
        """The secret ends: record again what is said; harmless when there is none."""
        if self._secret_samples > 0:
            self._secret_samples = 0
            self.mark(SECRET_ENDS)

    def blank(self, from_s_ago: float) -> None:
        """What was recorded in the last seconds becomes silence of equal length, also what is on disk already."""
        n_samples = min(round(from_s_ago * RATE_HZ), self.n_samples)
        if n_samples <= 0:
            return
        first = self.n_samples - n_samples
        n_pending = min(n_samples, len(self._pending) // self._frame_bytes)
        if n_pending:
            self._pending[-n_pending * self._frame_bytes :] = bytes(n_pending * self._frame_bytes)
        if n_samples > n_pending:
            self._hide(self, first, n_samples - n_pending)
        self._tell(Mark(first, BLANKED, n_samples))

    def stop(self) -> Deferred[RecordingInfo]:
        """
        No more sound; may be asked again.

        :return: fires when every sample is on disk; fails with OSError when the file could not even be made
        """
        if not self._stopping:
            self._stopping = True
            self._tell_lost()
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
        self._pending += self._silence if self._secret_samples > 0 else block
        self.n_samples += BLOCK_SAMPLES
        if self._lost is not None:
            self._look_at_lost(*self._lost)
        if self._secret_samples > 0:
            self._secret_samples -= BLOCK_SAMPLES
            if self._secret_samples <= 0:
                self.mark(SECRET_ENDS_BY_LIMIT)

    def fill(self, n_ticks: int) -> None:
        """
        So many ticks were lost: silence of equal length, so that time in the file stays time in the call.

        One mark is told of each stretch in which some were, when it is over: a server that is late has enough to do.
        Beyond FILL_LIMIT_S the rest is left out, and a mark says how long it was: from there on the file runs behind.
        """
        if self.failed or self._stopping:
            return
        n_all = n_ticks * BLOCK_SAMPLES
        n_samples = min(n_all, round(FILL_LIMIT_S * RATE_HZ))
        self._lost = (self._lost or (self.n_samples, 0))[0], self.n_samples + n_samples
        if n_all > n_samples:
            self._tell(Mark(self.n_samples + n_samples, LEFT_OUT, n_all - n_samples))
        self._pending += bytes(n_samples * self._frame_bytes)
        self.n_samples += n_samples
        self._secret_samples -= min(n_all, max(0, self._secret_samples - 1))  # its end is told by the next tick

    def drain(self) -> bytes:
        """What was taken and is not yet on its way to the disk."""
        sound, self._pending = bytes(self._pending), bytearray()
        return sound

    def _look_at_lost(self, first: int, last: int) -> None:
        if self.n_samples - last >= LOST_APART_S * RATE_HZ or last - first >= LOST_LONGEST_S * RATE_HZ:
            self._tell_lost()

    def _tell_lost(self) -> None:
        stretch, self._lost = self._lost, None
        if stretch is not None:
            first, last = stretch
            self._on_mark(Mark(first, LOST, last - first))

    def _tell(self, mark: Mark) -> None:
        """In their order."""
        self._tell_lost()
        self._on_mark(mark)

    def _finished(self, outcome: RecordingInfo | Failure) -> None:
        self._outcome = outcome
        waiting, self._waiting = self._waiting, []
        for answer in waiting:
            if isinstance(outcome, Failure):
                answer.errback(outcome)
            else:
                answer.callback(outcome)
