"""A window whose computer has a clock, a network and a loudspeaker of its own, beside a server that can fail it."""

from __future__ import annotations

from pathlib import Path

from twisted.internet.error import ConnectionLost
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from callserver.desktop.client import AgentClient
from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.headset import Headset
from callserver.desktop.headset.ring import Ring
from callserver.desktop.model import ShopModel
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.talk_sound import TalkSound
from callserver.desktop.presenters.ways import reconnect_s
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.window import MainWindow
from callserver.rehearsal.network import Way
from tests.desktop import qt
from tests.desktop.headset.fakes import FakeSound
from tests.whole.window_case import WindowCase

STEP_S = 0.1  # both clocks go on in such steps


class LostCase(WindowCase):
    """
    The computer's clock is not the server's: one that stands still leaves the other going.

    `way`, `sound`, `ring`: of the window that was opened last.
    """

    way: Way
    sound: FakeSound
    ring: Ring

    def setUp(self) -> None:
        super().setUp()
        self.desk = Clock()
        self.allow("801")

    def window(self, number: str) -> MainWindow:
        """Somebody has logged in, and sees the main screen; his call rings from a loudspeaker."""
        model = ShopModel(self.desk)
        self.way = self.shop.world.network.way("10.0.0.1")
        client = AgentClient(self.desk, self.way, number, self.shop.passwords[number], model, reconnect_s)
        work = Workplace(self.desk, self.language, client, model, OwnSettings(Path(self.mktemp())))
        self.sound = FakeSound()
        devices = Devices(self.sound, lambda phrase: None, {Use.RING: "l2"})
        headset = Headset(self.desk, self.sound, devices, client.send_audio, lambda phrase: None)
        self.ring = Ring(self.desk, self.sound, devices, lambda phrase: None)
        work.sound = TalkSound(headset, self.ring)
        model.watch(work.sound)
        client.start()
        self.addCleanup(client.stop)
        self.pass_s(2)
        window = MainWindow(work)
        qt.shown(self, window)
        self.addCleanup(window.leave)
        return window

    def wait(self, seconds: float) -> None:
        """Both clocks go on."""
        for _ in range(round(seconds / STEP_S)):
            self.shop.world.reactor.run_for(STEP_S)
            self.desk.advance(STEP_S)

    def pass_s(self, seconds: float) -> None:
        """Both clocks go on, and what that brings is painted."""
        self.wait(seconds)
        qt.flush()

    def server_freezes(self, seconds: float) -> None:
        """It answers nobody; the computer's clock goes on."""
        for _ in range(round(seconds / STEP_S)):
            self.desk.advance(STEP_S)
        qt.flush()

    def network_is_cut(self, seconds: float) -> None:
        """Nothing gets through, in neither direction, and nobody is told; then all that waited comes at once."""
        self.cut()
        self.pass_s(seconds)
        self.mend()

    def cut(self) -> None:
        """From now on."""
        assert self.way.wire is not None
        self._cut = self.way.wire
        self.way.is_cut = True
        self._cut.cut()

    def mend(self) -> None:
        """Again as before."""
        self.way.is_cut = False
        self._cut.mend()

    def server_restarts(self, closed_s: float) -> None:
        """Its plug is pulled, and some time later it is open again."""
        assert self.way.wire is not None
        self.pass_s(0.5)  # what happened is on the disk
        before, self.shop = self.shop, self.shop.killed()
        before.world.network.close()
        self.way.wire.client.end(Failure(ConnectionLost()))  # type: ignore[no-untyped-call]
        for _ in range(round(closed_s / STEP_S)):
            self.desk.advance(STEP_S)  # refused
        qt.flush()
        self.way._network = self.shop.world.network

    def rung(self) -> int:
        """Bytes that the ring's loudspeaker has been given."""
        return sum(len(one.written) for one in self.sound.opened if one.device_id == "l2")
