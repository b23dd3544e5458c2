"""Texts said beforehand by the natural voice, one after the other, in a child that ends when nothing is left to say."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, DeferredLock

from callserver.media import kokoro
from callserver.media.speech import NATURAL, TEXT_MAX, SpeechChild, SpeechError, kept_file, readable

COMMAND = (sys.executable, "-m", "callserver.media.natural_child")
PATIENCE_S = 300.0  # for one text, on a machine that has better to do


class NaturalVoice:
    """
    :param folder: keeps what was said, where `Speech` looks first
    :param command: runs `natural_child`
    :param is_installed: whether there is such a voice here
    """

    def __init__(
        self,
        reactor: Any,
        folder: Path,
        command: Sequence[str] = COMMAND,
        is_installed: Callable[[], bool] = kokoro.is_installed,
    ) -> None:
        self._reactor, self._folder, self._command = reactor, folder, command
        self.is_installed = is_installed
        self._turn = DeferredLock()
        self._child: SpeechChild | None = None  # that has the next text
        self._alive: set[SpeechChild] = set()  # it, and those that are ending
        self._stopped = False

    def say(self, language: str, text: str, pronunciations: Mapping[str, str]) -> Deferred[None]:
        """Fires when the text's file is there; fails with SpeechError."""
        said = readable(text)[:TEXT_MAX]
        path = kept_file(self._folder, NATURAL, language, said)
        job = {"language": language, "text": said, "path": str(path), "pronunciations": dict(pronunciations)}
        done: Deferred[None] = self._turn.run(self._do, job)
        return done

    def rest(self) -> None:
        """Nothing is left to say: the child gives its memory back."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()

    async def stop(self) -> None:
        """For good; what is not said fails."""
        self._stopped = True
        for child in tuple(self._alive):
            child.kill()
            await child.ended

    def _do(self, job: dict[str, Any]) -> Deferred[None]:
        return self._living().do(job)

    def _living(self) -> SpeechChild:
        if self._stopped:
            raise SpeechError("the natural voice is stopped")
        if self._child is None:
            child = SpeechChild(self._reactor, self._gone, PATIENCE_S)
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
            try:
                self._reactor.spawnProcess(child, self._command[0], list(self._command), env=environment)
            except OSError as problem:  # out of processes, memory or file descriptors
                raise SpeechError(f"no voice can be started: {problem}") from problem
            self._child = child
            self._alive.add(child)
        return self._child

    def _gone(self, child: SpeechChild) -> None:
        self._alive.discard(child)
        if self._child is child:
            self._child = None
