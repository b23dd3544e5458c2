"""
What agents may do with recordings: list, hear (right 6), fetch (right 7), write on them what others should know.

Right 1 widens all of it from own calls to everybody's. Who heard or fetched what, or was refused it, is in the event
log: once for each time that somebody begins.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from twisted.internet.defer import Deferred

from callserver.acd.seats.acts import Act
from callserver.acd.seats.seat import Seat
from callserver.dsp.frames import RATE_HZ
from callserver.features.recordings import arguments
from callserver.features.recordings.archive import Archive
from callserver.features.recordings.judge import Judge
from callserver.features.recordings.marks import marks_of
from callserver.features.recordings.records import Records
from callserver.features.recordings.search import PAGE, Recorded, Wanted, search
from callserver.wire.rights import Right

PART_OCTETS = 65536  # of sound or of a file, in one answer
PART_SAMPLES = PART_OCTETS // 2
BEGUN_MAX = 1000  # that are heard or fetched at the same time
PAUSE = timedelta(minutes=10)  # who asks for no part so long has ended; what he asks for then is a beginning
Row = dict[str, Any]
Story = Callable[[Recorded], Coroutine[Any, Any, Row]]
InThread = Callable[..., Deferred[Any]]


@dataclass(frozen=True)
class RecordingsDesk:
    """
    What is asked for at a program.

    `begun`: who hears or fetches what, has been written down for it, and when he had his last part.
    """

    judge: Judge
    records: Records
    archive: Archive
    in_thread: InThread
    begun: OrderedDict[tuple[str, str, int], datetime] = field(default_factory=OrderedDict)

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        one = arguments.recording
        return {
            "list_recordings": Act(self.list_recordings, (arguments.filters, arguments.place)),
            "recording_marks": Act(self.recording_marks, (one,), Right.PLAY_RECORDINGS),
            "recording_peaks": Act(self.recording_peaks, (one,), Right.PLAY_RECORDINGS),
            "play_recording": Act(self.play_recording, (one, arguments.sample)),
            "export_recording": Act(self.export_recording, (one, arguments.form, arguments.octet)),
            "note_recording": Act(self.note_recording, (one, arguments.note), Right.PLAY_RECORDINGS),
            "classify_recording": Act(self.classify_recording, (one, arguments.class_), Right.PLAY_RECORDINGS),
            "protect_recording": Act(self.protect_recording, (one, arguments.yes_or_no), Right.SUPERVISOR),
        }

    def list_recordings(self, seat: Seat, filters: Mapping[str, Any], after: str) -> Deferred[Row]:
        """
        The newest first, 50 at a time: of calls in which he has talked, or all with right 1; to hear them takes 6.

        :return: {"found": a list of {"number", "call", "started", "length_s" (null while it runs), "caller", "name",
            "line", "direction", "outcome", "agents", "queues", "orders", "by", "class", "note", "protected"},
            "next": what asks for those behind them, "" if there are none}
        :raises Refused: NOT_SAVED, with why: a filter that is none
        """

        async def story() -> Row:
            wanted = replace(_wanted(filters), heard_by=self.judge.bound(seat.number))
            page = await self.judge.store.read(search, wanted, after, PAGE)
            return {"found": [_row(one) for one in page.found], "next": page.next}

        return self.judge.asked(story)

    def recording_marks(self, seat: Seat, number: int) -> Deferred[list[Row]]:
        """
        What is to be known of places in a recording: secrets, holds, transfers, an order read back and confirmed.

        :return: a list of {"at_s", "length_s", "text"}, in their order
        :raises Refused: NO_RIGHT; NOT_SAVED: there is no such recording, or it is not his
        """

        async def story(one: Recorded) -> list[Row]:
            marks = await self.judge.store.read(marks_of, one)
            return [{"at_s": mark.at_s, "length_s": mark.length_s, "text": mark.text} for mark in marks]

        return self.judge.judged(seat.number, "recording_marks", number, Right.PLAY_RECORDINGS, story, note=False)

    def recording_peaks(self, seat: Seat, number: int) -> Deferred[Row]:
        """
        A picture of how loud both sides are, from the beginning to the end; it lets nobody hear what is said. Right 6.

        :return: {"far", "near": the loudest sample of each piece, an octet each, 255 for full scale; at most 1200, of
            pieces of the same length; "near" is empty where there is one track; "samples": how many there are in all}
        :raises Refused: NO_RIGHT; NOT_SAVED, with why it cannot be heard
        """

        async def story(one: Recorded) -> Row:
            sides, n_samples = await self.in_thread(self.archive.peaks, one)
            return {"far": sides[0], "near": sides[1] if len(sides) > 1 else b"", "samples": n_samples}

        return self.judge.judged(seat.number, "recording_peaks", number, Right.PLAY_RECORDINGS, story, note=False)

    def play_recording(self, seat: Seat, number: int, first: int) -> Deferred[Row]:
        """
        Its sound from any sample on, both sides mixed, 16-bit linear, 8000 a second; part by part. Right 6.

        :return: {"octets": what lies from there on, at most 65536; "samples": how many there are in all}
        :raises Refused: NO_RIGHT; NOT_SAVED, with why it cannot be heard
        """

        async def story(one: Recorded) -> Row:
            octets, n_samples = await self.in_thread(self.archive.heard, one, first, PART_SAMPLES)
            return {"octets": octets, "samples": n_samples}

        return self._heard(
            seat, "play_recording", number, Right.PLAY_RECORDINGS, story, f"at {first / RATE_HZ:.1f} s", first
        )

    def export_recording(self, seat: Seat, number: int, form: str, at: int) -> Deferred[Row]:
        """
        The same as a WAV file to keep, part by part; who did so is in the event log. Right 7.

        :return: {"octets": what lies from there on, at most 65536; "total": how many there are in all}
        :raises Refused: NO_RIGHT; NOT_SAVED, with why it cannot be had
        """

        async def story(one: Recorded) -> Row:
            octets, total = await self.in_thread(self.archive.wav_part, one, form, at, PART_OCTETS)
            return {"octets": octets, "total": total}

        return self._heard(seat, "export_recording", number, Right.DOWNLOAD_RECORDINGS, story, form, at)

    def note_recording(self, seat: Seat, number: int, note: str) -> Deferred[None]:
        """
        Write on it what others should know; it replaces the note before. Right 6.

        :raises Refused: NO_RIGHT; NOT_SAVED, with why
        """
        return self.judge.judged(
            seat.number,
            "note_recording",
            number,
            Right.PLAY_RECORDINGS,
            lambda one: self.records.note(one, seat.number, note),
        )

    def classify_recording(self, seat: Seat, number: int, class_: str) -> Deferred[None]:
        """
        Say what sort it is. Right 6.

        :raises Refused: NO_RIGHT; NOT_SAVED, with why
        """
        return self.judge.judged(
            seat.number,
            "classify_recording",
            number,
            Right.PLAY_RECORDINGS,
            lambda one: self.records.classify(one, seat.number, class_),
        )

    def protect_recording(self, seat: Seat, number: int, protected: bool) -> Deferred[None]:
        """
        Keep it whatever the shop's settings delete, or no more. Right 1.

        :raises Refused: NO_RIGHT; NOT_SAVED: there is no such recording
        """
        return self.judge.judged(
            seat.number,
            "protect_recording",
            number,
            Right.SUPERVISOR,
            lambda one: self.records.protect(one, seat.number, protected=protected),
            target="on" if protected else "off",
        )

    def _heard(
        self, seat: Seat, act: str, number: int, right: Right, story: Story, target: str, at: int
    ) -> Deferred[Row]:
        """Written down when it begins, wherever in the recording that is; not for each part."""
        key, now = (seat.number, act, number), self.judge.events.now()
        is_new = not at or key not in self.begun or now - self.begun[key] > PAUSE

        def begun(answer: Row) -> Row:
            self.begun[key] = now
            self.begun.move_to_end(key)
            if len(self.begun) > BEGUN_MAX:
                self.begun.popitem(last=False)
            return answer

        judged = self.judge.judged(seat.number, act, number, right, story, note=is_new, target=target)
        return judged.addCallback(begun)


def _wanted(filters: Mapping[str, Any]) -> Wanted:
    same = {name: value for name, value in filters.items() if name not in ("class", "call", *arguments.TIMES)}
    times: dict[str, Any] = {name: datetime.fromisoformat(filters[name]) for name in arguments.TIMES if name in filters}
    return Wanted(class_=filters.get("class", ""), call_id=filters.get("call", ""), **same, **times)


def _row(one: Recorded) -> Row:
    same = ("number", "length_s", "caller", "line", "direction", "outcome", "by", "note", "protected")
    several = {name: list(getattr(one, name)) for name in ("agents", "queues", "orders")}
    others = {"call": one.call_id, "started": one.started.isoformat(), "name": one.caller_name, "class": one.class_}
    return {name: getattr(one, name) for name in same} | several | others
