"""
The recording of a call: by rule from its first answer to its end, or on demand; with silence where a secret was told.

A call has at most one recording at a time. By rule it is the call's own and nobody stops it; on demand it is of who
started it, who alone stops it, and it ends with the call at the latest. In a call that is recorded anyway, whoever
wants it recorded sets a mark.

What the shop's rules want is asked anew whenever something they may name has changed: the answer, the queue, who takes
part. A recording by rule begins and ends with that wish; one on demand is nobody's but his who wanted it, and when he
ends it the rules are asked. By voice there is a recording for each time that somebody speaks.

A call in the house is recorded on demand, or by a rule that names such calls. As soon as an outside line talks in it,
it is recorded as one of that line's from there on: by the same rules, and with the line as its far end, for who began
it may leave. What somebody has started until then ends with that, or goes on in a second file where no rule wants one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.recording_rules import IN_HOUSE, Known, RecordingRules, Wish, line_number
from callserver.calls.vocabulary import Kind
from callserver.media.leg import Leg
from callserver.media.recent import Recent
from callserver.media.recorder import Recorder
from callserver.media.recording import Mark, Recording, RecordingInfo
from callserver.media.voice_trigger import VoiceTrigger
from callserver.wire.records import Value
from callserver.wire.refusals import Refusal, Refused

log = Logger()


class Recorded(Protocol):
    """The call that is recorded."""

    @property
    def id(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def leg(self) -> Leg | None:
        """What its far end says and hears is recorded."""

    def log(self, kind: Kind, *, person: str | None = None, **data: Value) -> None: ...
    def note(self, **fields: object) -> None:
        """Set fields of the call's record."""


class Line(Protocol):
    """An outside line that takes part in the call."""

    @property
    def name(self) -> str: ...
    @property
    def leg(self) -> Leg | None: ...


