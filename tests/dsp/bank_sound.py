"""Sound for many channels at once, and what banks make of it; real voices from Debian's asterisk-core-sounds-*-wav."""

import os
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from unittest import SkipTest

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude
from callserver.dsp.sound.files import SoundFileError, read_wav

VOICES = Path("/usr/share/asterisk/sounds")
LANGUAGES = ("en_US_f_Allison", "es_MX_f_Allison", "fr_CA_f_June", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU")


class Bank(Protocol):
    """Any detector for many channels."""

    def feed(self, block: FloatArray) -> list[Any]: ...


def events_of(bank: Bank, sound: FloatArray, cut: int = BLOCK_SAMPLES) -> dict[int, list[Any]]:
    """All events by channel, the sound, shape (n_channels, n), fed in pieces of `cut` samples."""
    events: dict[int, list[Any]] = defaultdict(list)
    for start in range(0, sound.shape[1], cut):
        for event in bank.feed(np.ascontiguousarray(sound[:, start : start + cut])):
            events[event.channel].append(event)
    return events


def noise(shape: tuple[int, ...], level_dbm0: float, seed: int) -> FloatArray:
    """White noise of this level."""
    return np.random.default_rng(seed).standard_normal(shape, np.float32) * np.float32(amplitude(level_dbm0) / 2**0.5)


@cache
def voices() -> FloatArray:
    """All recorded voices that are installed, one after the other; skips, but not where CI is set."""
    files = [path for language in LANGUAGES for path in sorted((VOICES / language).rglob("*.wav"))]
    if not files:
        if os.environ.get("CI"):
            raise AssertionError("no recorded voices: apt-get install asterisk-core-sounds-en-wav")
        raise SkipTest("no recorded voices: apt-get install asterisk-core-sounds-{en,es,fr,it,ru}-wav")
    return np.concatenate([sound for path in files if (sound := _readable(path)) is not None])


def voices_bank(n_channels: int, longest_s: float = 1e9) -> FloatArray:
    """The voices dealt to channels, shape (n_channels, n)."""
    sound = voices()
    n_samples = min(len(sound) // n_channels, int(longest_s * RATE_HZ)) // BLOCK_SAMPLES * BLOCK_SAMPLES
    return sound[: n_channels * n_samples].reshape(n_channels, n_samples)


def _readable(path: Path) -> FloatArray | None:
    try:
        return read_wav(path)
    except SoundFileError:
        return None
