"""The files in a folder of prompts: which recording is of what, and what lies there that nobody will ever hear."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from callserver.dsp.frames import FloatArray
from callserver.dsp.sound.files import SoundFileError, read_wav
from callserver.wire.catalogue import LANGUAGES, Complaint

MUSIC = "music"
LARGEST_BYTES = 50_000_000  # some five minutes from a studio
OTHER_SOUND = (".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".wma", ".aif", ".aiff", ".amr", ".gsm")
LEFTOVER = re.compile(r"^\.|~$")  # ._welcome.wav of macOS, .DS_Store, copies of editors
NEARLY_A_LANGUAGE = re.compile("zh|cn|chinese|mandarin|en|[^\x00-\x7f]")


class PromptError(Complaint):
    """A prompt cannot be used; the text names it and says what to do."""


def plain(name: str) -> str:
    """A prompt's name however it was typed: `Welcome` and `welcome ` are one, as are the two ways to write é."""
    return unicodedata.normalize("NFC", name).strip().lower()


class PromptFiles:
    """
    One folder of prompts, looked at once: a folder a language, in each NAME.wav; beside them perhaps music.wav.

    `problems` is what cannot be heard; nothing is ever raised, for a telephone has to be answered.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[PromptError] = []
        self.languages: dict[str, Path] = {}
        loose = self._look_at_top()
        self.music = loose.pop(MUSIC, None)
        for path in loose.values():
            self.problems.append(
                PromptError("{file}: nobody hears it there; move it into the folder zh or en", file=path)
            )
        self.recordings = {language: self._recordings(language) for language in LANGUAGES}

    def read(self, path: Path) -> FloatArray | None:
        """Its sound, not to be written to; None, with a problem more, if it cannot be heard."""
        try:
            if path.stat().st_size > LARGEST_BYTES:
                self.problems.append(PromptError("{file}: more than 50 MB is no prompt", file=path))
                return None
            sound = read_wav(path)
        except SoundFileError as error:
            self.problems.append(
                PromptError("{problem}; record it again, or delete it and run bin/render-prompts", problem=error)
            )
            return None
        except OSError as error:
            self.problems.append(PromptError("{file}: {problem}", file=path, problem=error.strerror))
            return None
        sound.flags.writeable = False
        return sound

    def _look_at_top(self) -> dict[str, Path]:
        """Loose recordings by name; the languages' folders are noted."""
        loose: dict[str, Path] = {}
        for path in self._entries(self.folder):
            name = path.name.lower()
            if path.is_dir() and name in LANGUAGES:
                self.languages[name] = path
            elif path.is_dir() and NEARLY_A_LANGUAGE.match(name):
                self.problems.append(
                    PromptError("{file}: the folders of the languages are called zh and en", file=path)
                )
            elif path.suffix.lower() == ".wav":
                loose[plain(path.stem)] = path
        return loose

    def _recordings(self, language: str) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for path in self._entries(self.languages[language]) if language in self.languages else ():
            name = plain(path.stem)
            if path.suffix.lower() in OTHER_SOUND:
                self.problems.append(PromptError("{file}: is no WAV file; convert it to one (PCM)", file=path))
            elif path.suffix.lower() == ".wav" and name in found:
                self.problems.append(
                    PromptError("{file} is not used: {other} has the same name", file=path, other=found[name].name)
                )
            elif path.suffix.lower() == ".wav":
                found[name] = path
        return found

    def _entries(self, folder: Path) -> list[Path]:
        try:
            names = sorted(os.listdir(folder))  # as texts: two thousand paths take ten times as long to sort
        except (FileNotFoundError, NotADirectoryError):  # `check` tells which folder is missing
            return []
        except OSError as error:
            self.problems.append(PromptError("{file}: {problem}", file=folder, problem=error.strerror))
            return []
        return [folder / name for name in names if not LEFTOVER.search(name)]
