"""Every prompt there is to be heard or recorded, with its number on the list, and whose voice says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from callserver.ivr.known_text import KnownText
from callserver.ivr.own_recordings import OwnRecordings
from callserver.ivr.prompt_files import PromptFiles, plain
from callserver.ivr.prompts import CATALOGUE, RECORDED, Catalogue
from callserver.media.speech import readable
from callserver.wire.catalogue import LANGUAGES, N_


class Said(Enum):
    """By whom; the values are shown."""

    SHOP = N_("the shop's recording")
    OURS = N_("recorded")
    NATURAL = N_("natural voice")
    SYNTHETIC = N_("synthetic")
    CHANGED = N_("text changed since it was recorded")


@dataclass(frozen=True)
class Listed:
    """
    One prompt in one language.

    :param number: on the list, the same in every language
    :param path: where its sound lies; None: there is none yet
    :param is_known_text: it is known by its text
    """

    number: int
    name: str
    language: str
    text: str
    said: Said
    path: Path | None
    is_known_text: bool


class PromptList:
    """
    Sentences first, then names of goods and sentences of menus, then the pieces of numbers; each group by name.

    So a number stays the same while nothing is added before it.

    :param folders: as of `Prompts`, the shop's own first
    :param texts: known from database and menus
    :param natural: where the natural voice has put a text, if it has
    """

    def __init__(
        self,
        folders: Sequence[Path],
        texts: Iterable[KnownText],
        natural: Callable[[str, str], Path | None],
    ) -> None:
        self._own, self._natural = OwnRecordings(folders[0]), natural
        self._files = [PromptFiles(folder) for folder in folders]
        self._texts = {(one.name, one.language): one.text for one in texts}
        catalogues = {language: self._catalogue(language) for language in LANGUAGES}
        self._named = {
            language: {readable(text): plain(name) for one in found for name, text in one.names.items()}
            for language, found in catalogues.items()
        }
        self._sections: Mapping[str, Mapping[tuple[str, str], str]] = {
            section: {
                (plain(name), language): text
                for language, found in catalogues.items()
                for one in found
                for name, text in getattr(one, section).items()
            }
            for section in ("sentences", "names", "pieces", "digits")
        }

    def all(self, *, with_pieces: bool = True) -> list[Listed]:
        """The whole list, by number; `with_pieces`: also those of numbers, dates and digits."""
        recorded_texts = {key for key in self._sections["names"] if key in self._texts}
        names = {key: text for key, text in self._sections["names"].items() if key not in recorded_texts}
        groups = [self._sections["sentences"], names | self._texts]
        if with_pieces:
            groups += [self._sections["pieces"], self._sections["digits"]]
        found: list[Listed] = []
        number = 0
        for group in groups:
            for name in sorted({name for name, _ in group}):
                number += 1
                found += [
                    self._listed(number, name, language, group[name, language])
                    for language in LANGUAGES
                    if (name, language) in group
                ]
        return found

    def find(self, wanted: str) -> list[Listed]:
        """By name, or by number of the list; in every language that it has."""
        return [one for one in self.all() if plain(wanted) in (one.name, str(one.number))]

    def _listed(self, number: int, name: str, language: str, text: str) -> Listed:
        known = (name, language) in self._texts
        if not known or self._named[language].get(readable(text)) == name:
            path = self._recording(language, name)
            if path is not None:
                said = Said.SHOP if self._own.is_own(language, name) else Said.OURS
                return Listed(number, name, language, text, said, path, known)
        other = self._recording(language, self._named[language].get(readable(text), ""))
        if other is not None:
            said = Said.SHOP if self._own.folder in other.parents else Said.OURS
            return Listed(number, name, language, text, said, other, known)
        changed = known and self._own.is_own(language, name)
        natural = self._natural(language, text)
        said = Said.CHANGED if changed else Said.NATURAL if natural else Said.SYNTHETIC
        return Listed(number, name, language, text, said, natural, known)

    def _recording(self, language: str, name: str) -> Path | None:
        found = (files.recordings[language].get(plain(name)) for files in self._files)
        return next((path for path in found if path is not None), None)

    def _catalogue(self, language: str) -> list[Catalogue]:
        """Ours first: of one name the shop's own words count."""
        found: list[Catalogue] = []
        for files in reversed(self._files):
            folder = files.languages.get(language, files.folder)
            found.append(Catalogue.read(folder / CATALOGUE))
            found.append(Catalogue.read(folder / RECORDED).of(files.recordings[language]))
        return found
