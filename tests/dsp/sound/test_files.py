"""Sound files: what shops bring is read, what cannot be read is named."""

import wave
from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import level_dbm0
from callserver.dsp.sound.files import SoundFileError, read_wav, write_wav
from callserver.dsp.tones import tone


class SoundFileTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp())

    def write(self, raw: bytes, width: int, rate_hz: int, channels: int = 1) -> None:
        with wave.open(str(self.path), "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(width)
            file.setframerate(rate_hz)
            file.writeframes(raw)

    def test_round_trip(self) -> None:
        """What was written is read again, to a 16-bit step."""
        sound = tone([440], 4000)
        write_wav(self.path, sound)
        np.testing.assert_allclose(read_wav(self.path), sound, atol=1 / 32768)

    def test_stereo_is_mixed(self) -> None:
        """Two tracks are written apart and read as their mean."""
        left = tone([440], 4000)
        write_wav(self.path, np.stack([left, np.zeros_like(left)], axis=1))
        with wave.open(str(self.path)) as file:
            self.assertEqual((file.getnchannels(), file.getframerate(), file.getnframes()), (2, 8000, 4000))
        np.testing.assert_allclose(read_wav(self.path), left / 2, atol=1 / 32768)

    def test_widths(self) -> None:
        """8 and 24 bits are understood: unsigned and signed."""
        self.write(bytes([0, 128, 192]), 1, 8000)
        self.assertEqual(read_wav(self.path).tolist(), [-1.0, 0.0, 0.5])
        self.write(b"\0\0\x80" + b"\0\0\0" + b"\0\0\x40", 3, 8000)
        self.assertEqual(read_wav(self.path).tolist(), [-1.0, 0.0, 0.5])

    def test_studio_rates(self) -> None:
        """A 44.1-kHz file keeps its pitch, length and level."""
        sound = np.sin(2 * np.pi * 1000 * np.arange(44100) / 44100) * 16000
        self.write(sound.astype("<i2").tobytes(), 2, 44100)
        heard = read_wav(self.path)
        self.assertEqual(heard.shape, (8000,))
        self.assertEqual(heard.dtype, np.float32)
        self.assertEqual(int(np.argmax(np.abs(np.fft.rfft(heard)))), 1000)
        self.assertApproximates(level_dbm0(heard), 20 * np.log10(16000 / 32768) + 3.14, 0.1)

    def test_what_cannot_be_read_is_named(self) -> None:
        """The error tells the file and its trouble."""
        for content, trouble in ((None, "No such file"), (b"", "is empty"), (b"ID3 an mp3 in disguise", "no WAV file")):
            if content is not None:
                self.path.write_bytes(content)
            with self.assertRaisesRegex(SoundFileError, f"{self.path}: .*{trouble}"):
                read_wav(self.path)
        self.write(b"", 2, 8000)
        with self.assertRaisesRegex(SoundFileError, "no sound in it"):
            read_wav(self.path)
        with self.assertRaisesRegex(SoundFileError, "is no file"):
            read_wav("/dev/zero")

    def test_wrong_shape(self) -> None:
        """Three tracks are refused with their shape."""
        with self.assertRaisesRegex(ValueError, r"\(5, 3\)"):
            write_wav(self.path, np.zeros((5, 3), np.float32))
