"""Places in a recording of which something is to be known."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import RATE_HZ
from callserver.features.recordings.search import Recorded
from callserver.store.reading import timeline


@dataclass(frozen=True)
class PlacedMark:
    """One of them."""

    at_s: float  # in the file
    length_s: float  # 0: a moment
    text: str


def marks_of(one: Recorded) -> list[PlacedMark]:
    """In `store.read`: of a recording, in their order; a call has one recording at a time, so they are its own."""
    found: list[PlacedMark] = []
    running = ""
    for event in timeline(one.call_id):
        if event.kind == Kind.RECORDING.value and not event.data.get("message"):
            running = str(event.data.get("file"))
        elif event.kind == Kind.RECORDING_MARK.value and running == one.file:
            sample, n_samples = (int(str(event.data.get(key) or 0)) for key in ("sample", "n_samples"))
            found.append(PlacedMark(sample / RATE_HZ, n_samples / RATE_HZ, str(event.data.get("text", ""))))
    return sorted(found, key=lambda mark: mark.at_s)
