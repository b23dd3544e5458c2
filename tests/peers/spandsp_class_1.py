"""Debian's libspandsp2 through ctypes: a Class 1 modem that nobody here wrote."""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_int, c_size_t, c_void_p

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from tests.peers.spandsp import LIBRARY

ON_BYTES = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_size_t)
ON_CONTROL = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_void_p)
ON_PACKET = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_int)
CALL, ANSWER = 0, 1  # AT_MODEM_CONTROL_...
CONNECTED, ANSWERED = 2, 3  # AT_CALL_EVENT_...


class Class1Modem:
    """
    Its `t31_state`, in a call that is up.

    `said`: bytes for the computer, taken off by who reads them. It holds 4 KB, so its RTS/CTS is not needed here.
    """

    def __init__(self) -> None:
        self._library = library = ctypes.CDLL(LIBRARY or "libspandsp.so.2")
        library.t31_init.restype = c_void_p
        self.said = bytearray()
        self._event: int | None = None
        # Kept: the library does not.
        self._callbacks = ON_BYTES(self._bytes), ON_CONTROL(self._control), ON_PACKET(lambda *_: 0)
        on_bytes, on_control, on_packet = self._callbacks
        self._state = c_void_p(library.t31_init(None, on_bytes, None, on_control, None, on_packet, None))

    def feed(self, data: bytes) -> None:
        """From the computer."""
        self._library.t31_at_rx(self._state, c_char_p(data), len(data))

    def exchange(self, block: FloatArray) -> FloatArray:
        """20 ms of the line for 20 ms, shape (160,), float32."""
        if self._event is not None:
            event, self._event = self._event, None
            self._library.t31_call_event(self._state, event)
        samples = np.clip(np.rint(block * 32768), -32768, 32767).astype("<i2")
        self._library.t31_rx(self._state, samples.ctypes.data_as(c_void_p), len(samples))
        spoken = np.zeros(BLOCK_SAMPLES, "<i2")
        self._library.t31_tx(self._state, spoken.ctypes.data_as(c_void_p), len(spoken))
        return (spoken / 32768).astype(np.float32)

    def close(self) -> None:
        """Give the library its memory back."""
        self._library.t31_free(self._state)

    def _bytes(self, state: object, user: object, data: int, n_bytes: int) -> int:
        self.said += ctypes.string_at(data, n_bytes)
        return 0

    def _control(self, state: object, user: object, operation: int, value: int | None) -> int:
        if operation == CALL:
            self._event = CONNECTED
        elif operation == ANSWER:
            self._event = ANSWERED
        return 0
