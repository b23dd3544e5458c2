"""The prompt is known: what we play is taken out of what we hear, for all playing channels at once."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from callserver.dsp.channels import resized
from callserver.dsp.echo.bulk_delay import HEARD_SAMPLES, LONGEST_DELAY_SAMPLES, PLAYED_SAMPLES, DelayFinder
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.recent import PIECE_SAMPLES, Recent

FFT_SAMPLES = 512
N_BINS = FFT_SAMPLES // 2 + 1
TAPS = 288  # 36 ms: a hybrid on a local line rings 8 ms, behind a PBX 24
EARLY_SAMPLES = 40  # taps before the strongest one, at least; more make it learn more slowly
NEAR_SAMPLES = 160  # an echo so soon may have a weaker one before it, of our own hybrid: the taps begin at once
HISTORY_TICKS = 32
LONGEST_DELAY = (LONGEST_DELAY_SAMPLES + BLOCK_SAMPLES) // PIECE_SAMPLES  # in pieces; so far back all is kept
PLAYING_POWER = 10**-6.5  # mean square: -59 dBm0
ECHO_TICKS = 25  # an echo may follow for so long after what was played
NEVER = -(10**9)

TRACKING = 0.998  # of the state equation: how well the echo path is trusted to stay as it is, a tick
NOISE_MEMORY = 0.7
STRONGEST_ECHO, WEAKEST_ECHO = 1.0, 0.05  # power gain assumed before anything was learnt
GENEROUS = 2.0  # times the power that came back
LARGEST_GAIN = 4.0  # sum of the squared taps: no line returns 6 dB more than it gets
HARM = 1.1  # times the power of half a second
LOSS_MEMORY = 0.96  # a tick: half a second

POOR_LOSS = 2.0  # 3 dB: perhaps the delay has changed
LOOKS_A_TICK = 4  # for delays, 0.15 ms each
LOOK_SOON_TICKS, LOOK_LATER_TICKS = 4, 50  # from one look at a channel to the next
HOPEFUL_LOOKS = 12  # a second of speech; a line that gave no echo in it may have none, and is looked at ever less

LEARNT_LOSS, REFRESH_TICKS = 16.0, 4  # from 12 dB on the path is only kept up, for learning costs more than filtering

CHECK_TICKS = 5
WORTH_LOSS = 1.26  # 1 dB: less is not worth the work, or was no echo
FAINTEST_GAIN = 1e-4  # an echo 40 dB down is not heard
# So long without use, while something plays, until a channel is left alone. One that was of use has longer: while the
# far end is louder than the echo no use can be seen.
TRIAL_TICKS, PATIENCE_TICKS = 150, 1500
REST_TICKS, MAX_DOUBLINGS = 250, 3  # twice as long after each vain trial


class EchoCanceller:
    """
    Adaptive canceller for `n_channels`; channels on which nothing is played, or that give nothing back, cost nearly
    nothing.

    Frequency-domain adaptive Kalman filter (Enzner and Vary, Signal Processing 86, 2006): each bin's step follows from
    how uncertain its coefficient is and how much else is heard there, so keys and voices of the far end hold it still.
    What comes out is never louder than what went in; a filter that would make it so, or outgrows a real line, begins
    anew.

    Work is done where it is of use only: it learns from what sounds, not from pauses, and once it takes out 12 dB it
    learns in one tick of four; where it has taken out nothing for a while, or the echo is 40 dB down, it rests, and is
    tried again ever later.
    """

    def __init__(self, n_channels: int) -> None:
        self._played, self._left = Recent(n_channels, HISTORY_TICKS), Recent(n_channels, HISTORY_TICKS)
        self._finder = DelayFinder(n_channels)
        self._ticks_to_look = np.full(n_channels, LOOK_SOON_TICKS)
        self._n_looks = np.zeros(n_channels, np.intp)
        self._tick, self._last_loud = 0, NEVER
        self._loud_at = np.full(n_channels, NEVER)
        self._useless_ticks, self._n_trials = np.zeros(n_channels, np.intp), np.zeros(n_channels, np.intp)
        self._proven = np.zeros(n_channels, bool)
        self._delay = np.full(n_channels, -1, np.intp)  # in pieces of 5 ms; -1: not yet known
        self._strength = np.full(n_channels, STRONGEST_ECHO, np.float32)
        self._path = np.zeros((n_channels, N_BINS), np.complex64)
        self._uncertainty = np.zeros((n_channels, N_BINS), np.float32)
        self._gain = np.zeros(n_channels, np.float32)  # sum of the squared taps
        self._noise = np.zeros((n_channels, N_BINS), np.float32)
        self._power_before = np.zeros(n_channels, np.float32)
        self._power_after = np.zeros(n_channels, np.float32)

    @property
    def loss_db(self) -> FloatArray:
        """By how much it lowers what is heard while something is played; shape (n_channels,), 0 where unused."""
        return (10 * np.log10((self._power_before + 1e-12) / (self._power_after + 1e-12))).astype(np.float32)

    @property
    def line_loss_db(self) -> FloatArray:
        """By how much each line weakens what we play before it comes back; shape (n_channels,), inf where unknown."""
        with np.errstate(divide="ignore"):
            return np.asarray(-10 * np.log10(self._gain), np.float32)

    def clean(self, received: FloatArray, played: FloatArray) -> FloatArray:
        """
        What was received less the echo of what was played; both shape (n_channels, 160).

        :return: `received` itself when there is nothing to take out
        """
        self._tick += 1
        loud = _power(played) > PLAYING_POWER
        if loud.any():
            np.copyto(self._loud_at, self._tick, where=loud)
            self._last_loud = self._tick
        elif self._tick > self._last_loud + ECHO_TICKS + HISTORY_TICKS:
            return received  # all that is kept is silence
        playing = np.flatnonzero(self._loud_at > self._tick - ECHO_TICKS)
        _keep(self._played, playing, played)
        busy, cleaned = playing[self._delay[playing] >= 0], received
        if busy.size:
            cleaned = received.copy()
            cleaned[busy] = self._watch(busy, received[busy], self._filter(busy, received[busy]))
        _keep(self._left, playing, cleaned)
        self._ticks_to_look[playing] -= 1
        due = playing[self._ticks_to_look[playing] <= 0]
        if due.size:
            self._look_for_delay(due)
        return cleaned

    def shift(self, channel: int, n_ticks: int) -> None:
        """What is heard comes so much later from now on, and so does the echo in it."""
        delay = self._delay[channel] + n_ticks * BLOCK_SAMPLES // PIECE_SAMPLES
        if self._delay[channel] >= 0:
            self._delay[channel] = delay if 0 <= delay <= LONGEST_DELAY else -1

    def resize(self, n_channels: int) -> None:
        """So many channels from now on."""
        was = len(self._delay)
        for part in (self._played, self._left, self._finder):
            part.resize(n_channels)
        self._ticks_to_look, self._n_looks = (resized(v, n_channels) for v in (self._ticks_to_look, self._n_looks))
        self._loud_at = resized(self._loud_at, n_channels)
        self._useless_ticks = resized(self._useless_ticks, n_channels)
        self._n_trials, self._proven = resized(self._n_trials, n_channels), resized(self._proven, n_channels)
        self._delay, self._strength = resized(self._delay, n_channels), resized(self._strength, n_channels)
        self._path, self._uncertainty = resized(self._path, n_channels), resized(self._uncertainty, n_channels)
        self._noise, self._gain = resized(self._noise, n_channels), resized(self._gain, n_channels)
        self._power_before = resized(self._power_before, n_channels)
        self._power_after = resized(self._power_after, n_channels)
        for channel in range(was, n_channels):
            self.reset(channel)

    def reset(self, channel: int) -> None:
        """Another call, another echo."""
        self._played.forget(channel)
        self._left.forget(channel)
        self._finder.forget(channel)
        self._ticks_to_look[channel], self._n_looks[channel] = LOOK_SOON_TICKS, 0
        self._loud_at[channel] = NEVER
        self._delay[channel], self._path[channel], self._gain[channel] = -1, 0, 0
        self._useless_ticks[channel], self._n_trials[channel], self._proven[channel] = 0, 0, False
        self._power_before[channel] = self._power_after[channel] = 0

    def _look_for_delay(self, due: NDArray[np.intp]) -> None:
        """On a few channels a tick: those that have waited longest for a delay yet unknown, or perhaps changed."""
        poor = self._power_before[due] < POOR_LOSS * self._power_after[due]
        needed = poor | (self._delay[due] < 0)
        self._ticks_to_look[due[~needed]] = LOOK_LATER_TICKS
        due = due[needed]
        if not due.size:
            return
        channels = due[np.argsort(self._ticks_to_look[due], kind="stable")][:LOOKS_A_TICK]
        played, left = self._played.newest(channels, PLAYED_SAMPLES), self._left.newest(channels, HEARD_SAMPLES)
        found = self._finder.look(channels, played, left)
        clear = channels[found >= 0]
        if clear.size:
            strongest = found[found >= 0]
            first = np.where(strongest < NEAR_SAMPLES, 0, strongest - EARLY_SAMPLES)
            self._begin(clear, first // PIECE_SAMPLES)
        self._n_looks[channels] += 1
        known, n_vain = self._delay[channels] >= 0, self._n_looks[channels] - HOPEFUL_LOOKS
        later = LOOK_LATER_TICKS << np.clip(n_vain, 0, MAX_DOUBLINGS)
        self._ticks_to_look[channels] = np.where(known, LOOK_LATER_TICKS, np.where(n_vain < 0, LOOK_SOON_TICKS, later))

    def _begin(self, channels: NDArray[np.intp], delays: NDArray[np.intp]) -> None:
        """The delay is known, and how strong the echo can be at most."""
        self._delay[channels] = delays
        self._finder.forget(channels)
        heard = _power(self._left.newest(channels, HEARD_SAMPLES))
        played = _power(self._played.earlier(channels, HEARD_SAMPLES, delays))
        strength = GENEROUS * heard / (played + np.float32(PLAYING_POWER))
        self._strength[channels] = np.clip(strength, WEAKEST_ECHO, STRONGEST_ECHO)
        self._forget_path(channels)

    def _forget_path(self, channels: NDArray[np.intp]) -> None:
        self._path[channels], self._gain[channels], self._noise[channels] = 0, 0, 1e-6
        self._uncertainty[channels] = self._strength[channels, None]

    def _filter(self, busy: NDArray[np.intp], received: FloatArray) -> FloatArray:
        """What is left of received sound, shape (k, 160); and learn from it."""
        sound = self._played.earlier(busy, FFT_SAMPLES, self._delay[busy])
        played = fft.rfft(sound)
        rest = np.zeros((len(busy), FFT_SAMPLES), np.float32)
        left: FloatArray = rest[:, -BLOCK_SAMPLES:]
        np.subtract(received, fft.irfft(played * self._path[busy])[:, -BLOCK_SAMPLES:], out=left)
        learns = _power(sound) > PLAYING_POWER
        if self._tick % REFRESH_TICKS:
            learns &= self._power_before[busy] < LEARNT_LOSS * self._power_after[busy]
        if learns.all():
            self._adapt(busy, played, fft.rfft(rest))
        elif learns.any():
            self._adapt(busy[learns], played[learns], fft.rfft(rest[learns]))
        return left

    def _adapt(self, busy: NDArray[np.intp], played: NDArray[np.complex64], rest: NDArray[np.complex64]) -> None:
        share = np.float32(BLOCK_SAMPLES / FFT_SAMPLES)
        power, uncertainty = _square(played), self._uncertainty[busy]
        noise = NOISE_MEMORY * self._noise[busy] + (1 - NOISE_MEMORY) * _spread(_square(rest))
        step = uncertainty / (share * power * uncertainty + noise + np.float32(1e-9))
        change = fft.irfft(step * played.conj() * rest)
        change[:, TAPS:] = 0
        path = TRACKING * (self._path[busy] + fft.rfft(change))
        self._path[busy], self._gain[busy], self._noise[busy] = path, _gain(path), noise
        # The drift is taken from the strength, not from the path learnt: a wrong path must not make itself certain.
        drift = (1 - TRACKING**2) * self._strength[busy, None]
        self._uncertainty[busy] = TRACKING**2 * np.maximum(1 - share * step * power, 0) * uncertainty + drift

    def _watch(self, busy: NDArray[np.intp], received: FloatArray, left: FloatArray) -> FloatArray:
        """Never louder than before; and a filter that does harm begins anew."""
        before, after = _power(received), _power(left)
        self._power_before[busy] = total_before = LOSS_MEMORY * self._power_before[busy] + before
        self._power_after[busy] = total_after = LOSS_MEMORY * self._power_after[busy] + after
        gain = self._gain[busy]
        wrong = busy[(total_after > HARM * total_before) | (gain > LARGEST_GAIN)]
        if wrong.size:
            self._forget_path(wrong)
            self._power_after[wrong] = self._power_before[wrong]
        if self._tick % CHECK_TICKS == 0:
            self._leave_alone(busy, (total_before > WORTH_LOSS * total_after) & (gain > FAINTEST_GAIN))
        return np.where((after > before)[:, None], received, left)

    def _leave_alone(self, busy: NDArray[np.intp], useful: NDArray[np.bool_]) -> None:
        """What was taken for an echo and is none, or is not heard, is given up; an echo is looked for again later."""
        self._useless_ticks[busy] = np.where(useful, 0, self._useless_ticks[busy] + CHECK_TICKS)
        self._n_looks[busy[useful]] = self._n_trials[busy[useful]] = 0
        self._proven[busy[useful]] = True
        given_up = busy[self._useless_ticks[busy] > np.where(self._proven[busy], PATIENCE_TICKS, TRIAL_TICKS)]
        if given_up.size:
            self._finder.forget(given_up)
            self._delay[given_up], self._path[given_up], self._gain[given_up] = -1, 0, 0
            self._useless_ticks[given_up], self._proven[given_up] = 0, False
            self._power_before[given_up] = self._power_after[given_up] = 0
            self._ticks_to_look[given_up] = REST_TICKS << np.minimum(self._n_trials[given_up], MAX_DOUBLINGS)
            self._n_trials[given_up] += 1


def _keep(recent: Recent, playing: NDArray[np.intp], sound: FloatArray) -> None:
    """A tick of the channels on which something plays; the others were silent, for all that matters here."""
    place = recent.turn()
    if len(playing) < len(place):
        place[:] = 0
        place[playing] = sound[playing]
    else:
        place[:] = sound


def _power(sound: FloatArray) -> FloatArray:
    """Mean square of each row."""
    return np.asarray(np.vecdot(sound, sound) * np.float32(1 / sound.shape[1]))


def _square(values: NDArray[np.complex64]) -> FloatArray:
    return np.asarray(values.real**2 + values.imag**2)


def _spread(power: FloatArray) -> FloatArray:
    """Each bin with its neighbours: one bin of one block says little of the noise in it."""
    spread = power * np.float32(1 / 3)
    spread[:, 1:-1] += (power[:, :-2] + power[:, 2:]) * np.float32(1 / 3)
    return spread


def _gain(path: NDArray[np.complex64]) -> FloatArray:
    """Sum of the squared taps, shape (k,) (Parseval)."""
    return np.asarray(_square(path).mean(axis=1))
