"""Learns the line from a known training: clock, carrier, equaliser; by least squares over what was stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from callserver.dsp.frames import RATE_HZ
from callserver.fax.modems.front_end import FrontEnd
from callserver.fax.modems.pulses import Points
from callserver.fax.modems.scheme import Scheme, samples_per_symbol

FUTURE, PAST = 14, 26  # half symbols that tell something of a point: before it more, whose echoes fall on it
TAPS = FUTURE + 1 + PAST
PIECE_SYMBOLS = 32
MOST_SYMBOLS = 900  # taken for the equaliser: 29 for each tap cost 0.15 dB
MOST_SKEW = 300e-6
PLACES, PLACE_SYMBOLS = 6, 0.1  # looked at each way
FIRMNESS = 0.1  # of taps that were learnt before
RIDGE = 1e-4  # of the mean power of a tap: what is no signal stays small


@dataclass(frozen=True)
class LearntLine:
    """What is known of the line at one symbol; a `Tracker` carries it on."""

    moment: float  # of the symbol, in samples
    per_symbol: float  # samples, as the far end's clock has it
    phase: float  # of the carrier at the symbol, radians
    turn: float  # of the carrier against ours, radians a symbol
    taps: Points  # of the equaliser, shape (TAPS,)
    power: float  # of a half symbol before the equaliser
    noise: float  # mean squared distance to the ideal points, whose mean square is 1


def learn(front_end: FrontEnd, scheme: Scheme, moment: float, known: Points, stored: Points) -> LearntLine:
    """
    The line at the first symbol after the known ones, the first of which was heard at about `moment`.

    First the clock and the carrier, from correlations of pieces of the training over its whole length; then, at the
    right clock, the equaliser.

    :param stored: half symbols at our own clock, from two before `moment` to two after the known ones
    """
    per_symbol = samples_per_symbol(scheme)
    pieces = _pieces(stored, known)
    skew, late = _clock(pieces)
    turn = _turn(pieces[2])
    used = known[-MOST_SYMBOLS:]
    first = len(known) - len(used)
    start = moment + (late + first * (1 + skew)) * per_symbol
    per_symbol *= 1 + skew
    windows = sliding_window_view(_values(front_end, start, per_symbol, len(used)), TAPS)
    wanted = used * np.exp(1j * turn * np.arange(len(used)))
    line = LearntLine(start, per_symbol, 0.0, turn, np.zeros(TAPS, np.complex64), 0.0, 1.0)
    line = _equalise(line, windows[::2], wanted, RIDGE, line.taps)
    return at_symbol(_refine(line, windows @ line.taps, wanted), len(used))


def _refine(line: LearntLine, equalised: Points, wanted: Points) -> LearntLine:
    """What is left of the clock's and the carrier's errors, from the two halves of the training."""
    points, slopes = equalised[2:-1:2], equalised[3::2] - equalised[1:-2:2]
    wanted = wanted[1:-1]
    half = len(wanted) // 2
    late, angle = [], []
    for part in (slice(0, half), slice(-half, None)):
        wrong = points[part] - wanted[part]
        late.append(float(np.vdot(slopes[part], wrong).real / np.vdot(slopes[part], slopes[part]).real))
        angle.append(float(np.angle(np.vdot(wanted[part], points[part]))))
    skew, turn = (late[1] - late[0]) / half, (angle[1] - angle[0]) / half
    return replace(
        line,
        moment=line.moment + skew * half * line.per_symbol,
        per_symbol=line.per_symbol * (1 - skew),
        phase=line.phase - turn * half,
        turn=line.turn + turn,
    )


def recognise(front_end: FrontEnd, moment: float, known: Points, before: LearntLine) -> LearntLine:
    """
    The line again, at the first symbol after a short training, from what it was in the burst `before`.

    Clock, carrier and equaliser are those of that burst; new are only the place in time, the level and the phase. Of a
    few places the one is taken at which the old equaliser fits best; then the taps may give way a little.
    """
    wanted = known * np.exp(1j * before.turn * np.arange(len(known)))
    places = np.arange(-PLACES, PLACES + 1) * PLACE_SYMBOLS
    fits = [_fit(front_end, moment + place * before.per_symbol, wanted, before) for place in places]
    top = int(np.clip(np.argmax(fits), 1, len(fits) - 2))
    place = places[top] + PLACE_SYMBOLS * summit(*fits[top - 1 : top + 2])
    line = replace(before, moment=moment + place * before.per_symbol, phase=0.0)
    windows = sliding_window_view(_values(front_end, line.moment, line.per_symbol, len(known)), TAPS)[::2]
    equalised = windows @ before.taps
    gain = np.vdot(equalised, wanted) / max(float(np.vdot(equalised, equalised).real), 1e-12)
    return at_symbol(_equalise(line, windows, wanted, FIRMNESS, before.taps * gain), len(known))


def _fit(front_end: FrontEnd, moment: float, wanted: Points, before: LearntLine) -> float:
    """How like the wanted points the old equaliser's are, 0 to 1, whatever their level and phase."""
    values = _values(front_end, moment, before.per_symbol, len(wanted))
    equalised = sliding_window_view(values, TAPS)[::2] @ before.taps
    energy = float(np.vdot(equalised, equalised).real * np.vdot(wanted, wanted).real)
    return float(abs(np.vdot(equalised, wanted)) ** 2) / max(energy, 1e-12)


