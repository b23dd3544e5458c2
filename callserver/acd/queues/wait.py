"""What one waiting caller hears, and the keys he can press, from the beginning of a wait to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from callserver.acd.queues.announcements import Told, Word, due
from callserver.acd.queues.entry import Entry
from callserver.acd.queues.estimate import minutes
from callserver.acd.queues.queue import Queue
from callserver.calls.call import Call
from callserver.calls.stages import Stage

log = Logger()

PLEASE_WAIT, COMFORT = "please-wait-for-person", "all-busy-please-wait"
NEXT, PLACE_IS = "you-are-next", "your-place-in-queue-is"
ESTIMATE_IS = "wait-is-about"
CALL_BACK_BY = "to-be-called-back-press"
LAST_WORDS_S = 60.0  # after the longest wait: for what the caller is told then

Say = Callable[[Call, Sequence[str]], Deferred[None]]
Counted = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Speaking:
    """
    How callers are told.

    :param say: says prompts to a caller in his language
    :param counted: a number as prompts of a language
    :param place: one in a queue
    :param minutes: so many minutes of waiting
    """

    say: Say
    counted: Counted
    place: Counted
    minutes: Counted


@dataclass(eq=False)
class Wait:
    """
    Music, and a word now and then; timers and keys end with it.

    :param estimate_s: how long he will wait from this place on, if that is known
    :param on_timeout: he has waited for too long
    :param on_key: he has pressed one that means something here
    """

    entry: Entry
    call: Call
    queue: Queue
    clock: IReactorTime
    voice: Speaking
    estimate_s: Callable[[int], float | None]
    on_timeout: Callable[[], object]
    on_key: Callable[[str], object]
    _told: Told = field(init=False)
    _timers: dict[str, IDelayedCall] = field(default_factory=dict, init=False)
    _listening: Deferred[None] | None = field(default=None, init=False)

    def begin(self) -> None:
        """He waits from now on."""
        settings, now_s = self.queue.settings, self.clock.seconds()
        self.call.enter(Stage.QUEUE, settings.max_wait_s + LAST_WORDS_S)
        self.call.wait_with_music(True)
        self.voice.say(self.call, (PLEASE_WAIT,))
        self._told = Told(now_s, now_s)
        self._timers["longest"] = self.clock.callLater(settings.max_wait_s, self.on_timeout)
        if settings.exit_key or settings.call_back_key:
            self._listen()
        self.look()

    def end(self) -> None:
        """He is with an agent, or leaves."""
        for timer in self._timers.values():
            if timer.active():
                timer.cancel()
        self._timers.clear()
        self._stop_listening()
        self.call.wait_with_music(False)
        if self.call.leg is not None:
            self.call.leg.stop()

    def look(self) -> None:
        """Say what is due, or look again when something will be; nothing while a seat rings for him."""
        timer = self._timers.pop("word", None)
        if timer is not None and timer.active():
            timer.cancel()
        if self.entry.ringing.offers or self.entry.busy:
            return
        place = self.queue.place(self.entry)
        word, later_s = due(self._told, self.queue.settings, place, self.clock.seconds())
        if word is None:
            self._timers["word"] = self.clock.callLater(later_s, self.look)
            return
        if word is Word.COMFORT:
            self._told.say_comfort(self.clock.seconds())
            self.voice.say(self.call, (COMFORT, *self._hint()))
        else:
            self._say_place(place)
        self.look()

    def _hint(self) -> Sequence[str]:
        """How he can be called back, where that is offered."""
        key = self.queue.settings.call_back_key
        return (CALL_BACK_BY, *self.voice.counted(self.call.language, int(key))) if key.isdecimal() else ()

    def _say_place(self, place: int) -> None:
        settings, language = self.queue.settings, self.call.language
        told = minutes(self.estimate_s(place), settings.estimate_ceiling_s, self._told.minutes)
        self._told.say_place(self.clock.seconds(), place, told)
        words = [NEXT] if place == 1 else [PLACE_IS, *self.voice.place(language, place)]
        if told is not None:
            words += [ESTIMATE_IS, *self.voice.minutes(language, told)]
        self.voice.say(self.call, words)

    def resume(self) -> None:
        """A question is answered, and he waits on: keys and words as before."""
        self._listen()
        self.look()

    def _listen(self) -> None:
        self._listening = self.call.keys.when_pressed()
        self._listening.addCallbacks(lambda _: self._pressed(), lambda failure: None)  # cancelled: nobody listens

    def _stop_listening(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None and not listening.called:
            listening.cancel()

    def _pressed(self) -> None:
        key = self.call.keys.take()
        self.on_key(key)
        if self._timers and not self.entry.busy:
            self._listen()
