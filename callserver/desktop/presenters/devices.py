"""Where headset, microphone and ringing loudspeaker are chosen and tried: at the log-in, and later in a talk too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.interfaces import IReactorTime

from callserver.desktop.foreign import isolated
from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.headset import LevelShown, nobody_looks
from callserver.desktop.headset.sound_system import Sound
from callserver.desktop.headset.trial_call import TrialCall, TrialResult
from callserver.desktop.own_settings import OwnSettings
from callserver.wire.catalogue import N_, Detail, text, told
from callserver.wire.messages import Phrase

VOLUME = N_("Ring volume")
NAMES = {Use.HEADSET: N_("Headset"), Use.MICROPHONE: N_("Microphone"), Use.RING: N_("Ring on")}
FIELDS = {Use.HEADSET: "headset", Use.MICROPHONE: "microphone", Use.RING: "ring"}  # of `Remembered`


def chosen_devices(settings: OwnSettings) -> dict[Use, str]:
    """What was chosen on this computer, for `Devices`."""
    return {use: getattr(settings.now, field) for use, field in FIELDS.items()}


def ring_percent(settings: OwnSettings) -> int:
    """How loud a call rings, 0 to 100."""
    return min(max(settings.now.ring_percent, 0), 100)


@dataclass(frozen=True)
class DeviceList:
    """One of the three lists."""

    name: str
    ids: tuple[str, ...]
    lines: tuple[str, ...]
    chosen: int


@dataclass(frozen=True)
class DevicesData:
    """What the panel shows."""

    lists: tuple[DeviceList, ...]  # as in `NAMES`
    ring_percent: int  # how loud it rings
    ring_said: str  # the same in words
    test: str  # the word on the button
    tests: bool  # a test call runs
    may_test: bool  # not while there is a call
    lines: tuple[str, ...]  # what to do now, or what it has found


ShowDevices = Callable[[DevicesData], None]


class DevicesPanel:
    """
    Remembers choices on this computer, and does them at once.

    :param levels: hears the microphone's level while a test call runs
    """

    def __init__(
        self,
        clock: IReactorTime,
        sound: Sound,
        devices: Devices,
        settings: OwnSettings,
        language: str,
        show: ShowDevices,
        levels: LevelShown = nobody_looks,
    ) -> None:
        self._devices, self._settings, self._language, self._show = devices, settings, language, show
        self._lines: tuple[str, ...] = ()
        self._trial = TrialCall(clock, sound, devices, self._stage, self._result, levels)
        self._end: Callable[[], None] | None = None
        self._in_call = False

    def start(self) -> None:
        """Show, now and whenever there are other devices."""
        self._end = self._devices.watch_lists(self.refresh)
        self.refresh()

    def stop(self) -> None:
        """The panel is left; a test call ends."""
        if self._end is not None:
            self._end()
            self._end, self._lines = None, ()
            self._trial.stop()
            self.refresh()

    def choose(self, use: Use, device_id: str) -> None:
        """From now on; "" is whatever the system prefers."""
        self._settings.remember(**{FIELDS[use]: device_id})
        self._devices.choose(use, device_id)
        self.refresh()

    def ring_so_loud(self, percent: int) -> None:
        """From now on, also of a call that rings just now; 0: it is only shown."""
        if percent != self._settings.now.ring_percent:
            self._settings.remember(ring_percent=percent)
            self.refresh()

    def test(self) -> None:
        """Begin a test call, or end the one that runs."""
        if self._trial.runs:
            self._lines = ()
            self._trial.stop()
        else:
            self._trial.start()
        self.refresh()

    def call(self, on: bool) -> None:
        """A call is offered or in hand: it goes before, and a test call ends."""
        self._in_call = on
        if on and self._trial.runs:
            self._lines = ()
            self._trial.stop()
        self.refresh()

    def refresh(self) -> None:
        """Show what there is."""
        percent = ring_percent(self._settings)
        self._show(
            DevicesData(
                lists=tuple(self._list(use) for use in NAMES),
                ring_percent=percent,
                ring_said=f"{percent} %" if percent else self.words("Silent"),
                test=self.words("Stop the test") if self._trial.runs else self.words("Test call"),
                tests=self._trial.runs,
                may_test=not self._in_call,
                lines=self._lines,
            )
        )

    def words(self, msgid: str, **details: Detail) -> str:
        """In the agent's language."""
        return text(self._language, msgid, **details)

    def _list(self, use: Use) -> DeviceList:
        known, chosen = self._devices.known(use), self._devices.chosen(use)
        lines = {"": self.words("As the system") if known else self.words("None")}
        lines |= {device.id: isolated(device.name) for device in known}
        if chosen not in lines:
            lines[chosen] = self.words("Not plugged in: {id}", id=isolated(chosen))
        return DeviceList(self.words(NAMES[use]), tuple(lines), tuple(lines.values()), list(lines).index(chosen))

    def _stage(self, phrase: Phrase) -> None:
        self._lines = (told(phrase, self._language),)
        self.refresh()

    def _result(self, result: TrialResult) -> None:
        self._lines = tuple(told(phrase, self._language) for phrase in result.sentences)
        self.refresh()