def at_symbol(line: LearntLine, number: int) -> LearntLine:
    """The same line so many symbols later."""
    moment, phase = line.moment + number * line.per_symbol, line.phase + number * line.turn
    return replace(line, moment=moment, phase=float(np.angle(np.exp(1j * phase))))


def needed_after(front_end: FrontEnd, scheme: Scheme) -> float:
    """Samples that must have been heard after a symbol before it can be equalised."""
    return (FUTURE + 1) * samples_per_symbol(scheme) / 2 + front_end.reach + 1


def _values(front_end: FrontEnd, moment: float, per_symbol: float, n_symbols: int) -> Points:
    """Half symbols for the equalisation of so many symbols."""
    halves = np.arange(2 * n_symbols - 1 + TAPS - 1) - PAST
    return front_end.at(moment + halves * per_symbol / 2)


def _pieces(stored: Points, known: Points) -> Points:
    """Correlations of each piece, two halves of a symbol early to two late; shape (5, n_pieces)."""
    n_symbols = len(known) // PIECE_SYMBOLS * PIECE_SYMBOLS
    rows = np.array([stored[late : late + 2 * n_symbols : 2] for late in range(5)])
    products: Points = (rows * known[:n_symbols].conj()).reshape(5, -1, PIECE_SYMBOLS).sum(axis=2)
    return products


def _clock(pieces: Points) -> tuple[float, float]:
    """How much longer a symbol is than ours, as a fraction, and how late the first one is, in symbols."""
    n_pieces = pieces.shape[1]
    third = max(n_pieces // 3, 1)
    late = [_lateness(pieces[:, part]) for part in (slice(0, third), slice(-third, None))]
    apart = (n_pieces - third) * PIECE_SYMBOLS
    skew = (late[1] - late[0]) / apart if apart else 0.0
    if abs(skew) > MOST_SKEW:
        skew = 0.0
    return skew, late[0] - skew * third * PIECE_SYMBOLS / 2


def _lateness(pieces: Points) -> float:
    """In symbols: the top of the parabola through the three strongest neighbours."""
    powers = (np.abs(pieces) ** 2).sum(axis=1)
    top = 1 + int(np.argmax(powers[1:4]))
    return (top - 2 + summit(*powers[top - 1 : top + 2].tolist())) / 2


def summit(left: float, middle: float, right: float) -> float:
    """How far from the middle one the top of a parabola through three values lies; within one."""
    bend = left - 2 * middle + right
    return min(max(0.5 * (left - right) / bend, -1.0), 1.0) if bend < 0 else 0.0


def _turn(pieces: Points) -> float:
    """The carrier's turn a symbol: the top of the pieces' spectrum."""
    n_fft = 8 * len(pieces)
    power = np.abs(np.fft.fft(pieces, n_fft)) ** 2
    top = int(np.argmax(power))
    place = top + summit(power[top - 1], power[top], power[(top + 1) % n_fft])
    if place > n_fft / 2:
        place -= n_fft
    return float(2 * np.pi * place / n_fft / PIECE_SYMBOLS)


def _equalise(line: LearntLine, windows: Points, wanted: Points, firmness: float, old: Points) -> LearntLine:
    """The taps that bring the windows nearest to the wanted points; the firmer, the nearer to the old ones."""
    conj = windows.conj().T
    power = float(np.mean(np.abs(windows) ** 2))
    ridge = firmness * power * len(wanted) * np.eye(TAPS)
    change = np.linalg.solve(conj @ windows + ridge, conj @ (wanted - windows @ old))
    taps: Points = np.asarray(old + change, np.complex64)
    noise = float(np.mean(np.abs(windows @ taps - wanted) ** 2))
    return replace(line, taps=taps, power=power, noise=noise)


def carrier_hz(line: LearntLine) -> float:
    """How far the far end's carrier is off."""
    return line.turn / (2 * np.pi) * RATE_HZ / line.per_symbol
