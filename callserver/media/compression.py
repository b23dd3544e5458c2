"""
Recordings made smaller, in a child process: `python -m callserver.media.compression`, a Task as JSON on its input.

FLAC loses nothing; Opus at 8 kHz keeps a voice at a tenth of the room. The child reads back what it has written before
it says that it is done: FLAC sample by sample, Opus to the same length. The key comes by its input, which no list of
processes shows.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from callserver.dsp.frames import RATE_HZ
from callserver.media.kept_sound import KeptSound, NoSound
from callserver.media.sealed import seal
from callserver.media.sealing_key import SEALED
from callserver.wire.catalogue import N_, Complaint

FORMATS = {"flac": ("FLAC", "PCM_16"), "opus": ("OGG", "OPUS")}
CHUNK = 1 << 18  # samples
NICE = 19
LONGEST_S = 1800
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
TOO_SLOW, NOT_EQUAL = N_("took longer than {seconds} s"), N_("what was written is not what was read")


@dataclass(frozen=True)
class Task:
    """
    :param target: not there yet, or left by a server that was killed; whole and on disk when the child says so
    :param name: as the recorder has named the file
    :param key: in hexadecimal; "": nothing is sealed
    """

    source: str
    target: str
    format: str
    name: str
    key: str = ""


class Compression:
    """One recording. `run` in a thread; `stop` from any."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def run(self) -> None:
        """
        The target is there, and on disk.

        :raises Complaint: why it is not; the source is as it was
        """
        environment = {
            "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
            "PATH": os.environ.get("PATH", ""),
        }
        command = [sys.executable, "-m", "callserver.media.compression"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment) as child:
            self._child = child
            if self._stopped:
                child.kill()
            try:
                said, _ = child.communicate(json.dumps(asdict(self._task)).encode(), LONGEST_S)
            except subprocess.TimeoutExpired as problem:
                child.kill()
                raise self._failed(Complaint(TOO_SLOW, seconds=LONGEST_S)) from problem
        if said.strip() != b"done":
            raise self._failed(said.decode(errors="replace").strip()[:200] or f"exit status {child.returncode}")

    def stop(self) -> None:
        """Ends `run`, which complains then."""
        self._stopped = True
        if self._child is not None:
            self._child.kill()

    def _failed(self, why: object) -> Complaint:
        target = Path(self._task.target)
        for left in (target, plain_copy(target)):  # a child that was killed tidies nothing
            left.unlink(missing_ok=True)
        return Complaint(N_("{file} was not compressed: {problem}"), file=self._task.name, problem=why)


def compress(task: Task) -> None:
    """
    What the child does.

    :raises NoSound, OSError: it cannot be done
    """
    target = Path(task.target)
    key = bytes.fromhex(task.key) or None
    plain = plain_copy(target) if task.key else target
    try:
        with KeptSound(Path(task.source), task.name, key) as source:
            _write(source, plain, task.format)
            with KeptSound(plain, task.name) as written:
                _compare(source, written, exactly=task.format == "flac")
        if key is not None:
            seal(plain, target, key, task.name)
    finally:
        if key is not None:
            plain.unlink(missing_ok=True)


def _write(source: KeptSound, target: Path, form: str) -> None:
    import soundfile

    container, subtype = FORMATS[form]
    with target.open("wb+") as file:
        with soundfile.SoundFile(file, "w", RATE_HZ, source.n_tracks, subtype, format=container) as written:
            for first in range(0, source.n_samples, CHUNK):
                written.write(source.read(first, CHUNK))
        file.flush()
        os.fsync(file.fileno())


def _compare(source: KeptSound, written: KeptSound, *, exactly: bool) -> None:
    equal = (source.n_samples, source.n_tracks) == (written.n_samples, written.n_tracks)
    for first in range(0, source.n_samples, CHUNK) if exactly and equal else ():
        equal = equal and np.array_equal(source.read(first, CHUNK), written.read(first, CHUNK))
    if not equal:
        raise NoSound(NOT_EQUAL)


def plain_copy(target: Path) -> Path:
    """What is to be sealed, as long as the child works."""
    return target.with_name(target.name + ".plain")


def suffix_of(form: str, *, sealed: bool) -> str:
    """Of a file that holds a recording so."""
    return f".{form}{SEALED if sealed else ''}"


def end_with_parent() -> None:
    """
    The server is killed: then this process is, too (Linux).

    Else it would write on beside the next server, which does the same recording anew, into the same file.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    os.nice(NICE)
    end_with_parent()
    given: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    try:
        compress(Task(**given))
    except (Complaint, OSError, RuntimeError) as problem:
        print(problem)
        sys.exit(1)
    print("done")


if __name__ == "__main__":
    main()
