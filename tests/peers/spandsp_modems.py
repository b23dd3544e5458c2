"""Debian's libspandsp2 through ctypes: the modems of a fax machine that nobody here wrote."""

import ctypes
from ctypes import c_int, c_void_p

import numpy as np

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.fax.modems.scramblers import Bits
from callserver.fax.modulations import Modulation
from tests.peers.spandsp import LIBRARY

V21_CHANNEL_2 = 1  # FSK_V21CH2
SYNCHRONOUS = 1  # FSK_FRAME_MODE_SYNC
END_OF_DATA = -7  # SIG_STATUS_END_OF_DATA
TRAINED, TRAINING_FAILED, CARRIER_DOWN = -4, -5, -1  # SIG_STATUS_...
GET_BIT = ctypes.CFUNCTYPE(c_int, c_void_p)
PUT_BIT = ctypes.CFUNCTYPE(None, c_void_p, c_int)
NAMES = {"V.27ter": "v27ter", "V.29": "v29", "V.17": "v17", "V.21": "fsk"}


class _FskSpec(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("figures", c_int * 5))


def load() -> ctypes.CDLL:
    """The library, with what its functions take and give."""
    library = ctypes.CDLL(LIBRARY or "libspandsp.so.2")
    for name in NAMES.values():
        getattr(library, f"{name}_tx_init").restype = c_void_p
        getattr(library, f"{name}_rx_init").restype = c_void_p
        for way in ("tx", "rx"):
            getattr(library, f"{name}_{way}_free").argtypes = [c_void_p]
        getattr(library, f"{name}_tx_power").argtypes = [c_void_p, ctypes.c_float]
        getattr(library, f"{name}_rx_signal_cutoff").argtypes = [c_void_p, ctypes.c_float]
    return library


def _v21(library: ctypes.CDLL) -> object:
    return ctypes.byref((_FskSpec * 8).in_dll(library, "preset_fsk_specs")[V21_CHANNEL_2])


def one_by_one(bits: Bits) -> "ctypes._CFunctionType":
    """A `get_bit` of these, and then the end."""
    left = iter(bits.tolist())
    return GET_BIT(lambda _: next(left, END_OF_DATA))


def sent(
    modulation: Modulation, bits: Bits, level_dbm0: float, *, short: bool = False, tep: bool = False
) -> FloatArray:
    """A whole burst, float32, shape (n,)."""
    sender = Sender(modulation, one_by_one(bits), short=short, tep=tep)
    sender.set_level(level_dbm0)
    sound = sender.send(round((1.75 + len(bits) / modulation.bit_rate) * RATE_HZ))
    sender.close()
    return sound[: np.flatnonzero(sound)[-1] + 1]


class Sender:
    """
    Its transmitter.

    :param get_bit: gives each bit
    :param user: its argument
    :param short: V.17's training
    :param tep: a carrier before the training
    """

    def __init__(
        self,
        modulation: Modulation,
        get_bit: "ctypes._CFunctionType",
        user: c_void_p | None = None,
        *,
        short: bool = False,
        tep: bool = False,
    ) -> None:
        self._library, self._name = load(), NAMES[modulation.recommendation]
        self._callback = get_bit  # kept: the library does not
        init = getattr(self._library, f"{self._name}_tx_init")
        if modulation is Modulation.V21:
            self._state = c_void_p(init(None, _v21(self._library), get_bit, user))
        else:
            self._state = c_void_p(init(None, modulation.bit_rate, int(tep), get_bit, user))
        if modulation.recommendation == "V.17" and short:
            self._library.v17_tx_restart(self._state, modulation.bit_rate, int(tep), 1)

    def set_level(self, level_dbm0: float) -> None:
        getattr(self._library, f"{self._name}_tx_power")(self._state, level_dbm0)

    def send(self, n_samples: int) -> FloatArray:
        """The next samples; fewer at the end, float32, shape (n,)."""
        sound = np.zeros(n_samples, "<i2")
        transmit = getattr(self._library, f"{self._name}_tx")
        n_sent = transmit(self._state, sound.ctypes.data_as(c_void_p), n_samples)
        return (sound[:n_sent] / 32768).astype(np.float32)

    def close(self) -> None:
        getattr(self._library, f"{self._name}_tx_free")(self._state)


class Receiver:
    """
    Its receiver: the bits and the states it reports.

    :param put_bit: told them in our place
    """

    def __init__(
        self, modulation: Modulation, put_bit: "ctypes._CFunctionType | None" = None, user: c_void_p | None = None
    ) -> None:
        self._library, self._name = load(), NAMES[modulation.recommendation]
        self._modulation = modulation
        self.bits: list[int] = []
        self.states: list[int] = []
        self._callback = put_bit or PUT_BIT(lambda _, bit: (self.bits if bit >= 0 else self.states).append(bit))
        init = getattr(self._library, f"{self._name}_rx_init")
        if modulation is Modulation.V21:
            self._state = c_void_p(init(None, _v21(self._library), SYNCHRONOUS, self._callback, user))
        else:
            self._state = c_void_p(init(None, modulation.bit_rate, self._callback, user))

    def expect_short(self) -> None:
        """V.17, after a long training was heard: a short one comes."""
        self._library.v17_rx_restart(self._state, self._modulation.bit_rate, 1)

    def set_cutoff(self, level_dbm0: float) -> None:
        getattr(self._library, f"{self._name}_rx_signal_cutoff")(self._state, level_dbm0)

    def hear(self, sound: FloatArray) -> None:
        """Any number of samples."""
        samples = np.clip(np.rint(sound * 32768), -32768, 32767).astype("<i2")
        receive = getattr(self._library, f"{self._name}_rx")
        receive(self._state, samples.ctypes.data_as(c_void_p), len(samples))

    def close(self) -> None:
        getattr(self._library, f"{self._name}_rx_free")(self._state)
