"""Names and free text, spoken: recorded if somebody has recorded them, else by the synthesiser, once."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar
from unicodedata import category, normalize

from twisted.internet.defer import Deferred, DeferredSemaphore
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.interfaces import IProcessTransport
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.dsp.frames import FloatArray
from callserver.dsp.sound.files import SoundFileError, read_wav

log = Logger()

T = TypeVar("T")

CHILDREN = 2
PATIENCE_S = 15.0
TEXT_MAX = 500
COMMAND = (sys.executable, "-m", "callserver.media.speech_child")
SYNTHETIC, NATURAL = "espeak 130", "kokoro"  # part of a kept file's name: another voice makes another file


class SpeechError(Exception):
    """A text that cannot be spoken now; say the rest without it."""


class RecordedNames(Protocol):
    """Names that were recorded beforehand (callserver.ivr.prompts.Prompts)."""

    def named(self, language: str, text: str) -> FloatArray | None:
        """Its recording, shape (n,), 8 kHz; the text is `readable`."""


def readable(text: str) -> str:
    """
    A text as a voice reads it: full-width signs plain, one blank between words.

    Without what has no sound: control signs, pictures, strayed accents.
    """
    return " ".join("".join(sign for sign in normalize("NFKC", text) if sign.isspace() or _has_sound(sign)).split())


def natural_file(folder: Path, language: str, text: str) -> Path | None:
    """Where a text is kept as the natural voice says it; None, if it has not said it yet."""
    path = kept_file(folder, NATURAL, language, readable(text)[:TEXT_MAX])
    return path if path.exists() else None


def kept_file(folder: Path, voice: str, language: str, text: str) -> Path:
    """Where a readable text is kept as a voice says it."""
    name = sha256(f"{voice} {language} {text}".encode("utf-8", "replace")).hexdigest()[:32]
    return folder / f"{name}.wav"


def _has_sound(sign: str) -> bool:
    return category(sign)[0] not in "CM" and category(sign) not in ("So", "Sk")


class Speech:
    """
    :param folder: keeps what was synthesised
    :param command: runs `speech_child`; started at the first text that needs it, at most two at once
    """

    def __init__(self, reactor: Any, recorded: RecordedNames, folder: Path, command: Sequence[str] = COMMAND) -> None:
        self._reactor, self._recorded, self._folder, self._command = reactor, recorded, folder, command
        self._turns = DeferredSemaphore(CHILDREN)
        self._idle: list[SpeechChild] = []
        self._children: set[SpeechChild] = set()
        self._waiting: dict[Path, list[Deferred[None]]] = {}  # for files that are being made
        self._stopped = False

    def say(self, language: str, text: str) -> Deferred[FloatArray]:
        """The sound of a text, shape (n,), 8 kHz; fails with SpeechError."""
        return Deferred.fromCoroutine(self._say(language, self._readable(text)))

    def stop(self) -> Deferred[None]:
        """End the children, for good: what is not said yet fails; fires when they are gone."""
        return Deferred.fromCoroutine(self._stop())

    def _readable(self, text: str) -> str:
        said = readable(text)
        if lost := {sign for sign in normalize("NFKC", text) if not sign.isspace()} - set(said):
            log.warn("{signs} of {text} cannot be spoken: left out", signs=repr("".join(sorted(lost))), text=repr(text))
        return said[:TEXT_MAX]

    async def _say(self, language: str, text: str) -> FloatArray:
        if not any(sign.isalnum() for sign in text):
            raise SpeechError(f"nothing to say in {text!r}")
        recorded = self._recorded.named(language, text)
        if recorded is not None:
            return recorded
        with suppress(SoundFileError):  # not said in the background, or damaged
            return await self._read(kept_file(self._folder, NATURAL, language, text))
        path = kept_file(self._folder, SYNTHETIC, language, text)
        try:
            return await self._read(path)
        except SoundFileError:  # not said yet, or damaged
            await self._file(path, {"language": language, "text": text, "path": str(path)})
        try:
            return await self._read(path)
        except SoundFileError as problem:
            raise SpeechError(str(problem)) from problem

    def _read(self, path: Path) -> Deferred[FloatArray]:
        sound: Deferred[FloatArray] = deferToThreadPool(self._reactor, self._reactor.getThreadPool(), read_wav, path)
        return sound

    def _file(self, path: Path, job: dict[str, str]) -> Deferred[None]:
        """Fires when the file is there. It is made once for all who wait, and also if they hang up meanwhile."""
        there: Deferred[None] = Deferred()
        if path in self._waiting:
            self._waiting[path].append(there)
        else:
            self._waiting[path] = [there]
            self._turns.run(self._synthesise, job).addBoth(self._tell, path)
        return there

    def _tell(self, result: Failure | None, path: Path) -> None:
        for there in self._waiting.pop(path):
            there.callback(result)  # a Failure makes it fail

    async def _synthesise(self, job: dict[str, str]) -> None:
        child = self._idle.pop() if self._idle else self._new_child()
        try:
            await child.do(job)
        finally:
            if child.alive:
                self._idle.append(child)

    def _new_child(self) -> "SpeechChild":
        if self._stopped:
            raise SpeechError("the synthesiser is stopped")
        child = SpeechChild(self._reactor, self._gone)
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        try:
            self._reactor.spawnProcess(child, self._command[0], list(self._command), env=environment)
        except OSError as problem:  # out of processes, memory or file descriptors
            raise SpeechError(f"no synthesiser can be started: {problem}") from problem
        self._children.add(child)
        return child

    def _gone(self, child: "SpeechChild") -> None:
        self._children.discard(child)
        if child in self._idle:
            self._idle.remove(child)

    async def _stop(self) -> None:
        self._stopped = True
        children = tuple(self._children)
        for child in children:
            child.kill()
        for child in children:
            await child.ended


class SpeechChild(ProcessProtocol):
    """One child; one text at a time."""

    transport: IProcessTransport

    def __init__(self, reactor: Any, on_gone: "Callable[[SpeechChild], None]", patience_s: float = PATIENCE_S) -> None:
        self.ended: Deferred[None] = Deferred()
        self.alive = True  # and may be given the next text
        self._reactor, self._on_gone, self._patience_s = reactor, on_gone, patience_s
        self._answer: Deferred[None] | None = None
        self._text = b""

    def do(self, job: Mapping[str, Any]) -> Deferred[None]:
        """Fires when the file is there; fails with SpeechError."""
        answer: Deferred[None] = Deferred()
        self._answer = answer
        self.transport.write(json.dumps(job).encode() + b"\n")
        patience = self._reactor.callLater(self._patience_s, self._give_up)

        def over(result: T) -> T:
            if patience.active():
                patience.cancel()
            return result

        return answer.addBoth(over)

    def kill(self) -> None:
        """At once; harmless when it is gone."""
        self.alive = False
        with suppress(ProcessExitedAlready):
            self.transport.signalProcess("KILL")

    def outReceived(self, data: bytes) -> None:
        self._text += data
        line, newline, rest = self._text.partition(b"\n")
        if newline:
            self._text = rest
            problem = json.loads(line)["problem"]
            self._fire(SpeechError(problem) if problem else None)

    def processEnded(self, reason: Failure) -> None:
        self.alive = False
        self._on_gone(self)
        self._fire(SpeechError("the synthesiser has ended"))
        self.ended.callback(None)

    def _give_up(self) -> None:
        self.kill()
        self._fire(SpeechError(f"the synthesiser said nothing for {self._patience_s:g} s"))

    def _fire(self, problem: SpeechError | None) -> None:
        answer, self._answer = self._answer, None
        if answer is None:
            return
        if problem is None:
            answer.callback(None)
        else:
            answer.errback(problem)
