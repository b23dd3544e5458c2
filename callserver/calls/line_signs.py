"""What a line's sound tells its call: keys, and tones by which a far end is heard to be gone."""

from __future__ import annotations

from typing import Protocol

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.calls.call import Call, Party
from callserver.calls.dial_tone import DialToneWatch
from callserver.calls.keys import Key
from callserver.calls.stages import Stage
from callserver.calls.vocabulary import Kind
from callserver.media.leg import Leg

WITH_VOICES = (Stage.TALK, Stage.SEAT)  # a voice may be taken for a dial tone
GONE_TONES = {"busy", "congestion", "unobtainable", "dial", "howler"}
FAX_CALLS = "cng"
BLANK_S = 3.0  # where two lines talk alone: so long after a key nobody hears who pressed it
KEY_DELAY_S = 0.5  # a modem reports a key so much later at the most


class Line(Party, Protocol):
    """The line in service."""

    @property
    def call(self) -> Call | None: ...
    @property
    def is_dialling(self) -> bool:
        """Nobody has answered its call out yet: that hears the tones itself."""

    def key_there(self, at_s: float) -> None:
        """The call out is answered, if it can be, by a key that began then."""

    def far_end_gone(self, reason: str) -> None:
        """The other party hung up."""


class LineSigns:
    """
    Implements LegListener.

    A line has one source of keys; what the other hears is not counted.
    """

    def __init__(self, line: Line, clock: IReactorTime, keys_from_sound: bool) -> None:
        self._line, self._clock, self._keys_from_sound = line, clock, keys_from_sound
        self._blanking: IDelayedCall | None = None
        self._dial_tone = DialToneWatch(clock, lambda: line.far_end_gone("dial tone"))

    def key(self, digit: str, at_s: float | None = None) -> None:
        """One key; heard in the sound, it is known when it began."""
        from_sound = at_s is not None
        if self._line.call is not None and from_sound is self._keys_from_sound:
            leg = self._line.leg
            if leg is not None and leg.is_echo(digit, self._clock.seconds() if at_s is None else at_s):
                return
            began_s = self._clock.seconds() - KEY_DELAY_S if at_s is None else at_s
            if self._line.is_dialling:
                self._line.key_there(began_s)
            if self._line.call is None:
                return
            if self._line.call.lines_alone:  # before the key: it may be the one by which they are joined
                self._blank(leg)
            self._line.call.key(self._line, Key(digit, "sound" if from_sound else "modem", began_s))

    def _blank(self, leg: Leg | None) -> None:
        """
        Nobody hears this line for a while.

        The other one may have gone, and its exchange may ask for a number: keys would dial it, at the shop's cost. Of a
        key others hear the 60 ms that it takes to know it, of one that follows soon nothing.
        """
        self._stop_blanking()
        if leg is not None:
            leg.mute(True)
            self._blanking = self._clock.callLater(BLANK_S, leg.mute, False)

    def _stop_blanking(self) -> None:
        if self._blanking is not None and self._blanking.active():
            self._blanking.cancel()
        self._blanking = None

    def tone(self, name: str) -> None:
        line, call = self._line, self._line.call
        if call is None:
            return
        call.log(Kind.TONE, name=name)
        self._dial_tone.stop()
        if name == FAX_CALLS:
            call.fax_calls(line)
        if line.is_dialling:
            return
        if call.stage in WITH_VOICES and name == "dial" and line.leg is not None and not call.lines_alone:
            self._dial_tone.heard(line.leg)
        elif name in GONE_TONES:
            line.far_end_gone(f"{name} tone")

    def stop(self) -> None:
        """The line leaves its call."""
        self._stop_blanking()
        self._dial_tone.stop()
