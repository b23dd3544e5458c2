"""Debian's libspandsp2 through ctypes: a whole fax machine over sound that nobody here wrote."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from ctypes import c_char_p, c_int, c_void_p
from pathlib import Path

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.fax.page import Coding
from tests.peers.spandsp import LIBRARY

V27TER, V29, V17 = 1, 2, 4  # T30_SUPPORT_...
CODINGS = {Coding.MH: 2, Coding.MR: 4, Coding.MMR: 8}
RESOLUTIONS = 1 | 2 | 4  # standard, fine, superfine
SIZES = 1 | 2 | 4 | 0x10000  # 215, 255, 303 mm wide; any length
ON_END = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_int)
POINTERS = "fax_init", "fax_get_t30_state", "t30_completion_code_to_str", "t30_get_rx_ident"


def _load() -> ctypes.CDLL:
    library = ctypes.CDLL(LIBRARY or "libspandsp.so.2")
    for name in POINTERS:
        getattr(library, name).restype = c_void_p
    library.t30_completion_code_to_str.restype = c_char_p
    library.t30_get_rx_ident.restype = c_char_p
    return library


class FaxMachine:
    """Its `fax_state`: give it sound by `exchange`, until `result` is there: "OK" or what went wrong."""

    def __init__(self, *, calls: bool, modems: int = V27TER | V29 | V17, ecm: bool = True) -> None:
        self._library = _load()
        self._state = c_void_p(self._library.fax_init(None, int(calls)))
        self._t30 = c_void_p(self._library.fax_get_t30_state(self._state))
        self.result: str | None = None
        self._on_end = ON_END(self._ended)  # kept: the library does not
        self._library.t30_set_phase_e_handler(self._t30, self._on_end, None)
        self._library.t30_set_supported_modems(self._t30, modems)
        self._library.t30_set_ecm_capability(self._t30, int(ecm))
        self._library.t30_set_tx_ident(self._t30, b"0755 12345")
        self._library.t30_set_supported_resolutions(self._t30, RESOLUTIONS)
        self._library.t30_set_supported_image_sizes(self._t30, SIZES)
        self._library.fax_set_transmit_on_idle(self._state, 1)
        self.knows(Coding)

    def knows(self, codings: Iterable[Coding]) -> None:
        self._library.t30_set_supported_compressions(self._t30, sum(CODINGS[coding] for coding in codings))

    def takes_only_standard_a4(self) -> None:
        self._library.t30_set_supported_resolutions(self._t30, 1)
        self._library.t30_set_supported_image_sizes(self._t30, 1 | 0x10000)

    def is_not_ready(self, n_times: int) -> None:
        """So often it answers RNR."""
        self._library.t30_set_receiver_not_ready(self._t30, n_times)

    def sends(self, path: Path) -> None:
        self._library.t30_set_tx_file(self._t30, str(path).encode(), -1, -1)

    def receives(self, path: Path) -> None:
        self._library.t30_set_rx_file(self._t30, str(path).encode(), -1)

    def exchange(self, block: FloatArray) -> FloatArray:
        """20 ms of sound for 20 ms, float32, shape (160,)."""
        heard = np.clip(np.rint(block * 32768), -32768, 32767).astype("<i2")
        self._library.fax_rx(self._state, heard.ctypes.data_as(c_void_p), BLOCK_SAMPLES)
        said = np.zeros(BLOCK_SAMPLES, "<i2")
        self._library.fax_tx(self._state, said.ctypes.data_as(c_void_p), BLOCK_SAMPLES)
        return (said / 32768).astype(np.float32)

    def close(self) -> None:
        """Give the library its memory back."""
        self._library.fax_release(self._state)
        self._library.fax_free(self._state)

    def _ended(self, t30: int, user: int, result: int) -> None:
        self.result = self._library.t30_completion_code_to_str(result).decode()
