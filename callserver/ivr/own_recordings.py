"""
The shop's own recordings: each a file that calls read, and every version there was of it.

FOLDER/<language>/NAME.wav is what callers hear; FOLDER/versions/<language>/NAME/0001.wav and so on are what was ever
kept, and never changed. Which of them is heard now stands in `current` beside them, and counts if its bytes are those
that are heard: else (a power cut between the two, a file put there by hand) the bytes tell. The text that a recording
was made for, if it is no prompt of a catalogue but a name of goods or a sentence of a menu file, stands in
FOLDER/<language>/recorded.toml: when the text changes, its recording is not heard any more.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from callserver.dsp.frames import FloatArray
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.ivr.prompt_files import PromptError, PromptFiles, plain
from callserver.ivr.prompts import RECORDED, Catalogue
from callserver.store.on_disk import sync
from callserver.wire.catalogue import N_

VERSIONS, CURRENT = "versions", "current"
NAME = re.compile(r"\w[\w.-]{0,79}")
OURS = 0  # the version that is not the shop's: the one that came with the server, or a voice


class OwnRecordings:
    """:param folder: with a folder a language; made when the first recording is kept"""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, language: str, name: str, sound: FloatArray, text: str = "") -> int:
        """
        Callers hear this from now on.

        :param text: that is said, where the prompt is known by it
        :return: its version's number
        :raises PromptError: the name is none, or what was written is not what calls would read
        """
        name = _checked(name)
        self._keep_by_hand(language, name)
        path = self._next_version(language, name)
        _write(path, sound)
        if text:
            self._note(language, name, text)
        self._put(language, name, int(path.stem))
        self._read_back(language, name, sound)
        return int(path.stem)

    def revert(self, language: str, name: str, version: int | None = None) -> int:
        """
        Callers hear an earlier version again.

        :param version: None: the one before that which is heard now; OURS: none of the shop's
        :return: its number
        :raises PromptError: there is no such version, or none before
        """
        name = _checked(name)
        self._keep_by_hand(language, name)
        if version is None and self.current(language, name) == OURS:
            raise PromptError(N_("{name}: no recording of the shop's is heard; there is none before"), name=name)
        wanted = self.before(language, name) if version is None else version
        if wanted == OURS:
            self._remove(language, name)
            return OURS
        if wanted not in self.versions(language, name):
            known = ", ".join(map(str, self.versions(language, name))) or "-"
            raise PromptError(N_("{name}: no version {n}; there are {known}"), name=name, n=wanted, known=known)
        self._put(language, name, wanted)
        return wanted

    def versions(self, language: str, name: str) -> list[int]:
        """The numbers of all that was ever kept."""
        return sorted(int(path.stem) for path in self._versions(language, name).glob("[0-9]*.wav"))

    def current(self, language: str, name: str) -> int:
        """The version that callers hear; OURS if it is none of these."""
        try:
            heard = self._path(language, name).read_bytes()
        except FileNotFoundError:
            return OURS
        kept = self.versions(language, name)[::-1]
        likely = self._marked(language, name)
        in_order = [n for n in kept if n == likely] + kept
        return next((n for n in in_order if self._version(language, name, n).read_bytes() == heard), OURS)

    def before(self, language: str, name: str) -> int:
        """The version before that which callers hear; OURS if there is none."""
        return max(self.current(language, name) - 1, OURS)

    def is_own(self, language: str, name: str) -> bool:
        """Whether callers hear a recording of the shop's, kept here or put into the folder by hand."""
        return self._path(language, name).exists()

    def _keep_by_hand(self, language: str, name: str) -> None:
        """What somebody has copied into the folder is a version too, before it is replaced."""
        path = self._path(language, name)
        if path.exists() and self.current(language, name) == OURS:
            _write_bytes(self._next_version(language, name), path.read_bytes())

    def _read_back(self, language: str, name: str, sound: FloatArray) -> None:
        """As a call will: by name, from the folder."""
        files = PromptFiles(self.folder)
        path = files.recordings[language].get(plain(name))
        if path is None or read_wav(path).size != sound.size:
            raise PromptError(N_("{file}: calls would not hear what was kept"), file=path or self._path(language, name))

    def _note(self, language: str, name: str, text: str) -> None:
        path = self.folder / language / RECORDED
        texts = Catalogue.read(path).names | {name: text}
        lines = [f"{_quoted(one)} = {_quoted(said)}" for one, said in sorted(texts.items())]
        head = "# Written by callserver: the texts that recordings of names and sentences were made for."
        _write_bytes(path, "\n".join([head, "[names]", *lines, ""]).encode())

    def _remove(self, language: str, name: str) -> None:
        path = self._path(language, name)
        if path.exists():
            path.unlink()
            sync(path.parent)

    def _put(self, language: str, name: str, version: int) -> None:
        _write_bytes(self._path(language, name), self._version(language, name, version).read_bytes())
        _write_bytes(self._versions(language, name) / CURRENT, str(version).encode())

    def _marked(self, language: str, name: str) -> int:
        try:
            return int((self._versions(language, name) / CURRENT).read_text("ascii"))
        except (OSError, ValueError):
            return OURS

    def _path(self, language: str, name: str) -> Path:
        """Where it lies, or is to; somebody may have written its name otherwise."""
        there = PromptFiles(self.folder).recordings.get(language, {}).get(plain(name))
        return there or self.folder / language / f"{plain(name)}.wav"

    def _versions(self, language: str, name: str) -> Path:
        return self.folder / VERSIONS / language / plain(name)

    def _version(self, language: str, name: str, n: int) -> Path:
        return self._versions(language, name) / f"{n:04}.wav"

    def _next_version(self, language: str, name: str) -> Path:
        return self._version(language, name, max(self.versions(language, name), default=0) + 1)


def _checked(name: str) -> str:
    if not NAME.fullmatch(plain(name)):
        raise PromptError(N_("{name} is no name of a prompt"), name=repr(name[:80]))
    return plain(name)


def _quoted(text: str) -> str:
    """As TOML has it: JSON's quotes, but without its halves of characters beyond 16 bits."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, sound: FloatArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part(path)
    write_wav(part, sound)
    _into_place(part, path)


def _write_bytes(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part(path)
    part.write_bytes(data)
    _into_place(part, path)


def _part(path: Path) -> Path:
    """Nobody takes it for a recording: what begins with a dot is left out."""
    return path.with_name(f".{path.name}.part")


def _into_place(part: Path, path: Path) -> None:
    """On disk under its name, or not at all."""
    sync(part)
    part.replace(path)
    sync(path.parent)
