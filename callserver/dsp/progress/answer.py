"""What became of a number that was dialled: judged by ear, for an analog line does not say."""

from collections import deque
from collections.abc import Iterable
from enum import Enum

from callserver.dsp.fax_tones.bank import FaxHeard, FaxSignal
from callserver.dsp.frames import BLOCK_MS, BLOCK_SAMPLES
from callserver.dsp.progress.bursts import DELAY_SAMPLES
from callserver.dsp.progress.events import ProgressEvent, ToneGone, ToneHeard, ToneMissed

VOICE_TICKS, VOICE_WINDOW_TICKS = 20, 60  # 400 ms within 1.2 s
NO_TONE_TICKS = 50  # after a ring-back cut short: longer than a pause of congestion tone
SILENT_MACHINE_S = 1.0  # ring-back is gone for certain then: its next burst is late
ONE_BURST_TICKS, LONGEST_PAUSE_S = 20, 7.0  # of ring-back, in any plan
DELAY_TICKS = -(-DELAY_SAMPLES // BLOCK_SAMPLES)  # of tones against voice


class DialOutcome(Enum):
    """How a call out ended or began."""

    ANSWERED = "answered"
    BUSY = "busy"
    CONGESTION = "congestion"
    UNALLOCATED = "unallocated"
    SECOND_DIAL_TONE = "second_dial_tone"  # the exchange asks for more digits, or for all of them
    SILENCE = "silence"
    RINGBACK_THEN_SILENCE = "ringback_then_silence"
    NO_ANSWER = "no_answer"
    NO_MACHINE = "no_machine"


OUTCOME_OF_TONE = {
    "busy": DialOutcome.BUSY,
    "congestion": DialOutcome.CONGESTION,
    "howler": DialOutcome.CONGESTION,
    "unobtainable": DialOutcome.UNALLOCATED,
    "sit": DialOutcome.UNALLOCATED,
    "information": DialOutcome.UNALLOCATED,
    "dial": DialOutcome.SECOND_DIAL_TONE,
}


class AnswerJudge:
    """
    Judges one call out, from its last digit on.

    Answered: somebody speaks (400 ms that are no tone of the plan), a fax answers, or ring-back stops in the middle of
    a burst. Where exchanges play music or announcements to the calling party, these count as an answer: nothing on an
    analog line tells them apart. `ringing`: ring-back has been heard.

    For a machine: a voice or music is no answer, for a fax machine may still begin; without one it ends as NO_MACHINE,
    by whatever it ends. Ring-back that ends in silence is an answer, also after one burst, which has no rhythm: so does
    a machine answer that shares its line with people.
    """

    def __init__(
        self,
        silence_s: float = 15.0,
        no_answer_s: float = 60.0,
        after_ringback_s: float = 5.0,
        *,
        for_machine: bool = False,
    ) -> None:
        self._silence_s, self._no_answer_s = silence_s, no_answer_s
        self._after_ringback_s = SILENT_MACHINE_S if for_machine else after_ringback_s
        self._for_machine = for_machine
        self.ringing = self.spoken_to = False
        self._quiet_s = self._ringing_s = 0.0
        self._tone_ticks = 0
        self._ringback_gone = False
        self._cut_short_ticks = 0
        self._late: deque[bool] = deque([False] * DELAY_TICKS, maxlen=DELAY_TICKS)
        self._voice: deque[bool] = deque(maxlen=VOICE_WINDOW_TICKS)

    def hear(self, events: Iterable[ProgressEvent | FaxHeard], *, voiced: bool, tone_like: bool) -> DialOutcome | None:
        """
        One tick of 20 ms of this line.

        :param voiced: ActivityBank.voiced; `tone_like`: ProgressBank.sounding
        """
        outcome = self._outcome(events, voiced, tone_like)
        if not self._for_machine:
            return outcome
        if outcome is DialOutcome.RINGBACK_THEN_SILENCE and not self.spoken_to:
            return DialOutcome.ANSWERED
        return DialOutcome.NO_MACHINE if self.spoken_to and outcome not in (None, DialOutcome.ANSWERED) else outcome

    def _outcome(self, events: Iterable[ProgressEvent | FaxHeard], voiced: bool, tone_like: bool) -> DialOutcome | None:
        for event in events:
            if (outcome := self._event(event)) is not None:
                return outcome
        speaks = self._late[0] and not tone_like
        self._late.append(voiced)
        self._voice.append(speaks)
        if sum(self._voice) >= VOICE_TICKS:
            self.spoken_to = True
            if not self._for_machine:
                return DialOutcome.ANSWERED
        return self._timed(tone_like or speaks, tone_like)

    def _event(self, event: ProgressEvent | FaxHeard) -> DialOutcome | None:
        if isinstance(event, FaxHeard):
            return None if event.signal is FaxSignal.CNG else DialOutcome.ANSWERED
        if isinstance(event, ToneMissed):
            return None
        if event.name == "ringback":
            gone = isinstance(event, ToneGone)
            self.ringing, self._ringback_gone = True, gone
            self._cut_short_ticks = NO_TONE_TICKS if isinstance(event, ToneGone) and event.cut_short else 0
            self._quiet_s = 0.0
            return None
        return OUTCOME_OF_TONE.get(event.name) if isinstance(event, ToneHeard) else None

    def _timed(self, sound: bool, tone_like: bool) -> DialOutcome | None:
        tick_s = BLOCK_MS / 1000
        self._quiet_s = 0.0 if sound else self._quiet_s + tick_s
        self._ringing_s += tick_s * self.ringing
        if self._cut_short_ticks:
            # A burst that goes on was only disturbed; busy tone, if he was turned away, will be named.
            self._cut_short_ticks = 0 if tone_like else self._cut_short_ticks - 1
            return None if self._cut_short_ticks or tone_like else DialOutcome.ANSWERED
        if self._for_machine and self.spoken_to:
            return None  # until a machine begins, or the line has waited long enough
        self._tone_ticks += tone_like
        rang_once = not self.ringing and self._tone_ticks >= ONE_BURST_TICKS
        if self._for_machine and rang_once and self._quiet_s >= LONGEST_PAUSE_S:
            return DialOutcome.ANSWERED
        if self._ringback_gone and self._quiet_s >= self._after_ringback_s:
            return DialOutcome.RINGBACK_THEN_SILENCE
        if self.ringing and self._ringing_s >= self._no_answer_s:
            return DialOutcome.NO_ANSWER
        return DialOutcome.SILENCE if not self.ringing and self._quiet_s >= self._silence_s else None
