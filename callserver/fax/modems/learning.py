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
class Line:
    """What is known of the line at one symbol; a `Tracker` carries it on."""

    moment: float  # of the symbol, in samples
    per_symbol: float  # samples, as the far end's clock has it
    phase: float  # of the carrier at the symbol, radians
    turn: float  # of the carrier against ours, radians a symbol
    taps: Points  # of the equaliser, shape (TAPS,)
    power: float  # of a half symbol before the equaliser
    noise: float  # mean squared distance to the ideal points, whose mean square is 1


def learn(front_end: FrontEnd, scheme: Scheme, moment: float, known: Points) -> Line:
    """
    The line at the first symbol after the known ones, the first of which was heard at `moment`.

    First the clock and the carrier, from correlations of pieces of the training over its whole length; then, at the
    right clock, the equaliser.
    """
    per_symbol = samples_per_symbol(scheme)
    n_pieces = len(known) // PIECE_SYMBOLS
    pieces = _pieces(front_end, moment, per_symbol, known[: n_pieces * PIECE_SYMBOLS])
    skew, late = _clock(pieces)
    turn = _turn(pieces[1])
    start = moment + late * per_symbol
    per_symbol *= 1 + skew
    used = known[-MOST_SYMBOLS:]
    first = len(known) - len(used)
    values = _values(front_end, start + first * per_symbol, per_symbol, len(used))
    windows = sliding_window_view(values, TAPS)[::2]
    wanted = used * np.exp(1j * turn * np.arange(len(used)))
    line = Line(start + first * per_symbol, per_symbol, 0.0, turn, np.zeros(TAPS, np.complex64), 0.0, 1.0)
    line = _equalise(line, windows, wanted, RIDGE, line.taps)
    return at_symbol(line, len(used))


def recognise(front_end: FrontEnd, moment: float, known: Points, before: Line) -> Line:
    """
    The line again, at the first symbol after a short training, from what it was in the burst `before`.

    Clock, carrier and equaliser are those of that burst; new are only the place in time, the level and the phase. Of a
    few places the one is taken at which the old equaliser fits best; then the taps may give way a little.
    """
    wanted = known * np.exp(1j * before.turn * np.arange(len(known)))
    places = np.arange(-PLACES, PLACES + 1) * PLACE_SYMBOLS
    fits = [_fit(front_end, moment + place * before.per_symbol, wanted, before) for place in places]
    top = int(np.clip(np.argmax(fits), 1, len(fits) - 2))
    left, middle, right = fits[top - 1 : top + 2]
    bend = left - 2 * middle + right
    place = places[top] + PLACE_SYMBOLS * (float(np.clip(0.5 * (left - right) / bend, -1, 1)) if bend < 0 else 0.0)
    line = replace(before, moment=moment + place * before.per_symbol, phase=0.0)
    windows = sliding_window_view(_values(front_end, line.moment, line.per_symbol, len(known)), TAPS)[::2]
    equalised = windows @ before.taps
    gain = np.vdot(equalised, wanted) / max(float(np.vdot(equalised, equalised).real), 1e-12)
    return at_symbol(_equalise(line, windows, wanted, FIRMNESS, before.taps * gain), len(known))


def _fit(front_end: FrontEnd, moment: float, wanted: Points, before: Line) -> float:
    """How like the wanted points the old equaliser's are, 0 to 1, whatever their level and phase."""
    values = _values(front_end, moment, before.per_symbol, len(wanted))
    equalised = sliding_window_view(values, TAPS)[::2] @ before.taps
    energy = float(np.vdot(equalised, equalised).real * np.vdot(wanted, wanted).real)
    return float(abs(np.vdot(equalised, wanted)) ** 2) / max(energy, 1e-12)


def at_symbol(line: Line, number: int) -> Line:
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


def _pieces(front_end: FrontEnd, moment: float, per_symbol: float, known: Points) -> Points:
    """Correlations of each piece, half a symbol early, on time, and half a symbol late; shape (3, n_pieces)."""
    halves = np.arange(2 * len(known) + 1) - 1
    values = front_end.at(moment + halves * per_symbol / 2)
    rows = [values[early : early + 2 * len(known) : 2] for early in range(3)]
    products: Points = (np.array(rows) * known.conj()).reshape(3, -1, PIECE_SYMBOLS).sum(axis=2)
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
    """In symbols, from the power of early, punctual and late correlations."""
    early, punctual, late = (np.abs(pieces) ** 2).sum(axis=1)
    bend = early - 2 * punctual + late
    return float(np.clip(0.25 * (early - late) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _turn(pieces: Points) -> float:
    """The carrier's turn a symbol: the top of the pieces' spectrum."""
    n_fft = 8 * len(pieces)
    power = np.abs(np.fft.fft(pieces, n_fft)) ** 2
    top = int(np.argmax(power))
    left, middle, right = power[top - 1], power[top], power[(top + 1) % n_fft]
    summit = top + 0.5 * (left - right) / (left - 2 * middle + right)
    if summit > n_fft / 2:
        summit -= n_fft
    return float(2 * np.pi * summit / n_fft / PIECE_SYMBOLS)


def _equalise(line: Line, windows: Points, wanted: Points, firmness: float, old: Points) -> Line:
    """The taps that bring the windows nearest to the wanted points; the firmer, the nearer to the old ones."""
    conj = windows.conj().T
    power = float(np.mean(np.abs(windows) ** 2))
    ridge = firmness * power * len(wanted) * np.eye(TAPS)
    change = np.linalg.solve(conj @ windows + ridge, conj @ (wanted - windows @ old))
    taps: Points = np.asarray(old + change, np.complex64)
    noise = float(np.mean(np.abs(windows @ taps - wanted) ** 2))
    return replace(line, taps=taps, power=power, noise=noise)


def carrier_hz(line: Line) -> float:
    """How far the far end's carrier is off."""
    return line.turn / (2 * np.pi) * RATE_HZ / line.per_symbol
