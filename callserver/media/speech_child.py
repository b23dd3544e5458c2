"""
The synthesiser in a process of its own: it is not safe in threads, and may take its process along.

Reads one JSON object a line, {"language", "text", "path"}, and answers each with {"problem"}: "" when the WAV file is
there, 16-bit, 8 kHz, levelled like the recorded prompts.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pyttsx3
from pyttsx3.drivers import _espeak

from callserver.dsp.frames import RATE_HZ
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.media.telephone_voice import telephone_voice

VOICES = {"zh": "sit/cmn", "en": "gmw/en-us"}
WORDS_A_MINUTE = 130  # faster is not understood on a telephone


class Synthesiser:
    """pyttsx3 on eSpeak NG; each `Synchronize` waits for what the library does in a thread of its own."""

    def __init__(self) -> None:
        self._engine = pyttsx3.init("espeak")
        self._completed: list[bool] = []
        self._engine.connect("finished-utterance", lambda name, completed: self._completed.append(completed))
        _espeak.Synchronize()
        self._engine.runAndWait()
        _espeak.Synchronize()

    def write(self, language: str, text: str, path: Path) -> None:
        """Speak a text into a file; RuntimeError or ValueError if nothing, or not all of it, was said."""
        for name, value in (("voice", VOICES[language]), ("rate", WORDS_A_MINUTE)):
            self._engine.setProperty(name, value)
            _espeak.Synchronize()
        raw, part = path.with_suffix(".raw"), path.with_suffix(".part")
        self._completed.clear()
        try:
            self._engine.save_to_file(text, str(raw))
            self._engine.runAndWait()
            if not self._completed or not self._completed[0]:
                raise RuntimeError("the synthesiser did not finish")
            write_wav(part, telephone_voice(read_wav(raw), RATE_HZ))
        finally:
            raw.unlink(missing_ok=True)
        os.replace(part, path)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGHUP):  # of the terminal: they are the server's, which goes on for a while
        signal.signal(number, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # the driver prints
    synthesiser = Synthesiser()
    for line in sys.stdin:
        job: dict[str, Any] = json.loads(line)
        problem = ""
        try:
            synthesiser.write(job["language"], job["text"], Path(job["path"]))
        except Exception as error:  # a text it cannot say is told; the next one may be said
            problem = str(error) or type(error).__name__
        print(json.dumps({"problem": problem}), file=answers, flush=True)


if __name__ == "__main__":
    main()
