"""What telephone lines do to a fax's sound, each fault by itself. Sound: float32, shape (n,), 8 kHz."""

from __future__ import annotations

import numpy as np
from scipy.signal import firwin2, hilbert, lfilter

from callserver.dsp.codecs import A_LAW, UNSIGNED_8
from callserver.dsp.frames import RATE_HZ, FloatArray, amplitude


def with_noise(sound: FloatArray, noise_dbm0: float, seed: int = 1) -> FloatArray:
    """White noise over the whole."""
    noise = np.random.default_rng(seed).normal(0, amplitude(noise_dbm0) / np.sqrt(2), len(sound))
    return (sound + noise).astype(np.float32)


def padded(sound: FloatArray, before_s: float = 0.1546, after_s: float = 0.5) -> FloatArray:
    """Silence before and after, so that it begins anywhere in a block; whole blocks in all."""
    before = np.zeros(round(before_s * RATE_HZ))
    whole = np.concatenate([before, sound, np.zeros(round(after_s * RATE_HZ))])
    return np.concatenate([whole, np.zeros(-len(whole) % 160)]).astype(np.float32)


def with_clock_off(sound: FloatArray, ppm: float) -> FloatArray:
    """As heard by a machine whose clock is slower by so many millionths: windowed-sinc interpolation."""
    places = np.arange(round(len(sound) * (1 - ppm * 1e-6)) - 64) * (1 + ppm * 1e-6) + 16
    whole = np.floor(places).astype(np.intp)
    offsets = np.arange(-15, 17)
    padded_sound = np.concatenate([sound, np.zeros(64)])
    heard = np.zeros(len(places))
    for offset in offsets:
        away = offset - (places - whole)
        heard += padded_sound[whole + offset] * np.sinc(away) * np.cos(np.pi * away / 34) ** 2
    return heard.astype(np.float32)


def with_carrier_off(sound: FloatArray, offset_hz: float) -> FloatArray:
    """All frequencies shifted, as carrier systems do."""
    turn = np.exp(2j * np.pi * offset_hz * np.arange(len(sound)) / RATE_HZ)
    shifted: FloatArray = (hilbert(sound) * turn).real.astype(np.float32)
    return shifted


def with_echo(sound: FloatArray, delay_ms: float, down_db: float) -> FloatArray:
    """The listener's echo: the same once more, later and weaker."""
    delay = round(delay_ms * RATE_HZ / 1000)
    echo = np.concatenate([np.zeros(delay), sound])[: len(sound)]
    return (sound + 10 ** (-down_db / 20) * echo).astype(np.float32)


def through_a_long_loop(sound: FloatArray) -> FloatArray:
    """A loop of some kilometres: 300 to 3400 Hz, high frequencies 8 dB down, with its delay distortion at the edges."""
    taps = firwin2(63, [0, 250, 350, 1000, 3200, 3500, 4000], [0, 0.5, 1, 1, 0.4, 0.1, 0], fs=RATE_HZ)
    heard = lfilter(taps, [1], sound)
    for freq_hz, radius in ((400, 0.75), (3300, 0.8)):
        pole = radius * np.exp(2j * np.pi * freq_hz / RATE_HZ)
        below = np.poly([pole, pole.conjugate()]).real
        heard = lfilter(below[::-1], below, heard)
    filtered: FloatArray = heard.astype(np.float32)
    return filtered


def with_hole(sound: FloatArray, at_s: float, length_s: float) -> FloatArray:
    """A drop-out: nothing is heard for so long."""
    begin, end = round(at_s * RATE_HZ), round((at_s + length_s) * RATE_HZ)
    return np.concatenate([sound[:begin], np.zeros(end - begin, np.float32), sound[end:]])


def with_noise_burst(sound: FloatArray, at_s: float, length_s: float, noise_dbm0: float) -> FloatArray:
    """Noise for so long, loud or not."""
    begin, end = round(at_s * RATE_HZ), round((at_s + length_s) * RATE_HZ)
    return np.concatenate([sound[:begin], with_noise(sound[begin:end], noise_dbm0), sound[end:]])


def by_alaw(sound: FloatArray) -> FloatArray:
    """Through a digital exchange."""
    return A_LAW.decode(A_LAW.encode(sound))


def by_8_bits(sound: FloatArray) -> FloatArray:
    """Through a voice modem that knows 8-bit linear samples only."""
    return UNSIGNED_8.decode(UNSIGNED_8.encode(sound))


def with_tone(sound: FloatArray, freq_hz: float, level_dbm0: float) -> FloatArray:
    """Hum, or a tone beside."""
    tone = amplitude(level_dbm0) * np.sin(2 * np.pi * freq_hz * np.arange(len(sound)) / RATE_HZ)
    return (sound + tone).astype(np.float32)


def with_phase_jitter(sound: FloatArray, degrees: float, freq_hz: float) -> FloatArray:
    """All phases swing by so many degrees from one end to the other."""
    angle = np.deg2rad(degrees / 2) * np.sin(2 * np.pi * freq_hz * np.arange(len(sound)) / RATE_HZ)
    swung: FloatArray = (hilbert(sound) * np.exp(1j * angle)).real.astype(np.float32)
    return swung


def with_level_step(sound: FloatArray, at_s: float) -> FloatArray:
    """3 dB less from then on."""
    at = round(at_s * RATE_HZ)
    return np.concatenate([sound[:at], sound[at:] * np.float32(10 ** (-3 / 20))])
