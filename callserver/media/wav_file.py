"""The one file format of recordings: 16-bit PCM WAV, 8 kHz, readable at any moment by any player."""

import os
from pathlib import Path

from callserver.dsp.frames import RATE_HZ

HEADER_BYTES = 44
SAMPLE_BYTES = 2
LARGEST_DATA_BYTES = 0xFFFFFFFF - HEADER_BYTES


def header(n_data_bytes: int, n_tracks: int) -> bytes:
    """The plain RIFF header of so much sound."""
    frame_bytes, n_data_bytes = SAMPLE_BYTES * n_tracks, min(n_data_bytes, LARGEST_DATA_BYTES)
    return b"".join(
        (
            b"RIFF",
            (n_data_bytes + HEADER_BYTES - 8).to_bytes(4, "little"),
            b"WAVEfmt \x10\0\0\0\x01\0",  # 16 bytes follow; 1: PCM
            n_tracks.to_bytes(2, "little"),
            RATE_HZ.to_bytes(4, "little"),
            (RATE_HZ * frame_bytes).to_bytes(4, "little"),
            frame_bytes.to_bytes(2, "little"),
            (8 * SAMPLE_BYTES).to_bytes(2, "little"),
            b"data",
            n_data_bytes.to_bytes(4, "little"),
        )
    )


class WavFile:
    """
    One recording on disk. Its methods wait for the disk: never in the reactor thread.

    Written without a buffer, the sizes in the header set right once a second of sound: after a kill at most a second is
    hidden from players until `repair`, none is lost.
    """

    def __init__(self, path: Path, n_tracks: int) -> None:
        self.path = path
        self.error: OSError | None = None  # it was broken off, and is whole up to there
        self.n_tracks = n_tracks
        self._frame_bytes = SAMPLE_BYTES * n_tracks
        self._n_bytes = 0
        self._n_bytes_told = 0  # in the header
        self._fd = -1

    @property
    def n_samples(self) -> int:
        """Samples of each track in the file."""
        return self._n_bytes // self._frame_bytes

    def open(self) -> None:
        """Make the file; one that exists is never touched (FileExistsError)."""
        try:
            self._fd = _new_file(self.path)
            os.write(self._fd, header(0, self.n_tracks))
        except OSError as error:
            self.error = error
            raise

    def append(self, sound: bytes) -> None:
        """
        Write sound to the end; nothing once it was broken off.

        :raises OSError: what the disk says; then the file ends with the last whole sample, its sizes are right, and
            nothing more is written to it
        """
        if self.error:
            return
        try:
            self._write(sound)
            if self._n_bytes - self._n_bytes_told >= RATE_HZ * self._frame_bytes:
                self._tell_size()
        except OSError as error:
            self.error = error
            self._break_off()
            raise

    def blank(self, first_sample: int, n_samples: int) -> None:
        """
        Put silence in place of so many samples, as far as they were written: the file becomes no longer and no shorter.

        By a descriptor of its own, so that it is done after the end and in a file broken off, too.

        :raises OSError: the disk's; what was to be hidden may still be there
        """
        start = first_sample * self._frame_bytes
        n_bytes = min(n_samples * self._frame_bytes, self._n_bytes - start)
        if n_bytes <= 0:
            return
        fd = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            silence, at = memoryview(bytes(n_bytes)), HEADER_BYTES + start
            while silence:
                n_written = os.pwrite(fd, silence, at)
                silence, at = silence[n_written:], at + n_written
            if self._fd < 0:
                os.fdatasync(fd)  # nobody syncs it any more
        finally:
            os.close(fd)

    def end(self) -> None:
        """
        All is written: set the sizes right.

        :raises OSError: the disk's; also when the file could not be made
        """
        if self._fd < 0 and self.error:
            raise self.error
        if not self.error:
            self._tell_size()

    def make_again(self) -> bool:
        """
        Where somebody has removed or moved the file, or its folder, make it again with all that was written.

        In the thread that appends, so that nothing is added meanwhile. The descriptor stays the same number: who syncs
        at that moment syncs one file or the other.

        :return: whether it was gone
        :raises OSError: it cannot be; nothing more is written
        """
        if self._fd < 0 or self.error or _is_at(self._fd, self.path):
            return False
        try:
            self._copy_to(self.path)
        except OSError as error:
            self.error = error
            raise
        return True

    def sync(self) -> None:
        """What was written survives a power cut; does nothing while the file is not open."""
        if self._fd >= 0:
            os.fdatasync(self._fd)

    def close(self) -> None:
        """Sync the file and its name, and close it; harmless when already so."""
        if self._fd < 0:
            return
        try:
            self.sync()
            sync_folder(self.path.parent)
        finally:
            os.close(self._fd)
            self._fd = -1

    def _copy_to(self, path: Path) -> None:
        """Go on in a new file, with what is in the old one, which need not have a name any more."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = _new_file(path)
        try:
            with Path(f"/proc/self/fd/{self._fd}").open("rb") as old:
                n_bytes = os.fstat(old.fileno()).st_size
                while os.sendfile(new, old.fileno(), None, n_bytes):  # to its end, wherever somebody has put that
                    pass
            os.dup2(new, self._fd, inheritable=False)
        finally:
            os.close(new)

    def _write(self, sound: bytes) -> None:
        rest = memoryview(sound)
        while rest:
            n_written = os.write(self._fd, rest)  # may be short before the disk is full
            self._n_bytes += n_written
            rest = rest[n_written:]

    def _tell_size(self) -> None:
        whole = header(self._n_bytes, self.n_tracks)
        os.pwrite(self._fd, whole[4:8], 4)
        os.pwrite(self._fd, whole[40:44], 40)
        self._n_bytes_told = self._n_bytes

    def _break_off(self) -> None:
        self._n_bytes = self.n_samples * self._frame_bytes
        try:
            os.ftruncate(self._fd, HEADER_BYTES + self._n_bytes)
            self._tell_size()
        except OSError:
            pass  # what it was broken off for is told; repair at the next start does the rest


def _new_file(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def _is_at(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except FileNotFoundError:
        return False


def sync_folder(folder: Path) -> None:
    """A new name in this folder survives a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
