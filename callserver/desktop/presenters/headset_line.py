"""The headset at the bottom of the window: which one it is, and what is said and heard on it."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.headset.devices import Use
from callserver.desktop.presenters.presenter import Presenter
from callserver.wire.messages import SeatStatus


@dataclass(frozen=True)
class HeadsetLineData:
    """
    :param devices: names, foreign text; or what there is not
    :param has_meters: whether there is sound here whose level could be shown
    """

    devices: str
    has_meters: bool


class HeadsetLine(Presenter[HeadsetLineData]):
    """Nothing is done here."""

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.voice.watch(self.refresh))

    def data(self) -> HeadsetLineData:
        if self.work.voice.by_telephone:
            return HeadsetLineData(self.work.words("Seat telephone"), False)
        return HeadsetLineData(" · ".join(dict.fromkeys(self._names())), True)

    def _names(self) -> tuple[str, str]:
        words, voice = self.work.words, self.work.voice
        microphone, headset = voice.device(Use.MICROPHONE), voice.device(Use.HEADSET)
        return (
            microphone.name if microphone is not None else words("No microphone"),
            headset.name if headset is not None else words("No headset"),
        )

    def status(self, status: SeatStatus) -> None:
        self.refresh()
