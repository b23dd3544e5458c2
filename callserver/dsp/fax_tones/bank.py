"""The voices of fax machines, for a whole bank of channels: CNG, CED, ANSam and the flags before a frame."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.channels import resized
from callserver.dsp.fax_tones.v21_flags import LOOK_SAMPLES, ONE_HZ, ZERO_HZ, count_flags
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.front_end import PIECE_SAMPLES, PIECES, FrontEnd, Spectrum

CNG_HZ, ANSWER_HZ = 1100.0, 2100.0
FAX_FREQS = (CNG_HZ, ANSWER_HZ, ONE_HZ, ZERO_HZ)

FLOOR_DBM0 = -45.0
MIN_SHARE = 0.4  # of the energy of a tick: S/N 10 dB and CNG 38 Hz off leave 0.5
RIDDEN_TICKS = 1  # a phase reversal spoils one tick
ANSWER_TICKS = 21  # 420 ms decide
CNG_TICKS, CNG_MOST_TICKS = 19, 31  # whole ones in a burst; T.30: 425 to 575 ms
CNG_PAUSE_TICKS = 125, 175  # T.30: 2.55 to 3.45 s
CNG_LOOK_TICKS = 16
QUIET_SHARE, QUIET_TICKS = 0.25, 5  # before a lone burst of CNG; a note of a melody follows on others
CNG_TOLERANCE_HZ, ANSWER_TOLERANCE_HZ = 42.0, 20.0  # T.30: 38 Hz and 15 Hz; the rest is our measurement
SPREAD_HZ = 12.0  # median distance of the frequency of 10 ms from that of the whole
MODULATION_HZ, MIN_DEPTH, MAX_DEPTH = 15.0, 0.1, 0.35  # ITU-T V.8: 20 % at 15 Hz
FLAG_TICKS, FLAG_EVERY_TICKS = 8, 4
ENOUGH_FLAGS = 3


class FaxSignal(Enum):
    """Who is there."""

    CNG = "cng"  # a calling fax
    CED = "ced"  # an answering fax or modem: ITU-T T.30, V.25 ANS
    ANSAM = "ansam"  # the same, able to speak V.8
    FLAGS = "flags"  # V.21 preamble: a fax that sends a frame


@dataclass(frozen=True)
class FaxHeard:
    """A fax signal; once for as long as it sounds."""

    channel: int
    signal: FaxSignal
    at_sample: int  # when it was certain, in the stream fed
    freq_hz: float = 0.0  # as measured
    level_dbm0: float = 0.0


@dataclass(frozen=True)
class ToneShape:
    """What a long tone is like: its frequency, how far 10 ms stray from it, the depth of its 15-Hz modulation."""

    freq_hz: float
    spread_hz: float
    depth: float


def tone_shape(values: NDArray[np.complex64], nominal_hz: float) -> ToneShape:
    """
    Measure a tone from its complex values in pieces of 10 ms, shape (n,); phase reversals do no harm.

    Frequencies are right within 50 Hz of the nominal one.
    """
    turn = np.exp(-2j * np.pi * nominal_hz * PIECE_SAMPLES / RATE_HZ)
    advance = np.angle(values[1:] * values[:-1].conj() * turn) * (RATE_HZ / PIECE_SAMPLES / (2 * np.pi))
    offset_hz = float(np.median(advance))
    envelope = np.abs(values)
    cycles = np.exp(-2j * np.pi * MODULATION_HZ * PIECE_SAMPLES / RATE_HZ * np.arange(len(values)))
    middle = float(np.median(envelope))
    usual = np.clip(envelope, 0.6 * middle, 1.4 * middle)  # a reversal is no modulation
    depth = 2 * abs(np.mean((usual - usual.mean()) * cycles)) / max(middle, 1e-9)
    return ToneShape(nominal_hz + offset_hz, float(np.median(np.abs(advance - offset_hz))), float(depth))


class FaxToneBank:
    """
    CNG, CED, ANSam and V.21 flags on `n_channels` channels: ITU-T T.30, V.25, V.8.

    CNG is told at the end of its burst, for a longer tone is none: of one that comes out of silence, or of a second
    one after the pause that T.30 asks for.

    :param front_end: shared with other detectors, made with FAX_FREQS among its tones; then call `hear` with its
        spectra. Without one, `feed` sound.
    """

    def __init__(self, n_channels: int, front_end: FrontEnd | None = None) -> None:
        self._front_end = front_end or FrontEnd(n_channels, FAX_FREQS)
        self._rows = self._front_end.rows(FAX_FREQS)
        floors = [self._front_end.power(FLOOR_DBM0, freq_hz) for freq_hz in FAX_FREQS[:3]]
        self._floors = np.array(floors, np.float32)[:, None] * PIECES
        self._run = np.zeros((3, n_channels), np.intp)  # ticks for which CNG, answer tone, flags have held their share
        self._missed = np.zeros((3, n_channels), np.intp)
        self._values = np.zeros((ANSWER_TICKS, PIECES, 2, n_channels), np.complex64)  # of CNG and answer tone
        self._flags_told = np.zeros(n_channels, bool)
        self._energies = np.zeros((QUIET_TICKS + 1, n_channels), np.float32)  # of the last ticks
        self._energy_before = np.zeros(n_channels, np.float32)  # the burst of CNG that sounds
        self._cng_ended: dict[int, int] = {}  # by channel, the tick
        self._tick = self._quiet_ticks = 0

    def feed(self, block: FloatArray) -> list[FaxHeard]:
        """
        Sound of all channels, float32, shape (n_channels, n), any n.

        :raises ValueError: naming the shape or type, when it is another
        """
        return [event for spectrum in self._front_end.feed(block) for event in self.hear(spectrum)]

    def resize(self, n_channels: int) -> None:
        """So many channels from now on, as the front end."""
        self._run, self._missed = resized(self._run, n_channels, 1), resized(self._missed, n_channels, 1)
        self._values = resized(self._values, n_channels, 3)
        self._flags_told = resized(self._flags_told, n_channels)
        self._energies = resized(self._energies, n_channels, 1)
        self._energy_before = resized(self._energy_before, n_channels)
        self._cng_ended = {channel: tick for channel, tick in self._cng_ended.items() if channel < n_channels}
        self._quiet_ticks = 0

    def reset(self, channel: int) -> None:
        """Another call begins on this channel."""
        self._run[:, channel] = self._missed[:, channel] = self._quiet_ticks = 0
        self._flags_told[channel] = False
        self._energies[:, channel] = 0
        self._cng_ended.pop(channel, None)

    def hear(self, spectrum: Spectrum) -> list[FaxHeard]:
        """What the newest 20 ms bring."""
        self._tick += 1
        was = self._run[0]
        good = self._holds_its_share(spectrum)
        events: list[FaxHeard | None] = []
        if self._quiet_ticks <= RIDDEN_TICKS + 1:
            end_sample = spectrum.start_sample + BLOCK_SAMPLES
            bursts = _which((was > CNG_TICKS) & (was <= CNG_MOST_TICKS + RIDDEN_TICKS) & (self._run[0] == 0))
            events += [self._cng(channel, int(was[channel]), end_sample) for channel in bursts]
            if not self._quiet_ticks:
                events += self._others(spectrum, good, end_sample)
                self._note_beginnings()
        self._energies[self._tick % len(self._energies)] = spectrum.sum_of_energy
        return [event for event in events if event is not None]

    def _others(self, spectrum: Spectrum, good: NDArray[np.bool_], end_sample: int) -> list[FaxHeard | None]:
        """What is told while it sounds."""
        self._values[self._tick % ANSWER_TICKS] = spectrum.values(self._rows)[:, :2]
        _, answer, flags = self._run
        events = [self._answer(channel, end_sample) for channel in _which(good[1] & (answer == ANSWER_TICKS))]
        look = good[2] & (flags >= FLAG_TICKS) & (flags % FLAG_EVERY_TICKS == 0) & ~self._flags_told
        return events + [self._flags(channel, spectrum, end_sample) for channel in _which(look)]

    def _note_beginnings(self) -> None:
        begun = self._run[0] == 1
        if begun.any():
            # The tick before may hold the beginning already.
            earlier = (self._tick - 2 - np.arange(QUIET_TICKS - 1)) % len(self._energies)
            self._energy_before[begun] = self._energies[earlier].max(axis=0)[begun]

    def _holds_its_share(self, spectrum: Spectrum) -> NDArray[np.bool_]:
        """Follow how long each signal has held most of the sound; shape (3, n_channels), for this tick."""
        sums = spectrum.sum_of_powers[self._rows]
        tones = sums[:3].copy()
        tones[2] += sums[3]
        good: NDArray[np.bool_] = tones > np.maximum(MIN_SHARE * spectrum.sum_of_energy, self._floors)
        self._quiet_ticks = 0 if good.any() else self._quiet_ticks + 1
        if self._quiet_ticks > RIDDEN_TICKS + 1:
            return good  # every run has come to its end
        self._missed = (self._missed + 1) * ~good
        self._run = (self._run + 1) * (self._missed <= RIDDEN_TICKS)
        self._flags_told &= self._run[2] > 0
        return good

    def _newest(self, row: int, channel: int, n_ticks: int, ago: int = 0) -> NDArray[np.complex64]:
        """The pieces of some ticks of one tone on one channel, oldest first, up to so many ticks ago."""
        ticks = (self._tick - ago + np.arange(1 - n_ticks, 1)) % ANSWER_TICKS
        return self._values[ticks, :, row, channel].reshape(-1)

    def _cng(self, channel: int, n_ticks: int, end_sample: int) -> FaxHeard | None:
        """A burst has just ended: the tick before was ridden over, the one before that may be half empty."""
        values = self._newest(0, channel, CNG_LOOK_TICKS, ago=3)
        shape = tone_shape(values, CNG_HZ)
        if abs(shape.freq_hz - CNG_HZ) > CNG_TOLERANCE_HZ or shape.spread_hz > SPREAD_HZ:
            return None
        pause = self._tick - n_ticks - self._cng_ended.get(channel, -self._tick)
        self._cng_ended[channel] = self._tick
        energy = PIECES * float(np.median(np.abs(values))) ** 2
        alone = self._energy_before[channel] < QUIET_SHARE * energy
        if not alone and not CNG_PAUSE_TICKS[0] <= pause <= CNG_PAUSE_TICKS[1]:
            return None
        return FaxHeard(channel, FaxSignal.CNG, end_sample, shape.freq_hz, self._level_dbm0(values, shape, CNG_HZ))

    def _answer(self, channel: int, end_sample: int) -> FaxHeard | None:
        values = self._newest(1, channel, ANSWER_TICKS)
        shape = tone_shape(values, ANSWER_HZ)
        if abs(shape.freq_hz - ANSWER_HZ) > ANSWER_TOLERANCE_HZ or shape.spread_hz > SPREAD_HZ:
            return None
        signal = FaxSignal.ANSAM if MIN_DEPTH <= shape.depth <= MAX_DEPTH else FaxSignal.CED
        return FaxHeard(channel, signal, end_sample, shape.freq_hz, self._level_dbm0(values, shape, ANSWER_HZ))

    def _level_dbm0(self, values: NDArray[np.complex64], shape: ToneShape, nominal_hz: float) -> float:
        off_centre = float(np.sinc((shape.freq_hz - nominal_hz) * PIECE_SAMPLES / RATE_HZ))
        power = float(np.median(np.abs(values))) ** 2 / off_centre**2
        return self._front_end.level_dbm0(power, nominal_hz)

    def _flags(self, channel: int, spectrum: Spectrum, end_sample: int) -> FaxHeard | None:
        if count_flags(self._front_end.recent(np.array([channel]), LOOK_SAMPLES)[0]) < ENOUGH_FLAGS:
            return None
        self._flags_told[channel] = True
        power = float(spectrum.energy[:, channel].mean())
        return FaxHeard(channel, FaxSignal.FLAGS, end_sample, level_dbm0=self._front_end.level_dbm0(power, ONE_HZ))


def _which(due: NDArray[np.bool_]) -> list[int]:
    return np.flatnonzero(due).tolist()
