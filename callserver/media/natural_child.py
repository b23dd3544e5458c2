"""
The natural voice in a process of its own, which yields to everything else on the machine.

Reads one JSON object a line, {"language", "text", "path", "pronunciations"}, and answers each with {"problem"}: "" when
the WAV file is there, as `callserver.media.speech_child` does.
"""

import json
import os
import signal
import sys
from functools import cache
from pathlib import Path
from typing import Any

from callserver.dsp.sound.files import write_wav
from callserver.media.kokoro import RATE_HZ, SPEAKER_OF, Kokoro
from callserver.media.telephone_voice import telephone_voice

NICE = 19
PAD_S = 0.05


@cache
def voice() -> Kokoro:
    """Made for the first text: that takes some seconds."""
    return Kokoro()


def write(job: dict[str, Any]) -> None:
    """Speak one text into its file; there is never half of it."""
    path = Path(job["path"])
    spoken = voice().say(SPEAKER_OF[job["language"]], job["text"], job["pronunciations"])
    part = path.with_suffix(".part")
    write_wav(part, telephone_voice(spoken, RATE_HZ, PAD_S))
    os.replace(part, path)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGHUP):  # of the terminal: they are the server's, which goes on for a while
        signal.signal(number, signal.SIG_IGN)
    os.nice(NICE)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # libraries print
    for line in sys.stdin:
        problem = ""
        try:
            write(json.loads(line))
        except Exception as error:  # a text it cannot say is told; the next one may be said
            problem = str(error) or type(error).__name__
        print(json.dumps({"problem": problem}), file=answers, flush=True)


if __name__ == "__main__":
    main()
