"""The sounds of a country's tones, whatever their rhythm."""

import math

from callserver.dsp.progress.cadences import STRANGE, SoundName
from callserver.dsp.progress.plans import Plan
from callserver.dsp.sines import Sines

MIN_PURITY = 0.6
MAX_TWIST_DB = 10.0


class PlanSounds:
    """The sounds of a plan's bursts, to be recognised by their sines."""

    def __init__(self, plan: Plan) -> None:
        self._tolerance_hz = plan.tolerance_hz
        bursts = [burst for cadence in plan.tones.values() for burst in cadence.bursts]
        self._side_tones: dict[SoundName, set[float]] = {burst.frequencies_hz: set() for burst in bursts}
        for burst in bursts:
            if burst.modulation_hz:
                shifts = (-burst.modulation_hz, burst.modulation_hz)
                self._side_tones[burst.frequencies_hz] |= {f + s for f in burst.frequencies_hz for s in shifts}

    def name(self, sines: Sines) -> SoundName:
        """The one that has these sines and no other, or STRANGE."""
        if sines.purity >= MIN_PURITY:
            for sound in self._side_tones:
                if self._is(sound, sines):
                    return sound
        return STRANGE

    def _is(self, sound: SoundName, sines: Sines) -> bool:
        levels = [self._level(freq_hz, sines) for freq_hz in sound]
        allowed = [*sound, *self._side_tones[sound]]
        return max(levels) - min(levels) <= MAX_TWIST_DB and all(
            any(self._near(sine.freq_hz, freq_hz) for freq_hz in allowed) for sine in sines.components
        )

    def _level(self, freq_hz: float, sines: Sines) -> float:
        near = [sine.level_dbm0 for sine in sines.components if self._near(sine.freq_hz, freq_hz)]
        return max(near, default=-math.inf)

    def _near(self, measured_hz: float, nominal_hz: float) -> bool:
        return abs(measured_hz - nominal_hz) <= max(self._tolerance_hz, 0.02 * nominal_hz)
