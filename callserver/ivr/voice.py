"""The server's voice on a call: prompts by name, names and free text by synthesis."""

from collections.abc import Callable, Sequence

import numpy as np
from twisted.internet.defer import TimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.calls.call import Call
from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import FloatArray, amplitude
from callserver.ivr.interfaces import Prompt, Sound, Spoken
from callserver.ivr.prompts import Prompts
from callserver.media.speech import Speech, SpeechError
from callserver.wire.records import Value

log = Logger()

SECRET = "****"  # in place of what was said
LEAD_SAMPLES = 2400  # 300 ms: so much silence a recording may begin with
ONSET_SAMPLES = 120  # 15 ms before the first sign of a word, which begins softly
LOUD = amplitude(-50.0)


def begun(sound: FloatArray) -> FloatArray:
    """A recording, shape (n,), from where its first word begins; what is silent all through stays as it is."""
    first = int(np.argmax(np.abs(sound[:LEAD_SAMPLES]) > LOUD))  # 0 where nothing is
    return sound[max(first - ONSET_SAMPLES, 0) :]


class Voice:
    """Says prompts to callers in their language, and writes down that it did."""

    def __init__(self, prompts: Prompts, speech: Speech, clock: IReactorTime) -> None:
        self._prompts, self._speech, self._clock = prompts, speech, clock

    async def say(
        self,
        call: Call,
        prompts: Sequence[Prompt],
        unless: Callable[[], bool] = lambda: False,
        *,
        secret: bool = False,
        at_once: bool = False,
    ) -> bool:
        """
        Say prompts one after the other without a gap; not at all if `unless` holds when the sounds are there.

        :param secret: it is not written down what was said
        :param at_once: without the silence that the first recording begins with: who pressed a key waits for a sound
        :return: whether all of it was said
        """
        sounds = [sound for prompt in prompts for sound in await self._sounds(call.language, prompt)]
        if call.leg is None or unless():
            return False
        if at_once and sounds:
            sounds[0] = begun(sounds[0])
        names: list[Value] = [SECRET] if secret else [str(prompt) for prompt in prompts]
        call.log(Kind.PROMPT, names=names, language=call.language)
        whole = await call.leg.play(sounds)
        call.log(Kind.PROMPT_END, interrupted=not whole)
        return whole

    async def _sounds(self, language: str, prompt: Prompt) -> Sequence[FloatArray]:
        if isinstance(prompt, Spoken):
            return await self._spoken(prompt.language or language, prompt.text, prompt.patience_s)
        if isinstance(prompt, Sound):
            return [prompt.samples]
        if not isinstance(prompt, str):
            raise TypeError(f"a prompt is a name, Spoken(text) or Sound(samples), not {prompt!r}")
        own_language, _, name = prompt.rpartition("/")
        return self._prompts.sounds(own_language or language, name)

    async def _spoken(self, language: str, text: str, patience_s: float) -> Sequence[FloatArray]:
        try:
            return [await self._speech.say(language, text).addTimeout(patience_s, self._clock)]
        except (SpeechError, TimeoutError) as problem:  # the rest of the sentence is better than none
            log.warn("not spoken: {problem}", problem=problem)
            return []
