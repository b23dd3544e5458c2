"""
Error correction mode (fax.md section 8): a page in blocks of at most 256 frames, each frame with its own check.

Everything here is about the octets of the image modem; who asks for what again is the terminals' matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from callserver.fax.hdlc import FLAG, MAX_FRAME_BITS, FrameReader, bits_to_octets, frame_bits
from callserver.fax.signals import FrameHeard
from callserver.fax.t30.agreement import Agreement
from callserver.fax.t30.frames import FRAMES_A_BLOCK, Frame, Name

FLAGS_BEFORE_S = 0.2
N_RCP, N_FLAGS_AFTER = 3, 10


def cut(octets: bytes, frame_octets: int) -> list[list[bytes]]:
    """A page as blocks of frames' contents; the last frame is padded with zeros."""
    padded = octets + bytes(-len(octets) % frame_octets) or bytes(frame_octets)
    frames = [padded[at : at + frame_octets] for at in range(0, len(padded), frame_octets)]
    return [frames[at : at + FRAMES_A_BLOCK] for at in range(0, len(frames), FRAMES_A_BLOCK)]


@dataclass(frozen=True)
class BlockOnLine:
    """
    What goes on the line for some frames of a block: flags, the frames, RCP three times, flags.

    Each frame is made into bits when it is due: the 256 of a dense page would take 4 ms in one go.
    """

    frames: tuple[Frame, ...]
    n_flags: int

    def __iter__(self) -> Iterator[bytes]:
        bits = FLAG * self.n_flags
        for frame in (*self.frames, *(Frame(Name.RCP),) * N_RCP):
            bits += frame_bits(frame.octets(last=False, from_sender=False)) + FLAG
            n_whole = len(bits) // 8 * 8
            yield bits_to_octets(bits[:n_whole])
            bits = bits[n_whole:]
        yield bits_to_octets(bits + FLAG * (N_FLAGS_AFTER - 1))

    def __len__(self) -> int:
        """With the most zeros inserted."""
        return self.n_flags + (len(self.frames) + N_RCP) * (MAX_FRAME_BITS // 8 + 1) + N_FLAGS_AFTER

    def __str__(self) -> str:
        return f"{len(self.frames)} frames"


def on_line(block: Sequence[bytes], numbers: Iterable[int], agreement: Agreement) -> BlockOnLine:
    """These frames of a block."""
    frames = tuple(Frame(Name.FCD, bytes((number,)) + block[number]) for number in numbers)
    return BlockOnLine(frames, int(agreement.modulation.bit_rate * FLAGS_BEFORE_S / 8))


class BlockReader:
    """
    One block as it is received, over as many bursts as it takes.

    It has as many frames as the greatest count in a PPS says, and as were heard: what some machines count in a PPS are
    the frames they have just sent, after a PPR only those that were wanted.
    """

    def __init__(self, frame_octets: int) -> None:
        self._frame_octets = frame_octets
        self._frames: dict[int, bytes] = {}
        self._reader = FrameReader()
        self._n_frames = 0

    def burst_begins(self) -> None:
        """Half a frame of the last burst does not go on in this one."""
        self._reader = FrameReader()

    def feed(self, octets: bytes) -> None:
        """Some octets of a burst."""
        for heard in self._reader.feed(octets):
            self._take(heard)

    def ends(self, n_frames: int) -> None:
        """A PPS has come."""
        self._n_frames = max(self._n_frames, n_frames, max(self._frames, default=-1) + 1)

    @property
    def missing(self) -> list[int]:
        return [number for number in range(self._n_frames) if number not in self._frames]

    @property
    def content(self) -> bytes:
        """All the octets, when none is missing."""
        return b"".join(self._frames[number] for number in range(self._n_frames))

    def _take(self, heard: FrameHeard) -> None:
        frame = Frame.parse(heard.octets) if heard.good else None
        if frame and frame.name is Name.FCD and 1 < len(frame.field) <= self._frame_octets + 1:
            self._frames[frame.field[0]] = frame.field[1:]
