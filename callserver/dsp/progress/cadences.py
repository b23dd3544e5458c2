"""Naming a tone by its rhythm: the bursts and pauses heard so far against a country's plan."""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from callserver.dsp.tones import Cadence

TIME_TOLERANCE = 0.1  # ITU-T E.180
BUSY_TOLERANCE = 0.2  # PBXs take it less exactly
TIME_SLACK_S = 0.015  # our own measurement
MODULATED_SLACK_S = 0.045  # an edge in a trough of 16-Hz modulation
LEVEL_TOLERANCE_DB = 4.0
SHORTEST_GAP_S = 0.03  # shorter pauses between tones of different frequency are not told apart
LONG_OFF_S = 0.9  # a pause so long is not waited for
QUIET_BEFORE_S = 0.85  # the last burst of busy or congestion tone is no call waiting
HOLD_OFF_S = 0.2  # of a long pause, enough to see that the burst is over
CONTINUOUS_S = 1.5
MEMORY = 16  # intervals

SoundName = tuple[float, ...]
SILENCE: SoundName = ()
STRANGE: SoundName = (0.0,)  # tone-like, but no tone of the plan
UNNAMED: SoundName = (-1.0,)  # has just begun: may become any


@dataclass(frozen=True)
class Interval:
    """A burst of one of the plan's sounds, or a pause; a level has a meaning for bursts only."""

    sound: SoundName  # its frequencies, or SILENCE, STRANGE, UNNAMED
    duration_s: float
    level_dbm0: float = 0.0


class Rhythm:
    """One tone of a plan as the intervals to be expected, and how many of them decide."""

    def __init__(self, name: str, cadence: Cadence) -> None:
        self._tolerance = BUSY_TOLERANCE if name == "busy" else TIME_TOLERANCE
        self._steps: list[Interval] = []
        for burst in cadence.bursts:
            self._add(Interval(burst.frequencies_hz, burst.on_s, burst.relative_db))
            if burst.off_s >= SHORTEST_GAP_S:
                self._steps.append(Interval(SILENCE, burst.off_s))
        self._slack_s = MODULATED_SLACK_S if any(burst.modulation_hz for burst in cadence.bursts) else TIME_SLACK_S
        self.endless = math.isinf(self._steps[-1].duration_s)
        longest_off_s = max((step.duration_s for step in self._steps if step.sound == SILENCE), default=0.0)
        self._long_off = longest_off_s >= LONG_OFF_S
        self._need = 0 if self.endless else len(self._steps) - 1 if self._long_off else max(4, len(self._steps) - 1)

    def _add(self, step: Interval) -> None:
        """The steps of a rising howler are one sound."""
        if self._steps and self._steps[-1].sound == step.sound:
            last = self._steps.pop()
            step = Interval(step.sound, last.duration_s + step.duration_s, last.level_dbm0)
        self._steps.append(step)

    def run(self, past: deque[Interval], pending: Interval) -> int:
        """How many of the newest intervals fit; -1 when what sounds now does not."""
        return max(self._run_to(position, past, pending) for position in range(len(self._steps)))

    def decides(self, run: int, past: deque[Interval], pending: Interval) -> bool:
        """Whether so many fitting intervals are enough to name the tone."""
        if self.endless:
            return run >= 0 and pending.sound != UNNAMED and pending.duration_s >= CONTINUOUS_S
        if run < self._need:
            return False
        if not self._long_off:
            return True
        before = past[-1 - run] if len(past) > run else Interval(SILENCE, math.inf)
        quiet_before = before.sound == SILENCE and before.duration_s >= QUIET_BEFORE_S
        return pending.sound == SILENCE and pending.duration_s >= HOLD_OFF_S and (quiet_before or run > self._need)

    def _run_to(self, position: int, past: deque[Interval], pending: Interval) -> int:
        """The run if the pending interval is the step at `position`."""
        step = self._steps[position]
        possible = pending.sound == step.sound or (pending.sound == UNNAMED and step.sound != SILENCE)
        if not possible or pending.duration_s > self._longest(step):
            return -1
        run, offsets = 0, []
        for interval in reversed(past):
            step = self._steps[(position - run - 1) % len(self._steps)]
            if not self._fits(interval, step):
                break
            if step.sound != SILENCE:
                offsets.append(interval.level_dbm0 - step.level_dbm0)
                if max(offsets) - min(offsets) > LEVEL_TOLERANCE_DB:
                    break
            run += 1
        return run

    def _longest(self, step: Interval) -> float:
        return step.duration_s * (1 + self._tolerance) + self._slack_s

    def _fits(self, interval: Interval, step: Interval) -> bool:
        shortest_s = step.duration_s * (1 - self._tolerance) - self._slack_s
        return interval.sound == step.sound and shortest_s <= interval.duration_s <= self._longest(step)


class CadenceFollower:
    """Hears the intervals of one channel and names the tone, once nothing else in the plan fits as well."""

    def __init__(self, rhythms: Mapping[str, Rhythm]) -> None:
        self._rhythms = rhythms
        self._past: deque[Interval] = deque(maxlen=MEMORY)

    @property
    def hopeless(self) -> bool:
        """The last burst was no sound of the plan: nothing is being followed."""
        return bool(self._past) and self._past[-1].sound == STRANGE

    @property
    def rhythm_s(self) -> tuple[float, ...]:
        """The last bursts and pauses, from a burst on."""
        intervals = [interval for interval in self._past if math.isfinite(interval.duration_s)]
        return tuple(round(interval.duration_s, 3) for interval in intervals)

    def finished(self, interval: Interval) -> None:
        """An interval is over."""
        if interval.sound != SILENCE or interval.duration_s >= SHORTEST_GAP_S:
            self._past.append(interval)

    def name(self, pending: Interval, current: str | None) -> str | None:
        """
        Which tone this is.

        :param pending: what sounds now, as long as it has lasted
        :param current: the name given last, kept while it fits
        """
        if pending.sound == SILENCE and pending.duration_s < SHORTEST_GAP_S:
            return current
        runs = {name: rhythm.run(self._past, pending) for name, rhythm in self._rhythms.items()}
        best = max(runs.values())
        for name, run in runs.items():
            alone = run == best and list(runs.values()).count(best) == 1
            if alone and self._rhythms[name].decides(run, self._past, pending):
                return name
        return (
            current if current is not None and runs[current] >= 0 and self._continues(current, runs[current]) else None
        )

    def lasting_s(self, name: str, pending: Interval) -> float:
        """For how long the intervals have fitted this tone, back from what sounds now."""
        run = max(self._rhythms[name].run(self._past, pending), 0)
        return pending.duration_s + sum(interval.duration_s for interval in list(self._past)[len(self._past) - run :])

    def _continues(self, current: str, run: int) -> bool:
        return run > 0 or self._rhythms[current].endless
