"""Recordings with sound, in a folder, and what looks after them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from twisted.internet.defer import Deferred, maybeDeferred

from callserver.dsp.frames import RATE_HZ
from callserver.features.recordings.archive import Archive
from callserver.features.recordings.compressor import Compressor
from callserver.features.recordings.keeper import Keeper
from callserver.features.recordings.keeping import Depot, Keeping
from callserver.media.compression import Compression, compress
from callserver.media.kept_sound import Samples
from callserver.media.wav_file import WavFile
from tests.features.recordings.log_case import LogCase


def voices(seconds: float, seed: int = 1) -> Samples:
    """Two sides that speak, shape (n, 2): tones that come and go, with some noise."""
    n = np.arange(round(seconds * RATE_HZ))
    chance = np.random.default_rng(seed)
    far = np.sin(2 * np.pi * 440 * n / RATE_HZ) * (np.sin(2 * np.pi * n / RATE_HZ) > 0)
    near = np.sin(2 * np.pi * 620 * n / RATE_HZ) * (np.sin(2 * np.pi * n / RATE_HZ) <= 0)
    sides = np.stack([far, near], axis=1) * 8000 + chance.normal(0, 30, (len(n), 2))
    found: Samples = sides.astype(np.int16)
    return found


def write_sound(path: Path, sound: Samples) -> None:
    """As the recorder writes it."""
    file = WavFile(path, sound.shape[1])
    file.open()
    file.append(sound.tobytes())
    file.end()
    file.close()


def in_this_process(compression: Compression) -> None:
    """What the child does, without a child."""
    compress(compression._task)


class SoundCase(LogCase):
    def setUp(self) -> None:
        super().setUp()
        self.shop = Path(self.mktemp()).absolute()
        self.folder = self.shop / "recordings"
        self.folder.mkdir(parents=True)
        self.archive = Archive(self.folder, self.shop)
        self.keeping = Keeping()

    def spoken(self, seconds: float = 3.0, **call: Any) -> str:
        """A call that is over, with its sound; the recording's file."""
        file = self.talked(length_s=seconds, **call)
        write_sound(self.folder / file, voices(seconds))
        return file

    def keeper(self) -> Keeper:
        return Keeper(self.depot())

    def depot(self) -> Depot:
        store: Any = self.store
        return Depot(self.store.reactor, store, self.events, self.archive, maybeDeferred, self.keeping)

    def look_after(self, keeper: Keeper | None = None, times: int = 3) -> Keeper:
        """So many looks, half a minute one after the other."""
        keeper = keeper or self.keeper()
        for _ in range(times):
            self.done(keeper.follow())
            self.now += timedelta(seconds=31)
        return keeper

    def press_together(self, compressor: Compressor | None = None, *, run: Any = in_this_process) -> Compressor:
        """A look at what is to be compressed."""
        compressor = compressor or Compressor(self.depot(), run)
        compressor.running = True
        self.done(compressor.follow())
        return compressor

    def done(self, story: Any) -> Any:
        return self.successResultOf(Deferred.fromCoroutine(story))

    def alarmed(self) -> list[str]:
        rows = self.store.database.execute_sql("SELECT data FROM events WHERE kind = 'alarm' ORDER BY seq")
        return [row[0] for row in rows.fetchall()]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())