class CallRecording:
    """
    Records one call if there is a recorder, and tells the call's event log.

    :param began_at: the party the call begins with
    """

    def __init__(self, call: Recorded, recorder: Recorder | None, rules: RecordingRules, began_at: str) -> None:
        self._call, self._recorder, self._rules = call, recorder, rules
        self._known = Known(line_number(began_at), call.direction, parties=frozenset((began_at,)))
        self._answered = False
        self._line: Line | None = None  # that has joined a call of the house
        self._line_direction = ""
        self._recording: Recording | None = None
        self._started_by = ""  # staff number; "": by rule
        self._recent: Recent | None = None
        self._trigger: VoiceTrigger | None = None
        self._silences = 0  # begun and not ended

    @property
    def started_by(self) -> str | None:
        """Whose recording runs, by staff number; None: none on demand does."""
        return self._started_by or None

    def answered(self) -> None:
        """Record from now on, if the rules want it."""
        self._answered = True
        self._follow_rules()
        if self._recording is None:
            self._keep_recent()

    def waits_in(self, queue: str) -> None:
        """The call waits in a queue from now on."""
        self._learn(replace(self._known, queue=queue))

    def talked_by(self, parties: Iterable[str]) -> None:
        """Who takes part, from now on."""
        self._learn(replace(self._known, parties=frozenset(parties)))

    def joined_by(self, other: CallRecording, line: Line) -> None:
        """Another call becomes part of this one, with the line it began with unless it is of the house, too."""
        if self._in_house and not other._in_house:
            self._line, self._line_direction = other._line or line, other._line_direction or other._known.direction

    def line_talks(self) -> None:
        """An outside line talks in the call; of one that has begun with it nothing changes."""
        if self._line is None or not self._in_house:
            return
        by, was_running = self._started_by, self._recording is not None
        self._end()
        self._forget_recent()
        self._hear_no_voice()
        self._known = replace(self._known, line=line_number(self._line.name), direction=self._line_direction)
        self._follow_rules()
        if self._recording is None and was_running:
            self._start(by)
        elif self._recording is None:
            self._keep_recent()

    def never(self) -> None:
        """Nothing of this call is recorded, by no rule and on no demand: it is part of another one, or no talk."""
        self.over()
        self._recorder = None

    def start(self, by: str) -> None:
        """
        Record on demand, with what was said just before if so much is kept; or mark the recording that runs.

        One that was broken off, because the disk was full or did not keep up, runs no more: another one begins.

        :param by: a staff number
        :raises Refused: there is no room on the disk, or nothing to record
        """
        if self._recording is not None and self._recording.failed:
            self._end()
        if self._recording is not None:
            self._recording.mark(f"seat {by}")
            return
        self._start(by)
        if self._recording is None:
            raise Refused(Refusal.NO_RECORDING)

    def mark(self, text: str) -> None:
        """Say of this place in the recording, if one runs, what is not heard there: a hold, a consultation."""
        if self._recording is not None:
            self._recording.mark(text)

    def stop(self, by: str) -> None:
        """
        End the recording that this person has started.

        :raises Refused: he has not, or it is over
        """
        if not by or by != self._started_by:
            raise Refused(Refusal.NOT_YOURS)
        self._end()
        self._hear_no_voice()  # by voice it begins anew: who speaks at this moment is recorded on
        self._follow_rules()
        if self._recording is None:
            self._keep_recent()

    def begin_silence(self, since_s_ago: float = 0.0) -> None:
        """Silence from now on, and over what was recorded in the last seconds; to be ended as often as it was begun."""
        self._silences += 1
        for kept in self._kept:
            if since_s_ago > 0:
                kept.blank(since_s_ago)
            kept.pause()

    def keep_silent(self) -> None:
        """A key of a secret: however long who keys it in takes, the recording is not silent too short."""
        if self._silences:
            for kept in self._kept:
                kept.pause()

    def end_silence(self) -> None:
        """Record again."""
        self._silences -= 1
        if self._silences:
            return
        for kept in self._kept:
            kept.resume()

    def over(self) -> None:
        """The call is over, or no caller's any more: nothing more of it is kept."""
        self._answered = False
        self._end()
        self._forget_recent()
        self._hear_no_voice()

    @property
    def _kept(self) -> list[Recording | Recent]:
        """Whatever has sound of the call."""
        return [kept for kept in (self._recording, self._recent, self._trigger) if kept is not None]

    @property
    def _in_house(self) -> bool:
        """It is no outside line's, so far."""
        return self._known.direction == IN_HOUSE

    def _learn(self, known: Known) -> None:
        if known != self._known:
            self._known = known
            self._follow_rules()

    def _follow_rules(self) -> None:
        """A recording on demand is not theirs to begin or to end."""
        if not self._answered or self._recorder is None or self._started_by:
            return
        wish = self._rules.wish(self._call.id, self._known)
        if wish is Wish.BY_VOICE:
            self._hear_voice()
            return
        self._hear_no_voice()
        if wish is Wish.RECORD:
            self._start("")
        elif self._recording is not None:
            self._end()
            self._keep_recent()

    def _hear_voice(self) -> None:
        """From now on there is a recording whenever somebody speaks."""
        leg = self._leg
        if self._trigger is not None or self._recorder is None or leg is None:
            return
        if self._recording is not None:
            self._end()
        rules = self._rules
        self._trigger = VoiceTrigger(leg, rules.level_dbm0, rules.silence_s, self._voice, self._voice_over)
        if self._silences:
            self._trigger.pause()
        self._recorder.keep(self._trigger)

    def _hear_no_voice(self) -> None:
        trigger, self._trigger = self._trigger, None
        if trigger is not None and self._recorder is not None:
            self._recorder.forget_recent(trigger)
            if self._recording is not None and not self._started_by:
                self._end()

    def _voice(self) -> None:
        self._start("", self._trigger)

    def _voice_over(self) -> None:
        if not self._started_by:
            self._end()

    @property
    def _leg(self) -> Leg | None:
        """Of the far end."""
        return self._call.leg if self._line is None or self._in_house else self._line.leg

    def _start(self, by: str, begins_with: Recent | None = None) -> None:
        """On demand it begins with what was said just before; by rule with that alone which the rule wants."""
        leg = self._leg
        if self._recorder is None or self._recording is not None or leg is None:
            return
        recent = self._recent if by else begins_with
        recording = self._recorder.start(self._call.id, leg, on_mark=self._marked, recent=recent)
        if recording is None:
            return
        before_s = round(recent.length_s, 3) if recent is not None else 0.0
        self._forget_recent()
        self._recording, self._started_by = recording, by
        self._call.note(recording=recording.file_name)
        told: dict[str, Value] = {"by": f"seat {by}", "before_s": before_s} if by else {}
        if before_s and not by:
            told = {"before_s": before_s}
        self._call.log(Kind.RECORDING, person=by or None, file=recording.file_name, **told)
        if self._silences:
            recording.pause()  # its mark is behind its beginning

    def _end(self) -> None:
        recording, self._recording, self._started_by = self._recording, None, ""
        if recording is not None:
            stopped = recording.stop()
            stopped.addErrback(self._broke, recording)
            stopped.addCallback(self._stopped)

    def _keep_recent(self) -> None:
        leg, recent_s = self._leg, self._rules.recent_s
        if self._recorder is not None and recent_s > 0 and leg is not None and self._recent is None:
            self._recent = self._recorder.keep_recent(leg, recent_s)
            if self._silences:
                self._recent.pause()

    def _forget_recent(self) -> None:
        recent, self._recent = self._recent, None
        if recent is not None and self._recorder is not None:
            self._recorder.forget_recent(recent)

    def _marked(self, mark: Mark) -> None:
        self._call.log(Kind.RECORDING_MARK, text=mark.text, sample=mark.sample, n_samples=mark.n_samples)

    def _broke(self, failure: Failure, recording: Recording) -> RecordingInfo:
        """The alarm was given. It is no recording that runs for ever: what there is of it is its length."""
        log.failure("recording of {call} broke", failure, call=self._call.id)
        return RecordingInfo(recording.path, recording.file.n_samples)

    def _stopped(self, info: RecordingInfo) -> None:
        self._call.log(Kind.RECORDING_END, file=info.path.name, length_s=round(info.length_s, 3))
        if not info.n_samples:  # the file could not be made, or the call was over at once
            self._call.log(Kind.RECORDING_DELETED, file=info.path.name, why="nothing recorded")
