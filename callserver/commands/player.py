"""Sound played on the computer where the command runs, by the first program it has for that."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from callserver.wire.catalogue import N_, Complaint

PLAYERS = (("paplay",), ("aplay", "-q"), ("play", "-q"), ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"))


def player() -> tuple[str, ...]:
    """
    What plays a file here: its command line, to be asked for before anybody is noted to have heard something.

    :raises Complaint: nothing
    """
    found = next((player for player in PLAYERS if shutil.which(player[0])), None)
    if found is None:
        raise Complaint(N_("no program here plays sound (aplay, paplay, play): write it into a file; --help tells how"))
    return found


def play_file(command: tuple[str, ...], path: Path) -> None:
    """
    To its end.

    :raises Complaint: the program has no loudspeaker, or fails otherwise
    """
    if status := subprocess.run([*command, str(path)], check=False).returncode:
        program = command[0]
        raise Complaint(N_("{program} could not play it (exit status {status})"), program=program, status=status)


def play(command: tuple[str, ...], octets: bytes) -> None:
    """
    A WAV file's octets.

    :raises Complaint: as `play_file`
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "heard.wav"
        path.write_bytes(octets)
        play_file(command, path)
