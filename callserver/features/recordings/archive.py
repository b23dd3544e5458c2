"""The folder of recordings: which file is which, and its sound as it is heard and given away."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from callserver.dsp.frames import RATE_HZ
from callserver.features.recordings.peaks import peaks
from callserver.features.recordings.search import NoSuchRecording, Recorded
from callserver.media.compression import FORMATS, suffix_of
from callserver.media.kept_sound import KeptSound, Samples, mixed
from callserver.media.sealing_key import SEALED, key_of
from callserver.media.wav_file import HEADER_BYTES, SAMPLE_BYTES, header
from callserver.wire.catalogue import N_, Complaint

MIXED, TWO_SIDED = FORMS = ("mixed", "two-sided")
KEPT_FORMS = (
    f".wav{SEALED}",
    *(suffix_of(form, sealed=sealed) for form in FORMATS for sealed in (False, True)),
)
CHUNK = 1 << 20


class StillRuns(Complaint):
    """The call goes on: its recording is not finished."""


@dataclass(frozen=True)
class Archive:
    """
    Its methods wait for the disk: never in the reactor thread.

    :param shop: the shop's folder, with the key of sealed files
    """

    folder: Path
    shop: Path

    def path(self, kept_as: str) -> Path:
        """
        Where a file is; nothing outside the folder is ever meant, whatever stands in the database.

        :raises NoSuchRecording: it would be
        """
        path = self.folder / kept_as
        if Path(kept_as).name != kept_as or Path(os.path.realpath(path)).parent != Path(os.path.realpath(self.folder)):
            raise NoSuchRecording(N_("there is no recording {which}"), which=kept_as[:64])
        return path

    def file_of(self, one: Recorded) -> Path:
        """
        Its file; where it is in another form by now, that: it was sealed or compressed since `one` was found, or while
        the backup was made that the shop has been restored from.
        """
        path = self.path(one.kept_as)
        if path.exists():
            return path
        stem = Path(one.file).stem
        others = (self.path(f"{stem}{form}") for form in KEPT_FORMS)
        return next((other for other in others if other.exists()), path)

    def remove(self, kept_as: str) -> None:
        """Take a file away; harmless when it is gone."""
        self.path(kept_as).unlink(missing_ok=True)

    def open(self, one: Recorded) -> KeptSound:
        """
        :raises NoSuchRecording: it was deleted
        :raises StillRuns:
        :raises NoSound: the file is gone, or damaged
        :raises BadKey:
        """
        if one.deleted is not None:
            raise NoSuchRecording(N_("recording {number} was deleted"), number=one.number)
        if one.length_s is None:
            raise StillRuns(N_("recording {number} still runs"), number=one.number)
        return KeptSound(self.file_of(one), one.file, key_of(self.shop))

    def heard(self, one: Recorded, first: int, n_samples: int) -> tuple[bytes, int]:
        """Both sides mixed, from a sample on, 16-bit linear; how many samples there are in all."""
        with self.open(one) as sound:
            return mixed(sound.read(first, n_samples)).tobytes(), sound.n_samples

    def peaks(self, one: Recorded) -> tuple[list[bytes], int]:
        """How loud each side is along it, as `peaks` has it; how many samples there are in all."""
        with self.open(one) as sound:
            return peaks(sound), sound.n_samples

    def wav_part(self, one: Recorded, form: str, at: int, n_octets: int) -> tuple[bytes, int]:
        """A part of what `write_wav` writes, from an octet on; how many octets there are in all."""
        with self.open(one) as sound:
            n_tracks = 1 if form == MIXED else sound.n_tracks
            frame = SAMPLE_BYTES * n_tracks
            whole = header(sound.n_samples * frame, n_tracks)
            first, within = divmod(max(at - HEADER_BYTES, 0), frame)
            octets = whole[at:] if at < HEADER_BYTES else b""
            if len(octets) < n_octets:
                found = sound.read(first, (n_octets - len(octets)) // frame + 1)
                octets += _in_form(found, form).tobytes()[within:]
            return octets[:n_octets], HEADER_BYTES + sound.n_samples * frame

    def write_wav(self, one: Recorded, form: str, target: Path, from_s: float = 0.0) -> float:
        """
        A copy as a WAV file any player takes; a file that is there is not touched.

        :return: how many seconds there are of it, which is less than its length where its file was cut
        :raises OSError: FileExistsError, or the disk's: then there is no half file
        """
        with self.open(one) as sound, target.open("xb") as copy:
            try:
                n_tracks = 1 if form == MIXED else sound.n_tracks
                begin = min(round(from_s * RATE_HZ), sound.n_samples)
                copy.write(header((sound.n_samples - begin) * SAMPLE_BYTES * n_tracks, n_tracks))
                for first in range(begin, sound.n_samples, CHUNK):
                    copy.write(_in_form(sound.read(first, CHUNK), form).tobytes())
                copy.flush()
                return sound.n_samples / RATE_HZ
            except BaseException:
                target.unlink(missing_ok=True)
                raise


def digest_of(path: Path) -> tuple[str, int]:
    """SHA-256 of a file, and its octets. Waits for the disk."""
    found, n_octets = hashlib.sha256(), 0
    for part in _parts(path):
        found.update(part)
        n_octets += len(part)
    return found.hexdigest(), n_octets


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            yield part


def _in_form(tracks: Samples, form: str) -> Samples:
    return mixed(tracks) if form == MIXED else tracks
