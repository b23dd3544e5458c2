"""Signals and frames in a line of the trace each."""

from __future__ import annotations

from callserver.fax import signals as s
from callserver.fax.t30.frames import FRAMES_A_BLOCK, Frame, Name, PartialPage, identity_of, wanted_of

MAX_OCTETS = 40  # of a field that nobody here reads
NUMBERS = frozenset({Name.CSI, Name.TSI, Name.CIG, Name.SUB, Name.SID, Name.SEP, Name.PSA})


def described(sending: s.SendTone | s.SendFrames | s.SendImage) -> str:
    """What we send."""
    match sending:
        case s.SendFrames(frames):
            return "; ".join(described_frame(octets, Frame.parse(octets)) for octets in frames)
        case s.SendImage(modulation, short, octets):
            training = "short" if short else "long"
            content = f"{len(octets)} octets" if isinstance(octets, bytes) else str(octets)
            return f"{modulation.recommendation} {modulation.bit_rate}, {training} training, {content}"
        case s.SendTone(tone):
            return tone.name


def described_frame(octets: bytes, frame: Frame | None) -> str:
    """Name and field; who sends a password must not find it in a log."""
    if frame is None:
        return f"unknown frame {octets[:MAX_OCTETS].hex(' ')}"
    return f"{frame.name.name} {_described_field(frame)}".rstrip()


def _described_field(frame: Frame) -> str:
    if frame.name is Name.PWD:
        return "..."
    if frame.name in NUMBERS:
        return identity_of(frame.field)
    if frame.name is Name.PPR:
        return f"{len(wanted_of(frame.field, FRAMES_A_BLOCK))} frames"
    if frame.name is Name.PPS and (block := PartialPage.parse(frame.field)):
        follows = block.command.name if block.command else "NULL"
        return f"{follows}, page {block.page}, block {block.block}, {block.n_frames} frames"
    return frame.field[:MAX_OCTETS].hex(" ")
