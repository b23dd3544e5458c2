"""Microphone and loudspeaker of this computer, if it has them."""

from collections import deque
from collections.abc import Callable
from typing import Any

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ
from callserver.wire.catalogue import Complaint

WAITING_BLOCKS = 25  # half a second; a loudspeaker that falls behind loses the oldest
BLOCK_BYTES = BLOCK_SAMPLES * LINEAR_16.bytes_per_sample


class NoSoundCard(Complaint):
    """There is none that can be used; the text says why, and what to install if that is it."""


class SoundCard:
    """
    Open from its construction until `close`.

    :param on_voice: told, in the sound card's own thread, each 20 ms of 16-bit linear sound from the microphone
    :raises NoSoundCard: no driver, no device, or busy
    """

    def __init__(self, on_voice: Callable[[bytes], None]) -> None:
        self._on_voice = on_voice
        self._waiting: deque[bytes] = deque(maxlen=WAITING_BLOCKS)
        try:
            import sounddevice  # an extra; its import fails too where the PortAudio library is missing

            self._stream = sounddevice.RawStream(RATE_HZ, BLOCK_SAMPLES, channels=1, dtype="int16", callback=self._turn)
            self._stream.start()
        except ImportError as problem:
            command = ".venv/bin/pip install sounddevice"
            raise NoSoundCard("its driver is not installed: {command}", command=command) from problem
        except OSError as problem:
            command = "apt-get install libportaudio2"
            raise NoSoundCard("{problem}: {command}", problem=str(problem), command=command) from problem
        except sounddevice.PortAudioError as problem:
            raise NoSoundCard("{problem}", problem=str(problem)) from problem

    def play(self, sound: bytes) -> None:
        """20 ms for the loudspeaker."""
        self._waiting.append(sound)

    def close(self) -> None:
        """Let others have it."""
        self._stream.close()

    def _turn(self, recorded: Any, to_play: Any, n_samples: int, time: Any, status: Any) -> None:
        to_play[:] = self._waiting.popleft() if self._waiting else bytes(BLOCK_BYTES)
        self._on_voice(bytes(recorded))
