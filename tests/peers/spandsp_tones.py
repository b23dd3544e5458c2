"""Debian's libspandsp2 through ctypes: tones, fax signals and caller ID that nobody here wrote."""

import ctypes
from ctypes import c_float, c_int, c_void_p
from itertools import cycle

import numpy as np

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.tones import Cadence
from tests.peers.spandsp import LIBRARY

BELL, ETSI = 1, 2  # ADSI_STANDARD_CLASS, ADSI_STANDARD_CLIP
CNG, ANS, ANS_REVERSED, ANSAM, ANSAM_REVERSED, BELL_ANSWER, CALLING = 1, 2, 3, 4, 5, 8, 9
V21_CHANNEL_2 = 1  # FSK_V21CH2
BIT_CALLBACK = ctypes.CFUNCTYPE(c_int, c_void_p)
MESSAGE_CALLBACK = ctypes.CFUNCTYPE(None, c_void_p, ctypes.POINTER(ctypes.c_uint8), c_int)
POINTERS = (
    "adsi_tx_init",
    "adsi_rx_init",
    "fsk_tx_init",
    "super_tone_tx_init",
    "super_tone_tx_make_step",
    "modem_connect_tones_tx_init",
)


def _load() -> ctypes.CDLL:
    library = ctypes.CDLL(LIBRARY or "libspandsp.so.2")
    for name in POINTERS:
        getattr(library, name).restype = c_void_p
    library.super_tone_tx_make_step.argtypes = [c_void_p, c_float, c_float, c_float, c_float, c_int, c_int]
    return library


def _read(library: ctypes.CDLL, reader: str, state: c_void_p, n_samples: int) -> FloatArray:
    """What a generator writes, until it ends or so many samples."""
    sound = np.zeros(n_samples, "<i2")
    n_read = getattr(library, reader)(state, sound.ctypes.data_as(c_void_p), n_samples)
    return (sound[:n_read] / 32768).astype(np.float32)


class _Step(ctypes.Structure):
    """super_tone_tx_step_s of 0.6: four tones, as long as it lasts, and what follows."""

    _fields_ = (
        ("tones", ctypes.c_byte * 32),
        ("tone_on", c_int),
        ("length", c_int),
        ("cycles", c_int),
        ("next", c_void_p),
        ("nest", c_void_p),
    )


def cadenced(cadence: Cadence, seconds: float, level_dbm0: float) -> FloatArray:
    """A tone of one or two frequencies as its super_tone_tx plays it."""
    library = _load()
    figures = [
        (freqs, length_ms)
        for burst in cadence.bursts
        for freqs, length_ms in (
            ((*burst.frequencies_hz, 0.0)[:2], round(burst.on_s * 1000) if burst.on_s < float("inf") else 0),
            ((0.0, 0.0), round(burst.off_s * 1000)),
        )
        if length_ms or freqs[0]
    ]
    # Memory of ours, all zero: its own make_step leaves the third and fourth tone as malloc found them, and plays them.
    steps = (_Step * len(figures))()
    for step, (freqs, length_ms) in zip(steps, figures, strict=True):
        library.super_tone_tx_make_step(ctypes.byref(step), freqs[0], level_dbm0, freqs[1], level_dbm0, length_ms, 1)
    for step, following in zip(steps, (*steps[1:], steps[0]), strict=True):
        step.next = ctypes.addressof(following)
    state = c_void_p(library.super_tone_tx_init(None, ctypes.byref(steps[0])))
    return _read(library, "super_tone_tx", state, round(seconds * RATE_HZ))


def fax_signal(kind: int, seconds: float) -> FloatArray:
    """A connect tone as its modem_connect_tones_tx plays it."""
    library = _load()
    state = c_void_p(library.modem_connect_tones_tx_init(None, kind))
    return _read(library, "modem_connect_tones_tx", state, round(seconds * RATE_HZ))


class _FskSpec(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("figures", c_int * 5))


def flags(seconds: float) -> FloatArray:
    """HDLC flags as its V.21 modem sends them."""
    library = _load()
    bits = cycle((0, 1, 1, 1, 1, 1, 1, 0))
    next_bit = BIT_CALLBACK(lambda _: next(bits))
    specs = (_FskSpec * 8).in_dll(library, "preset_fsk_specs")
    state = c_void_p(library.fsk_tx_init(None, ctypes.byref(specs[V21_CHANNEL_2]), next_bit, None))
    return _read(library, "fsk_tx", state, round(seconds * RATE_HZ))


def caller_id(standard: int, fields: dict[int, bytes]) -> FloatArray:
    """An MDMF message as its adsi_tx sends it."""
    library = _load()
    state = c_void_p(library.adsi_tx_init(None, standard))
    message = ctypes.create_string_buffer(256)
    length = library.adsi_add_field(state, message, -1, 0x80, None, 0)
    for kind, value in fields.items():
        length = library.adsi_add_field(state, message, length, kind, value, len(value))
    library.adsi_tx_put_message(state, message, length)
    sound = _read(library, "adsi_tx", state, 4 * RATE_HZ)
    library.adsi_tx_free(state)
    return sound


def caller_id_heard(standard: int, sound: FloatArray) -> list[bytes]:
    """The messages its adsi_rx finds in this sound."""
    messages: list[bytes] = []

    @MESSAGE_CALLBACK
    def message_heard(_: int | None, message: "ctypes._Pointer[ctypes.c_uint8]", length: int) -> None:
        messages.append(bytes(message[:length]))

    library = _load()
    state = c_void_p(library.adsi_rx_init(None, standard, message_heard, None))
    samples = np.clip(np.rint(sound * 32768), -32768, 32767).astype("<i2")
    library.adsi_rx(state, samples.ctypes.data_as(c_void_p), len(samples))
    library.adsi_rx_free(state)
    return messages
