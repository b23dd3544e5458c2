"""The recorded prompts: what a menu calls by name, and the names of things that were recorded beforehand."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from twisted.logger import Logger

from callserver.dsp.frames import FloatArray
from callserver.dsp.sound.files import SoundFileError, read_wav
from callserver.wire.catalogue import Complaint

log = Logger()

LANGUAGES = ("zh", "en")
CATALOGUE = "catalogue.toml"
SECTIONS = ("sentences", "pieces", "names")
FOLDER = Path(__file__).parents[2] / "voice-prompts"


class PromptError(Complaint):
    """A prompt cannot be used; the text names it and says what to do."""


@dataclass(frozen=True)
class Catalogue:
    """What is said in one language: name -> text, by section."""

    sentences: dict[str, str] = field(default_factory=dict)
    pieces: dict[str, str] = field(default_factory=dict)  # of numbers, dates and money, said without a pause
    names: dict[str, str] = field(default_factory=dict)  # found by their text
    pronunciations: dict[str, str] = field(default_factory=dict)  # for the build tool

    @property
    def texts(self) -> dict[str, str]:
        """All prompts of all sections."""
        return self.sentences | self.pieces | self.names

    @classmethod
    def read(cls, path: Path) -> "Catalogue":
        """
        Read one catalogue.

        :raises PromptError: not TOML, or with a section there is not; a missing file is an empty catalogue
        """
        if not path.exists():
            return cls()
        try:
            content = tomllib.loads(path.read_text("utf-8-sig"))
            return cls(**content)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise PromptError("{file}: {problem}", file=path, problem=error) from error
        except TypeError as error:
            known = ", ".join((*SECTIONS, "pronunciations"))
            raise PromptError(
                "{file}: sections are {known}, not {found}", file=path, known=known, found=", ".join(content)
            ) from error


class Prompts:
    """
    All prompts of all languages, in memory.

    :param folders: searched in order, the shop's own first; each with a folder a language: NAME.wav, catalogue.toml
    """

    def __init__(self, folders: Sequence[Path] = (FOLDER,)) -> None:
        self._folders = folders
        self._sounds: dict[str, dict[str, FloatArray]] = {}
        self._texts: dict[str, dict[str, str]] = {}
        self._named: dict[str, dict[str, str]] = {}  # language -> text -> name
        self.music: FloatArray | None = None  # heard on hold and in the queue, round and round

    def load(self) -> None:
        """
        Read everything; takes some 100 ms, so in a thread when the reactor runs already.

        :raises PromptError: a file that cannot be read, or no recording in any language for a catalogue's name
        """
        for language in LANGUAGES:
            self._load_language(language)
        self._lend_missing()
        music = [folder / "music.wav" for folder in self._folders if (folder / "music.wav").exists()]
        self.music = _read(music[0]) if music else None

    def sounds(self, language: str, *names: str) -> list[FloatArray]:
        """
        The recordings of prompts, in order.

        :return: each of shape (n,), 8 kHz, not to be written to
        :raises PromptError: no such prompt
        """
        known = self._sounds[language]
        for name in names:
            if name not in known:
                raise PromptError(
                    "no prompt {name}: it is in no catalogue and no {file} is there",
                    name=repr(name),
                    file=f"{language}/{name}.wav",
                )
        return [known[name] for name in names]

    def named(self, language: str, text: str) -> FloatArray | None:
        """The recording of a name by its text ("龙井绿茶"), if there is one in this very language."""
        name = self._named[language].get(text)
        return self._sounds[language][name] if name else None

    def text(self, language: str, name: str) -> str:
        """What a prompt says, for people who read along; the name itself where nobody wrote it down."""
        return self._texts[language].get(name, name)

    def _load_language(self, language: str) -> None:
        files: dict[str, Path] = {}
        texts: dict[str, str] = {}
        named: dict[str, str] = {}
        for folder in reversed(self._folders):
            catalogue = Catalogue.read(folder / language / CATALOGUE)
            files |= {path.stem: path for path in (folder / language).glob("*.wav")}
            texts |= catalogue.texts
            named |= {text: name for name, text in catalogue.names.items()}
        self._texts[language], self._named[language] = texts, named
        self._sounds[language] = {name: _read(path) for name, path in files.items()}

    def _lend_missing(self) -> None:
        """A prompt that is recorded in one language only is heard in that one by everybody."""
        for language in LANGUAGES:
            own = self._sounds[language]
            lent = {
                name: sound for other in LANGUAGES for name, sound in self._sounds[other].items() if name not in own
            }
            lent = {name: sound for name, sound in lent.items() if name in self._texts[language]}
            if silent := self._texts[language].keys() - own.keys() - lent.keys():
                raise PromptError(
                    "no recording of {names} in {language}: run bin/render-prompts",
                    names=_some(silent),
                    language=language,
                )
            if lent:
                log.warn(
                    "no {language} recording of {names}: the other language is heard",
                    language=language,
                    names=_some(lent),
                )
            own.update(lent)
            self._named[language] = {text: name for text, name in self._named[language].items() if name not in lent}


def _read(path: Path) -> FloatArray:
    try:
        sound = read_wav(path)
    except SoundFileError as error:
        raise PromptError(
            "{problem}; record it again, or delete it and run bin/render-prompts", problem=error
        ) from error
    sound.flags.writeable = False
    return sound


def _some(names: Iterable[str]) -> str:
    first, *rest = sorted(names)
    return ", ".join([first, *rest[:4]]) + (f" (+{len(rest) - 4})" if len(rest) > 4 else "")
