"""Texts that people enter are said beforehand, so that nobody in a call waits for a voice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from callserver.dsp.frames import FloatArray
from callserver.ivr.known_text import KnownText
from callserver.ivr.prompts import CATALOGUE, FOLDER, Catalogue, Prompts
from callserver.media.speech import NATURAL, SYNTHETIC, SpeechError, kept_file, readable
from callserver.wire.catalogue import LANGUAGES

log = Logger()

LOOK_S = 20.0

Text = tuple[str, str]  # language, and what is said, readable


class Natural(Protocol):
    """The natural voice, if it is installed."""

    def is_installed(self) -> bool: ...
    def say(self, language: str, text: str, pronunciations: Mapping[str, str]) -> Deferred[None]:
        """Fires when its file is there."""

    def rest(self) -> None:
        """Nothing is left to say."""

    async def stop(self) -> None:
        """For good."""


class Synthetic(Protocol):
    """The synthesiser that is always there."""

    def say(self, language: str, text: str) -> Deferred[FloatArray]:
        """Fires when its file is there."""


class NewTexts(Service):
    """
    Every 20 seconds the texts of database and menus are looked at; one that nobody has recorded or said is said.

    One at a time, by the natural voice where it is installed, else by the synthesiser; by it also what the natural
    voice has no words for. A text that neither can say is not tried again before the next start. Each round ends
    before the next begins; a stop ends the round after the text it is at.

    :param known_texts: what is said in calls and known before
    :param folder: keeps what was said
    """

    def __init__(
        self,
        clock: IReactorTime,
        in_thread: Callable[..., Deferred[Any]],
        known_texts: Callable[[], Deferred[list[KnownText]]],
        prompts: Prompts,
        natural: Natural,
        synthetic: Synthetic,
        folder: Path,
    ) -> None:
        self._in_thread, self._known_texts, self._prompts = in_thread, known_texts, prompts
        self._natural, self._synthetic, self._folder = natural, synthetic, folder
        self._given_up: set[tuple[str, Text]] = set()  # by voice
        self._looking = LoopingCall(self._look)
        self._looking.clock = clock

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._looking.start(LOOK_S, now=False).addErrback(lambda failure: log.failure("no new texts", failure))

    def stopService(self) -> Deferred[None]:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._looking.running:
            self._looking.stop()
        return Deferred.fromCoroutine(self._natural.stop())

    async def _look(self) -> None:
        try:
            texts = await self._known_texts()
            missing: list[Text] = await self._in_thread(self._missing, texts)
            if missing:
                pronunciations = await self._in_thread(_pronunciations)
                for text in missing:
                    await self._say(text, pronunciations)
                self._natural.rest()
        except Exception:  # the database does not answer: at the next look
            log.failure("new texts could not be looked at")

    def _missing(self, texts: Sequence[KnownText]) -> list[Text]:
        """In a thread: there may be thousands."""
        voice = NATURAL if self._natural.is_installed() else SYNTHETIC
        wanted = {(one.language, readable(one.text)): None for one in texts}
        return [
            text
            for text in wanted
            if any(sign.isalnum() for sign in text[1])
            and self._prompts.named(*text) is None
            and not kept_file(self._folder, voice, *text).exists()
            and (voice, text) not in self._given_up
        ]

    async def _say(self, text: Text, pronunciations: Mapping[str, Mapping[str, str]]) -> None:
        if not self.running:
            return
        if self._natural.is_installed():
            try:
                await self._natural.say(*text, pronunciations[text[0]])
            except SpeechError as problem:
                self._give_up(NATURAL, text, problem)
            else:
                return
        try:
            await self._synthetic.say(*text)
        except SpeechError as problem:
            self._give_up(SYNTHETIC, text, problem)

    def _give_up(self, voice: str, text: Text, problem: SpeechError) -> None:
        if self.running:  # else it was the stop
            self._given_up.add((voice, text))
            log.warn("{voice} cannot say {text}: {problem}", voice=voice, text=repr(text[1]), problem=problem)


def _pronunciations() -> dict[str, dict[str, str]]:
    """Of words that the natural voice reads wrong or not at all."""
    return {language: Catalogue.read(FOLDER / language / CATALOGUE).pronunciations for language in LANGUAGES}
