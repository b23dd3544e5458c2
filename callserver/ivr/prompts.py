"""The recorded prompts: what a menu calls by name, and the names of things that were recorded beforehand."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from twisted.logger import Logger

from callserver.dsp.frames import FloatArray
from callserver.ivr.prompt_files import PromptError, PromptFiles, plain
from callserver.media.speech import readable
from callserver.wire.catalogue import LANGUAGES

log = Logger()

CATALOGUE = "catalogue.toml"
RECORDED = "recorded.toml"  # beside it: the texts that the shop's recordings were made for (own_recordings)
SECTIONS = ("sentences", "pieces", "digits", "names")
FOLDER = Path(__file__).parents[2] / "voice-prompts"


def recorded(folders: Sequence[Path]) -> set[str]:
    """The names of all recordings there are, of any language; quick, for none is read."""
    found = (PromptFiles(folder).recordings for folder in folders)
    return {name for languages in found for names in languages.values() for name in names}


@dataclass(frozen=True)
class Catalogue:
    """What is said in one language: name -> text, by section."""

    sentences: dict[str, str] = field(default_factory=dict)
    pieces: dict[str, str] = field(default_factory=dict)  # of numbers, dates and money, said without a pause
    digits: dict[str, str] = field(default_factory=dict)  # of order, tracking and telephone numbers, said one by one
    names: dict[str, str] = field(default_factory=dict)  # found by their text
    pronunciations: dict[str, str] = field(default_factory=dict)  # for the build tool

    @property
    def texts(self) -> dict[str, str]:
        """All prompts of all sections."""
        return self.sentences | self.pieces | self.digits | self.names

    def of(self, recordings: Collection[str]) -> Catalogue:
        """Names with a recording: one that was taken back leaves its text, for it may come again."""
        return replace(self, names={name: text for name, text in self.names.items() if plain(name) in recordings})

    @classmethod
    def read(cls, path: Path) -> Catalogue:
        """
        Read one catalogue.

        :raises PromptError: not TOML, or with a section there is not; a missing file is an empty catalogue
        """
        if not path.exists():
            return cls()
        try:
            content = tomllib.loads(path.read_text("utf-8-sig"))
            return cls(**_texts_only(path, content))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise PromptError("{file}: {problem}", file=path, problem=error) from error
        except TypeError as error:
            known = ", ".join((*SECTIONS, "pronunciations"))
            raise PromptError(
                "{file}: sections are {known}, not {found}", file=path, known=known, found=", ".join(content)
            ) from error


Known = Mapping[tuple[Path, int, int], FloatArray]


class Prompts:
    """
    All prompts of all languages, in memory.

    :param folders: searched in order, the shop's own first; each with a folder a language: NAME.wav, catalogue.toml
    `problems`: what cannot be heard, or not as it was meant; `unknown`: the shop's own recordings whose name no
    catalogue has, which only a menu of its own can play. What is broken in one folder is heard from the next.
    """

    def __init__(self, folders: Sequence[Path] = (FOLDER,)) -> None:
        self._folders = folders
        self._sounds: dict[str, dict[str, FloatArray]] = {}
        self._texts: dict[str, dict[str, str]] = {}
        self._named: dict[str, dict[str, str]] = {}  # language -> text -> name
        self._sentences: set[str] = set()
        self.problems: list[PromptError] = []
        self.unknown: list[Path] = []
        self.music: FloatArray | None = None  # heard on hold and in the queue, round and round
        self._read: dict[tuple[Path, int, int], FloatArray] = {}  # by file, with its time and size

    def load(self, before: Prompts | None = None) -> None:
        """
        Read everything; takes some 100 ms, so in a thread when the reactor runs already.

        :param before: what was read before; files that have not changed since are not read again
        """
        known = dict(before._read) if before is not None else {}
        files = [PromptFiles(folder) for folder in self._folders]
        for language in LANGUAGES:
            self._load_language(language, files, known)
        self._lend_missing()
        music = (one.read(one.music) for one in files if one.music)
        self.music = next((sound for sound in music if sound is not None), None)
        self.problems += [problem for one in files for problem in one.problems]
        if self.music is None:
            file = self._folders[-1] / "music.wav"
            self.problems.append(PromptError("{file} is missing: run bin/render-prompts", file=file))

    @property
    def names(self) -> set[str]:
        """Every prompt's, of all languages."""
        return {name for texts in self._texts.values() for name in texts}

    def become(self, other: Prompts) -> None:
        """Be what another, which is loaded, is: all who hold this one have new recordings."""
        vars(self).update(vars(other))

    def sounds(self, language: str, *names: str) -> list[FloatArray]:
        """
        The recordings of prompts, in order.

        :return: each of shape (n,), 8 kHz, not to be written to
        :raises PromptError: no such prompt
        """
        known = self._sounds[language]
        wanted = [plain(name) for name in names]
        for name in wanted:
            if name not in known:
                raise PromptError(
                    "no prompt {name}: it is in no catalogue and no {file} is there",
                    name=repr(name),
                    file=f"{language}/{name}.wav",
                )
        return [known[name] for name in wanted]

    def named(self, language: str, text: str) -> FloatArray | None:
        """The recording of a name by its text ("龙井绿茶"), if there is one in this very language."""
        name = self._named[language].get(readable(text))
        return self._sounds[language][name] if name else None

    def text(self, language: str, name: str) -> str:
        """What a prompt says, for people who read along; the name itself where nobody wrote it down."""
        return self._texts[language].get(plain(name), name)

    def is_sentence(self, name: str) -> bool:
        """Whether a prompt is one, and no piece of a number and no name."""
        return plain(name) in self._sentences

    def _load_language(self, language: str, files: Sequence[PromptFiles], known: Known) -> None:
        sounds: dict[str, FloatArray] = {}
        texts: dict[str, str] = {}
        named: dict[str, str] = {}
        for folder in reversed(files):
            for file in (CATALOGUE, RECORDED):
                catalogue = self._catalogue(folder.languages.get(language, folder.folder) / file)
                if file == RECORDED:
                    catalogue = catalogue.of(folder.recordings[language])
                texts |= {plain(name): text for name, text in catalogue.texts.items()}
                self._sentences |= set(map(plain, catalogue.sentences))
                named |= {readable(text): plain(name) for name, text in catalogue.names.items()}
            for name, path in folder.recordings[language].items():
                sound = self._sound(folder, path, known)
                if sound is not None:
                    sounds[name] = sound
                    self.unknown += [] if name in texts else [path]
        self._texts[language], self._named[language], self._sounds[language] = texts, named, sounds

    def _sound(self, folder: PromptFiles, path: Path, known: Known) -> FloatArray | None:
        try:
            stat = path.stat()
        except OSError:  # taken away at this moment: told as any file that cannot be read
            return folder.read(path)
        key = path, stat.st_mtime_ns, stat.st_size
        sound = known[key] if key in known else folder.read(path)
        if sound is not None:
            self._read[key] = sound
        return sound

    def _catalogue(self, path: Path) -> Catalogue:
        try:
            return Catalogue.read(path)
        except PromptError as problem:
            self.problems.append(problem)
            return Catalogue()

    def _lend_missing(self) -> None:
        """A prompt that is recorded in one language only is heard in that one by everybody."""
        for language in LANGUAGES:
            own = self._sounds[language]
            lent = {
                name: sound for other in LANGUAGES for name, sound in self._sounds[other].items() if name not in own
            }
            lent = {name: sound for name, sound in lent.items() if name in self._texts[language]}
            silent = self._texts[language].keys() - own.keys() - lent.keys()
            if silent:
                details = {"names": _some(silent), "language": language}
                self.problems.append(
                    PromptError("no recording of {names} in {language}: run bin/render-prompts", **details)
                )
            if lent:
                log.warn(
                    "no {language} recording of {names}: the other language is heard",
                    language=language,
                    names=_some(lent),
                )
            own.update(lent)
            silenced = lent.keys() | silent
            named = self._named[language].items()
            self._named[language] = {text: name for text, name in named if name not in silenced}


def _texts_only(path: Path, content: dict[str, Any]) -> dict[str, dict[str, str]]:
    """
    What was read, if it is what a catalogue holds.

    :raises PromptError: a text is none, as in `open = 9`
    """
    for section, texts in content.items():
        for name, text in texts.items() if isinstance(texts, dict) else [(section, texts)]:
            if not isinstance(text, str) or not isinstance(texts, dict):
                raise PromptError("{file}: {name}: needs a [section] and a text in quotes", file=path, name=name)
    return content


def _some(names: Iterable[str]) -> str:
    first, *rest = sorted(names)
    return ", ".join([first, *rest[:4]]) + (f" (+{len(rest) - 4})" if len(rest) > 4 else "")
