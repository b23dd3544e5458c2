"""A message that its guest has not let go of yet; from its first word on what is known of it is on disk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from callserver.features.voicemail.files import Envelope
from callserver.features.voicemail.intake import Intake
from callserver.media.recording import Recording

log = Logger()


class Draft:
    """
    One message, while it is a guest's.

    Its envelope is written anew with each change, one writing after the other, so that the last one lies there; what
    becomes of it then waits for that, and for the last that was said in its recording, which is over by then.

    `time_over`: he was not allowed to say more.
    """

    def __init__(self, intake: Intake, envelope: Envelope, recording: Recording) -> None:
        self.envelope, self.time_over = envelope, False
        self._intake, self._recording, self._is_written = intake, recording, False
        self._writing: Deferred[Any] = succeed(None)
        self._write()

    def change(self, **marks: Any) -> None:
        """It is private now, or urgent, or its guest has said that it is to be kept."""
        self.envelope = replace(self.envelope, **marks)
        self._write()

    def when_safe(self) -> Deferred[bool]:
        """Fires when all that is known of it is on disk, or cannot be."""
        safe: Deferred[bool] = Deferred()
        self._writing.addCallback(lambda _: safe.callback(self._is_written))
        return safe

    def let_go(self) -> None:
        """It is its box's now."""
        self._writing.addCallback(lambda _: self._recording.stop())
        self._writing.addErrback(lambda _: None)  # who recorded it has told why; what there is of it is kept
        self._writing.addCallback(lambda _: self._intake.put(self.envelope))

    def discard(self) -> Deferred[None]:
        """Nobody gets it; fires when nothing is left of it."""
        gone: Deferred[None] = Deferred()
        self._writing.addCallback(lambda _: self._intake.discard(self.envelope))
        self._writing.addErrback(lambda failure: log.failure("a message is not discarded", failure))
        self._writing.addCallback(lambda _: gone.callback(None))
        return gone

    def _write(self) -> None:
        envelope, self._is_written = self.envelope, False
        self._writing.addCallback(lambda _: self._intake.write_down(envelope))
        self._writing.addCallbacks(self._written, self._not_written)

    def _written(self, _: object) -> None:
        self._is_written = True

    def _not_written(self, failure: Any) -> None:
        log.failure("the envelope of a message is not on disk", failure)
