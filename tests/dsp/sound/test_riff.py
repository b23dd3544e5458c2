"""WAV files as studios, telephones and programs write them: each is heard, or told what it is."""

import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.sound.riff import ALAW, EXTENSIBLE, FLOAT, MULAW, PCM, RiffError, read_riff

HALVES = [0.5, -0.5]


def chunk(name: bytes, content: bytes, pad: bool = True) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + b"\0" * (pad and len(content) % 2)


def form(code: int, bits: int, channels: int = 1, rate_hz: int = 8000, width: int = 0, sub: int | None = None) -> bytes:
    frame = channels * (width or bits // 8)
    head = struct.pack("<HHIIHH", code, channels, rate_hz, rate_hz * frame, frame, bits)
    if sub is not None:
        guid = struct.pack("<H", sub) + bytes.fromhex("000000001000800000aa00389b71")
        head += struct.pack("<HHI", 22, bits, 4) + guid
    return chunk(b"fmt ", head)


def wav(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


class RiffTests(SynchronousTestCase):
    def heard(self, *chunks: bytes) -> list[float]:
        (sound,), rate_hz = read_riff(wav(*chunks))
        self.assertEqual((sound.dtype, rate_hz), (np.float32, 8000))
        return [round(float(one), 3) for one in sound]

    def test_every_way_to_write_a_sample(self) -> None:
        """Half up, half down, as integers of 8 to 32 bits, as floats, in G.711, plain and extensible."""
        wide = struct.pack("<2i", 2**30, -(2**30))
        ways = {
            (PCM, 8): bytes([192, 64]),
            (PCM, 16): wide[2:4] + wide[6:8],
            (PCM, 24): wide[1:4] + wide[5:8],
            (PCM, 32): wide,
            (FLOAT, 32): struct.pack("<2f", *HALVES),
            (FLOAT, 64): struct.pack("<2d", *HALVES),
        }
        for (code, bits), data in ways.items():
            self.assertEqual(self.heard(form(code, bits), chunk(b"data", data)), HALVES, (code, bits))
            extensible = form(EXTENSIBLE, bits, sub=code)
            self.assertEqual(self.heard(extensible, chunk(b"data", data)), HALVES, (code, bits))
        for code, data in ((ALAW, b"\xd5\x55"), (MULAW, b"\xff\x7f")):
            self.assertEqual([abs(one) for one in self.heard(form(code, 8), chunk(b"data", data))], [0, 0])

    def test_24_bits_in_four_bytes(self) -> None:
        """Some studios leave a byte free below each sample."""
        data = struct.pack("<2i", 2**30, -(2**30))
        self.assertEqual(self.heard(form(EXTENSIBLE, 24, width=4, sub=PCM), chunk(b"data", data)), HALVES)

    def test_floats_beyond_bounds(self) -> None:
        """Beyond full scale is full scale; what is no number is silence."""
        data = struct.pack("<4f", 3, -np.inf, np.nan, 0.25)
        self.assertEqual(self.heard(form(FLOAT, 32), chunk(b"data", data)), [1, -1, 0, 0.25])

    def test_other_chunks(self) -> None:
        """Titles and cue points before, between and after are passed over, of odd length too, with a pad or without."""
        data, head = chunk(b"data", b"\xc0\x40"), form(PCM, 8)
        for pad in (True, False):
            odd = chunk(b"LIST", b"abc", pad=pad)
            for order in ((odd, head, data), (head, odd, data), (head, odd, odd, data), (data, odd, head)):
                self.assertEqual(self.heard(*order), HALVES, (pad, order))

    def test_lengths_that_are_not_so(self) -> None:
        """A program that was killed, or wrote into a pipe, never filled in the length; half a sample is left out."""
        head = form(PCM, 16)
        for size in (0, 0xFFFFFFFF, 100):
            data = struct.pack("<4sI", b"data", size) + b"\0\x40\0\xc0\x01"
            self.assertEqual(self.heard(head, data), HALVES)

    def test_tracks(self) -> None:
        """Each channel by itself."""
        sound, _ = read_riff(wav(form(PCM, 8, channels=2), chunk(b"data", b"\xc0\x40\xc0\x40")))
        self.assertEqual(sound.tolist(), [[0.5, 0.5], [-0.5, -0.5]])

    def test_what_it_is_instead(self) -> None:
        """What cannot be read is told with what it is and what to do."""
        data = chunk(b"data", b"\0\0")
        for content, trouble in {
            b"": "is empty",
            b"ID3\x04" + bytes(40): "is no WAV file",
            b"RIFX" + wav(form(PCM, 8), data)[4:]: "is no WAV file",
            wav(form(PCM, 8)): "cut off: no data chunk",
            wav(data): "cut off: no fmt chunk",
            wav(chunk(b"fmt ", b"\1\0\1\0"), data): "cut off in its header",
            wav(form(85, 8), data): r"compressed \(MP3\): save it as PCM",
            wav(form(0x1234, 8), data): r"compressed \(0x1234\)",
            wav(form(PCM, 64), data): "64 bits a sample: save it with 16",
            wav(form(PCM, 8, channels=0, width=1), data): "0 channels",
            wav(form(PCM, 8, rate_hz=0), data): "a rate of 0 Hz",
            wav(form(PCM, 16), chunk(b"data", b"")): "no sound in it",
        }.items():
            with self.assertRaisesRegex(RiffError, trouble):
                read_riff(content)

    @given(st.binary(max_size=80), st.lists(st.integers(0, 255), max_size=8))
    def test_anything(self, noise: bytes, places: list[int]) -> None:
        """Whatever the bytes: a sound, or one complaint."""
        content = bytearray(wav(form(PCM, 24), chunk(b"LIST", b"abc"), chunk(b"data", noise)))
        for number, place in enumerate(places):
            content[place % len(content)] = (place * 7 + number) % 256
        for candidate in (bytes(content), noise, b"RIFF0000WAVE" + noise):
            try:
                sound, rate_hz = read_riff(candidate)
            except RiffError:
                continue
            self.assertTrue(sound.size and rate_hz)
            self.assertLessEqual(float(np.abs(sound).max()), 1.0)
