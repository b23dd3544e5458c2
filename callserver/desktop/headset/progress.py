"""Whether a stream of sound still moves: when the sound server has died, Qt does not notice."""

import time
from collections.abc import Callable

STUCK_S = 2.5  # a busy computer needs a good part of a second until the first sound is played
STUCK_LOOKS = 5  # a program that itself stood still has not looked


class Progress:
    """
    Of one stream.

    :param stuck: told, each time it is asked, when the stream stands still
    :param seconds: a clock that only goes forward
    """

    def __init__(self, stuck: Callable[[], None], seconds: Callable[[], float] = time.monotonic) -> None:
        self._stuck, self._seconds = stuck, seconds
        self._done, self._looks, self._since_s = -1, 0, 0.0

    def is_stuck(self, done: int) -> bool:
        """
        However often it is asked: a talk looks twice a second, a recording that plays twenty times.

        :param done: how much was played or heard so far, in any unit
        """
        if done != self._done:
            self._done, self._looks, self._since_s = done, 0, self._seconds()
            return False
        self._looks += 1
        is_stuck = self._looks >= STUCK_LOOKS and self._seconds() - self._since_s >= STUCK_S
        if is_stuck:
            self._stuck()
        return is_stuck

    def rest(self) -> None:
        """There is nothing to play: what stands still meanwhile is not stuck."""
        self._done = -1
