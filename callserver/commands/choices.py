"""One of a few words that a person types, in his own language or as programs write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from callserver.config import nearest
from callserver.wire.catalogue import LANGUAGES, known
from callserver.wire.terminal import here, person_language
from callserver.wire.typed import typed_text


class State(click.ParamType[str]):
    """
    How far something is.

    :param words: for people, by state, a StrEnum
    """

    name = "state"

    def __init__(self, words: Mapping[Any, str]) -> None:
        self._words = words

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Those that the reader would type."""
        return f"[{'|'.join(self._shown())}]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The state as it is kept."""
        typed = typed_text(value).lower()
        for state, words in self._words.items():
            if typed in (state.value, *(known(language, words).lower() for language in LANGUAGES)):
                return str(state.value)
        return self.fail(here("no state {typed}; {hint}", typed=repr(value), hint=nearest(value, self._shown())))

    def _shown(self) -> list[str]:
        if person_language() == "zh":
            return [known("zh", words) for words in self._words.values()]
        return [state.value for state in self._words]
