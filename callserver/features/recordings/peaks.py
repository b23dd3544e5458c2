"""How loud a recording is from its beginning to its end, for a picture of it."""

from __future__ import annotations

import numpy as np

from callserver.media.kept_sound import KeptSound

COLUMNS = 1200  # as many as a window shows side by side
CHUNK = 1 << 20  # samples that are in memory at a time
LOUDEST = 255


def peaks(sound: KeptSound) -> list[bytes]:
    """
    The loudest sample of each piece, an octet of 0 to 255 each; one picture a track, far side first.

    It reads all of it, which takes a while where that is hours: never in the reactor thread.

    :return: at most `COLUMNS` octets a track, for pieces of the same length; fewer of what is shorter than that
    """
    n_columns = min(COLUMNS, sound.n_samples)
    loudest = np.zeros((n_columns, sound.n_tracks), dtype=np.int32)
    for first in range(0, sound.n_samples, CHUNK):
        found = np.abs(sound.read(first, CHUNK).astype(np.int32))
        if not len(found):
            break
        columns = (np.arange(first, first + len(found), dtype=np.int64) * n_columns) // sound.n_samples
        begins = np.flatnonzero(np.diff(columns, prepend=-1))
        pieces = np.maximum.reduceat(found, begins, axis=0)
        loudest[columns[begins]] = np.maximum(loudest[columns[begins]], pieces)
    scaled = np.minimum(loudest * LOUDEST // 32767, LOUDEST).astype(np.uint8)
    return [scaled[:, track].tobytes() for track in range(sound.n_tracks)]
