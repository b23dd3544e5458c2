"""Sends an image: training, data, turn-off."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude
from callserver.fax.modems.pulses import Points, root_raised_cosine
from callserver.fax.modems.scheme import Encoder, Scheme, samples_per_symbol, training_of
from callserver.fax.modems.scramblers import bits_of

PULSE_SYMBOLS = 8  # each way from the middle of a pulse
TURN_OFF_SYMBOLS = 32
ECHO_PROTECTION_S, ECHO_SILENCE_S = 0.19, 0.022  # T.30 knows it as optional; ITU-T V.17, V.27ter, V.29: TEP


class Modulator:
    """
    Points to sound.

    20 ms hold a whole number of symbols of each modem and of periods of each carrier (1700 and 1800 Hz), so one matrix
    makes any 20 ms: sound = real part of (pulses and carrier) x points.
    """

    def __init__(self, scheme: Scheme, level_dbm0: float) -> None:
        self.block_symbols = scheme.baud * BLOCK_SAMPLES // RATE_HZ
        self._matrix, self._amplitude = _pulses_on_carrier(scheme), amplitude(level_dbm0)
        self._points = np.zeros(2 * PULSE_SYMBOLS, np.complex64)

    def modulate(self, points: Points) -> FloatArray:
        """20 ms of sound from `block_symbols` points; a pulse's middle is late by its half length."""
        points = np.concatenate([self._points, points.astype(np.complex64)])
        self._points = points[self.block_symbols :]
        sound: FloatArray = (self._amplitude * (self._matrix @ points).real).astype(np.float32)
        return sound


@lru_cache
def _pulses_on_carrier(scheme: Scheme) -> Points:
    """Shape (160, points that reach into 20 ms)."""
    at = np.arange(BLOCK_SAMPLES) / samples_per_symbol(scheme)
    middles = np.arange(scheme.baud * BLOCK_SAMPLES // RATE_HZ + 2 * PULSE_SYMBOLS) - PULSE_SYMBOLS
    pulses = root_raised_cosine(at[:, None] - middles, scheme.roll_off)
    pulses *= np.abs(at[:, None] - middles) < PULSE_SYMBOLS
    carrier = np.exp(2j * np.pi * scheme.carrier_hz / RATE_HZ * np.arange(BLOCK_SAMPLES))
    matrix: Points = (carrier[:, None] * pulses).astype(np.complex64)
    return matrix


def image_sound(
    scheme: Scheme, octets: bytes | Iterator[bytes], level_dbm0: float, *, short: bool
) -> Iterator[FloatArray]:
    """
    A whole burst in blocks of 20 ms, each made when it is asked for.

    :param octets: all of them, or pieces of `piece_octets`, each asked for when it is due
    """
    modulator = Modulator(scheme, level_dbm0)
    size = modulator.block_symbols
    waiting: Points = np.zeros(0, np.complex128)
    for points in _burst(scheme, octets, short=short):
        waiting = np.concatenate([waiting, points])
        while len(waiting) >= size:
            yield modulator.modulate(waiting[:size])
            waiting = waiting[size:]
    waiting = np.concatenate([waiting, np.zeros(-len(waiting) % size + size)])
    for at in range(0, len(waiting), size):
        yield modulator.modulate(waiting[at : at + size])


def piece_octets(scheme: Scheme) -> int:
    """In 20 ms: whole octets at every rate."""
    return scheme.baud * scheme.bits_per_symbol // 50 // 8


def _burst(scheme: Scheme, octets: bytes | Iterator[bytes], *, short: bool) -> Iterator[Points]:
    training = training_of(scheme, short=short)
    yield training.points
    yield from _data(scheme, training.encoder, octets)
    ones = np.ones(TURN_OFF_SYMBOLS * scheme.bits_per_symbol, np.uint8)
    yield training.encoder.encode(ones)


def _data(scheme: Scheme, encoder: Encoder, octets: bytes | Iterator[bytes]) -> Iterator[Points]:
    """The last symbol is filled with ones."""
    for piece in _pieces(octets, piece_octets(scheme)) if isinstance(octets, bytes) else octets:
        bits = bits_of(piece)
        fill = np.ones(-len(bits) % scheme.bits_per_symbol, np.uint8)
        yield encoder.encode(np.concatenate([bits, fill]))


def _pieces(octets: bytes, size: int) -> Iterator[bytes]:
    return (octets[at : at + size] for at in range(0, len(octets), size))


def echo_protection(scheme: Scheme, level_dbm0: float) -> FloatArray:
    """Carrier alone, then silence, before the training: it takes the echo suppressors out of the line."""
    times = np.arange(round(ECHO_PROTECTION_S * RATE_HZ)) / RATE_HZ
    carrier = amplitude(level_dbm0) * np.cos(2 * np.pi * scheme.carrier_hz * times)
    return np.concatenate([carrier, np.zeros(round(ECHO_SILENCE_S * RATE_HZ))]).astype(np.float32)
