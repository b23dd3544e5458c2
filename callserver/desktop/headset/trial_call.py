"""The test call: is the headset fit for customers? Without any server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.echo import CHIRP_S, MOST_LATENCY_S, Echo, chirp_sound, find_echo
from callserver.desktop.headset.headset import LevelShown, nobody_looks
from callserver.desktop.headset.level import SILENT_DB, Level, LevelTracker, level_of
from callserver.desktop.headset.plug import Plug
from callserver.desktop.headset.sound_system import Loudspeaker, Sound, Stream
from callserver.wire.catalogue import N_
from callserver.wire.messages import AUDIO_BLOCK_S, Phrase

SETTLE_S = 0.5
SPEAK_S = 3.0
STEP_BLOCKS = 5  # played back so many at a time, each 100 ms

LISTENING = N_("A short rising tone is played")
SPEAK = N_("Say something for three seconds, as you would to a customer")
REPLAY = N_("This is how you sound")

NO_SOUND = N_("No sound came from the microphone: is it plugged in, switched on, and allowed in the system's settings?")
TOO_LOW = N_("The microphone is too low ({level} dB): turn it up in the system's settings, or bring it nearer")
TOO_LOUD = N_("The microphone is too loud ({level} dB): turn it down in the system's settings")
GOOD = N_("The microphone is good ({level} dB)")
ECHO = N_("The microphone hears the headset ({gain} dB), customers would hear themselves: turn the headset down")
FAINT_ECHO = N_("Hardly any echo ({gain} dB)")
NO_ECHO = N_("No echo")
LATENCY = N_("Sound takes {latency_ms} ms through the headset and back")

LOW_DB, HIGH_DB = -45.0, -1.0  # speech with less power than this, peaks higher than this
ECHO_DB = -30.0  # louder than this disturbs with such delays (ITU-T G.131)


@dataclass(frozen=True)
class TrialResult:
    """What a test call has found."""

    microphone: Level  # of what was said
    echo: Echo | None  # None: none was heard
    sentences: tuple[Phrase, ...]  # for the agent


class TrialCall:
    """
    Plays a chirp on the headset and listens for it, then records three seconds and plays them back.

    :param stage: hears a sentence at each stage: what happens, what to do
    :param done: hears the result at the end; not after `stop`
    """

    def __init__(
        self,
        clock: IReactorTime,
        sound: Sound,
        devices: Devices,
        stage: Callable[[Phrase], None],
        done: Callable[[TrialResult], None],
        levels: LevelShown = nobody_looks,
    ) -> None:
        self._clock, self._stage, self._done, self._levels = clock, stage, done, levels
        self._heard: list[bytes] = []
        self._tracker = LevelTracker()
        self._missing: list[Phrase] = []
        self._ear: Plug[Loudspeaker] = Plug(clock, devices, Use.HEADSET, sound.speak, self._missing.append)
        self._microphone: Plug[Stream] = Plug(
            clock, devices, Use.MICROPHONE, lambda device_id: sound.listen(device_id, self._hear), self._missing.append
        )
        self._story: Deferred[None] | None = None

    @property
    def runs(self) -> bool:
        """Between `start` and the result or `stop`."""
        return self._microphone.is_in

    def start(self) -> None:
        """From the beginning, if it does not run already."""
        if not self.runs:
            self._ear.put_in()
            self._microphone.put_in()
            self._story = Deferred.fromCoroutine(self._run())

    def stop(self) -> None:
        """Not to the end: a call has come, or the agent has seen enough."""
        if self.runs and self._story is not None:
            self._story.cancel()

    async def _run(self) -> None:
        try:
            result = await self._tell()
        except CancelledError:
            return
        finally:
            self._microphone.take_out()
            self._ear.take_out()
            self._levels(Use.MICROPHONE, Level())
        self._done(result)

    async def _tell(self) -> TrialResult:
        self._stage(Phrase(LISTENING))
        await self._record(SETTLE_S)
        self._play(chirp_sound())
        echo = await self._echo(await self._record(CHIRP_S + MOST_LATENCY_S))
        self._stage(Phrase(SPEAK))
        said = await self._record(SPEAK_S)
        self._stage(Phrase(REPLAY))
        for start in range(0, len(said), STEP_BLOCKS):
            self._play(b"".join(said[start : start + STEP_BLOCKS]))
            await self._pause(STEP_BLOCKS * AUDIO_BLOCK_S)
        return self._result(level_of(b"".join(said)), echo)

    async def _record(self, seconds: float) -> list[bytes]:
        self._heard = []
        await self._pause(seconds)
        heard, self._heard = self._heard, []
        return heard

    async def _echo(self, heard: list[bytes]) -> Echo | None:
        for found in find_echo(b"".join(heard)):
            if found is not None:
                return found
            await self._pause(0)  # the window lives on meanwhile
        return None

    def _pause(self, seconds: float) -> Deferred[None]:
        return deferLater(self._clock, seconds, lambda: None)

    def _play(self, data: bytes) -> None:
        if self._ear.stream is not None:
            self._ear.stream.write(data)

    def _hear(self, block: bytes) -> None:
        self._heard.append(block)
        level = self._tracker.add(block)
        if level is not None:
            self._levels(Use.MICROPHONE, level)

    def _result(self, level: Level, echo: Echo | None) -> TrialResult:
        sentences, self._missing[:] = tuple(self._missing), []
        if not sentences:
            sentences = (_of_level(level), *_of_echo(level, echo))
        return TrialResult(level, echo, sentences)


def _of_level(level: Level) -> Phrase:
    if level.peak_db <= SILENT_DB:
        return Phrase(NO_SOUND)
    if level.peak_db >= HIGH_DB:
        return Phrase(TOO_LOUD, {"level": round(level.peak_db)})
    return Phrase(TOO_LOW if level.rms_db < LOW_DB else GOOD, {"level": round(level.rms_db)})


def _of_echo(level: Level, echo: Echo | None) -> tuple[Phrase, ...]:
    if echo is None:
        return () if level.peak_db <= SILENT_DB else (Phrase(NO_ECHO),)
    loud = ECHO if echo.gain_db > ECHO_DB else FAINT_ECHO
    return Phrase(loud, {"gain": round(echo.gain_db)}), Phrase(LATENCY, {"latency_ms": round(echo.after_s * 1000)})
