"""The voice of the agent who is logged in: muted or not, on which devices, how loud; one for all his screens."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IReactorTime

from callserver.desktop.headset.devices import NONE_LEFT, Use
from callserver.desktop.headset.headset import LevelShown
from callserver.desktop.headset.level import Level
from callserver.desktop.headset.sound_system import Device, Loudspeaker
from callserver.desktop.model import ShopModel
from callserver.desktop.presenters.desk import Desk
from callserver.desktop.presenters.talk_sound import TalkSound
from callserver.wire.catalogue import N_, Sentence
from callserver.wire.messages import Phrase, SeatStatus
from callserver.wire.states import SeatState

BY_TELEPHONE = N_("You talk on the telephone: mute it there")
SAID_S = 30.0  # so long it stands in the bar what has become of a headset


class Voice:
    """
    From log-in to log-out; by telephone there is nothing of it here.

    :param send: takes what the agent says, as `AgentClient.send_audio`
    """

    def __init__(self, clock: IReactorTime, desk: Desk, send: Callable[[bytes], None], model: ShopModel) -> None:
        self._clock, self.desk, self._send, self._model = clock, desk, send, model
        self.talk: TalkSound | None = None
        self._unwatch_talk: Callable[[], None] = _nothing
        self._unwatch_devices: Callable[[], None] = _nothing
        self._watchers: list[Callable[[], None]] = []
        self._meters: list[LevelShown] = []
        self._said: Sentence | None = None
        self._said_s = 0.0

    # From log-in to log-out

    def begin(self, seat: SeatStatus, by_telephone: bool) -> None:
        """He works like that from now on; before the screens are told of the seat, which ask whether he is muted."""
        self.stop()
        self.talk = self.desk.talk(self._send, by_telephone, self._level)
        self._unwatch_talk = self._model.watch(self.talk)
        self._unwatch_devices = self.desk.devices.watch_lists(self._changed)
        missing = [NONE_LEFT[use] for use in (Use.MICROPHONE, Use.HEADSET) if self.device(use) is None]
        if missing and not by_telephone:
            self.tell(Phrase(missing[0]))
        self.talk.status(seat)
        self._changed()

    def stop(self) -> None:
        """No sound any more, and no device held."""
        if self.talk is not None:
            self.talk.stop()
        self._unwatch_talk()
        self._unwatch_devices()
        self.talk, self._unwatch_talk, self._unwatch_devices = None, _nothing, _nothing

    # Muted or not

    @property
    def by_telephone(self) -> bool:
        """He talks on a telephone, which this program does not hear."""
        return self.talk is not None and self.talk.by_telephone

    @property
    def is_muted(self) -> bool:
        """The caller does not hear him; only in a call."""
        return self.talk is not None and self.talk.is_muted

    def why_not_mute(self) -> Phrase | None:
        """Why there is nothing that could be muted."""
        if self.by_telephone:
            return Phrase(BY_TELEPHONE)
        needs_none = self._model.seat.state is SeatState.RINGING or self.device(Use.MICROPHONE) is not None
        return None if needs_none else Phrase(NONE_LEFT[Use.MICROPHONE])

    def mute(self) -> None:
        """The other way round than before; what rings is silent, and goes on ringing for the caller."""
        if self.talk is None:
            return
        if self._model.seat.state is SeatState.RINGING:
            self.talk.hush()
        else:
            self.talk.mute(not self.talk.is_muted)
        self._changed()

    # What is shown of it

    def device(self, use: Use) -> Device | None:
        """What is used for it now; None: there is nothing."""
        return self.desk.devices.device(use)

    def speaker(self) -> Loudspeaker | None:
        """To hear a recording on; None: there is nothing. Who asks for it stops it."""
        return self.desk.speaker()

    def tell(self, sentence: Sentence) -> None:
        """What has become of a headset: it stands in the bar for a while."""
        self._said, self._said_s = sentence, self._clock.seconds()
        self._changed()

    @property
    def said(self) -> Sentence | None:
        """The last of these, as long as it is news."""
        return self._said if self._clock.seconds() - self._said_s < SAID_S else None

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call it when he is muted or not, on another device, or there is news of one; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def watch_levels(self, meter: LevelShown) -> Callable[[], None]:
        """Call it ten times a second in a call, with how loud it is; returns what ends it."""
        self._meters.append(meter)
        return lambda: self._meters.remove(meter)

    def _changed(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()

    def _level(self, use: Use, level: Level) -> None:
        for meter in tuple(self._meters):
            meter(use, level)


def _nothing() -> None:
    """Nothing is watched."""
