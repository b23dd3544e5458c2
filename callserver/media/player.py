"""What is played into one leg's ear: prompts once, and music round and round when there is no prompt."""

from collections.abc import Sequence

import numpy as np
from twisted.internet.defer import Deferred, succeed

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray

_NOTHING: FloatArray = np.zeros(0, np.float32)


class Player:
    """
    A leg's two sound sources; `fill` is called once a tick while `active`.

    `active`: there is something to fill, or a moment ago there was.
    `fresh`: what comes next does not go on from the block before: it begins, or is a stop. Taken back by who fills.
    """

    def __init__(self) -> None:
        self.active = self.fresh = False
        self._prompt: FloatArray | None = None
        self._prompt_at = 0
        self._done: Deferred[bool] | None = None
        self._music: FloatArray = _NOTHING
        self._music_at = 0
        self._music_on = False

    def play(self, sounds: Sequence[FloatArray]) -> Deferred[bool]:
        """Play sounds without a gap between them, instead of what was being played."""
        if not sum(sound.size for sound in sounds):
            self.stop()
            return succeed(True)
        done = Deferred[bool](self._cancelled)
        self._replace(np.concatenate(sounds), done)
        return done

    def stop(self) -> None:
        """End the prompts, not the music."""
        self._replace(None, None)

    def music(self, samples: FloatArray | None) -> None:
        """Start music, or stop it with None; the same piece goes on where it was stopped."""
        self._music_on = samples is not None and samples.size > 0
        if samples is not None and samples is not self._music:
            self._music, self._music_at = samples, 0
        self._turn()

    def fill(self, prompt: FloatArray, music: FloatArray) -> Deferred[bool] | None:
        """
        The next 20 ms.

        :param prompt, music: shape (160,), zeros, written to; music waits while a prompt plays
        :return: who is to be told True, if the prompts end in this block
        """
        if self._prompt is None:
            self.active = self._music_on
            if self._music_on:
                self._fill_music(music)
            return None
        part = self._prompt[self._prompt_at : self._prompt_at + BLOCK_SAMPLES]
        prompt[: part.size] = part
        self._prompt_at += BLOCK_SAMPLES
        if self._prompt_at < self._prompt.size:
            return None
        done, self._prompt, self._done = self._done, None, None
        self._turn()
        return done

    def _fill_music(self, music: FloatArray) -> None:
        end = self._music_at + BLOCK_SAMPLES
        if end <= self._music.size:
            music[:] = self._music[self._music_at : end]
        else:
            music[:] = self._music.take(np.arange(self._music_at, end), mode="wrap")
        self._music_at = end % self._music.size

    def _replace(self, prompt: FloatArray | None, done: Deferred[bool] | None) -> None:
        previous, self._done = self._done, done
        if prompt is not None or self._prompt is not None:
            self._turn()
        self._prompt, self._prompt_at = prompt, 0
        if previous:
            previous.callback(False)  # last: it may play something of its own

    def _cancelled(self, done: Deferred[bool]) -> None:
        if done is self._done:
            self._prompt = self._done = None
            self._turn()

    def _turn(self) -> None:
        self.active = self.fresh = True
