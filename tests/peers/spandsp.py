"""Debian's libspandsp2 through ctypes: a DTMF sender and a DTMF receiver that nobody here wrote."""

import ctypes
import ctypes.util
import os

import numpy as np

from callserver.dsp.frames import FloatArray

LIBRARY = ctypes.util.find_library("spandsp")
# In a test run that may not skip, a missing library is an error.
MISSING = None if LIBRARY or os.environ.get("CI") else "libspandsp2 is not installed: apt-get install libspandsp2"


def _load() -> ctypes.CDLL:
    library = ctypes.CDLL(LIBRARY or "libspandsp.so.2")
    for name in ("dtmf_tx_init", "dtmf_rx_init"):
        getattr(library, name).restype = ctypes.c_void_p
    library.dtmf_rx_get.restype = ctypes.c_size_t
    return library


def _int16(sound: FloatArray) -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(np.clip(np.rint(sound * 32768), -32768, 32767).astype("<i2").tobytes())


def send(keys: str, on_ms: int, off_ms: int, level_dbm0: int = -10, twist_db: int = 0) -> FloatArray:
    """
    Keys as spandsp sends them, shape (n,): `level_dbm0` is the low tone's, the high one is `twist_db` stronger.

    :raises ValueError: more keys than its queue of 128 takes
    """
    library = _load()
    state = ctypes.c_void_p(library.dtmf_tx_init(None))
    library.dtmf_tx_set_level(state, level_dbm0, twist_db)
    library.dtmf_tx_set_timing(state, on_ms, off_ms)
    if library.dtmf_tx_put(state, keys.encode(), len(keys)):
        raise ValueError(f"{len(keys)} keys are too many")
    sound = np.zeros(len(keys) * (on_ms + off_ms + 2) * 8, "<i2")
    n_samples = library.dtmf_tx(state, sound.ctypes.data_as(ctypes.c_void_p), len(sound))
    library.dtmf_tx_free(state)
    return (sound[:n_samples] / 32768).astype(np.float32)


class Receiver:
    """Its DTMF receiver with its own defaults, for one channel."""

    def __init__(self) -> None:
        self._library = _load()
        self._state = ctypes.c_void_p(self._library.dtmf_rx_init(None, None, None))

    def hear(self, sound: FloatArray, n_at_once: int = 8000) -> list[tuple[str, int]]:
        """
        The keys in this sound, shape (n,), float32, each with the number of samples it had when it told.

        :param n_at_once: samples; its queue holds 128 keys
        """
        keys, text = [], ctypes.create_string_buffer(128)
        for start in range(0, len(sound), n_at_once):
            piece = sound[start : start + n_at_once]
            self._library.dtmf_rx(self._state, _int16(piece), len(piece))
            n_keys = self._library.dtmf_rx_get(self._state, text, 127)
            keys += [(key, start + len(piece)) for key in text.raw[:n_keys].decode()]
        return keys

    def close(self) -> None:
        """Give the library its memory back."""
        self._library.dtmf_rx_free(self._state)
