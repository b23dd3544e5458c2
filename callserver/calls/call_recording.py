"""The one recording of a call: from its first answer to its end, with silence where a secret was told."""

from __future__ import annotations

from typing import Protocol

from twisted.logger import Logger

from callserver.calls.vocabulary import Kind
from callserver.media.leg import Leg
from callserver.media.recorder import Recorder
from callserver.media.recording import Mark, Recording, RecordingInfo
from callserver.wire.records import Value

log = Logger()


class Recorded(Protocol):
    """The call that is recorded."""

    @property
    def id(self) -> str: ...
    def log(self, kind: Kind, *, person: str | None = None, **data: Value) -> None: ...
    def note(self, **fields: object) -> None:
        """Set fields of the call's record."""


class CallRecording:
    """Records one call if there is a recorder, and tells the call's event log."""

    def __init__(self, call: Recorded, recorder: Recorder | None) -> None:
        self._call, self._recorder = call, recorder
        self._recording: Recording | None = None

    def start(self, leg: Leg) -> None:
        """Record what this leg's far end says and hears, until `stop`."""
        if self._recorder is None or self._recording is not None:
            return
        self._recording = self._recorder.start(self._call.id, leg, on_mark=self._marked)
        if self._recording is not None:
            self._call.note(recording=self._recording.file_name)
            self._call.log(Kind.RECORDING, file=self._recording.file_name)

    def begin_secret(self, since_s_ago: float) -> None:
        """Silence from now on, and over what was recorded in the last seconds."""
        if self._recording is not None:
            if since_s_ago > 0:
                self._recording.blank(since_s_ago)
            self._recording.pause()

    def end_secret(self) -> None:
        """Record again."""
        if self._recording is not None:
            self._recording.resume()

    def stop(self) -> None:
        """The call is over."""
        recording, self._recording = self._recording, None
        if recording is not None:
            stopped = recording.stop()
            stopped.addCallback(self._stopped)
            stopped.addErrback(lambda failure: log.failure("recording of {call} broke", failure, call=self._call.id))

    def _marked(self, mark: Mark) -> None:
        self._call.log(Kind.RECORDING_MARK, text=mark.text, sample=mark.sample, n_samples=mark.n_samples)

    def _stopped(self, info: RecordingInfo) -> None:
        self._call.log(Kind.RECORDING_END, file=info.path.name, length_s=round(info.length_s, 3))
