"""The window's ways in and out, in the whole server: first log-in, force, two windows, a lost connection, a kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, succeed

from callserver.desktop.client import AgentClient
from callserver.desktop.first_look import ShownCertificate
from callserver.desktop.keys import Act
from callserver.desktop.model import ShopModel
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.pinning import fingerprint_of
from callserver.desktop.places import Place
from callserver.desktop.presenters.life import Life
from callserver.desktop.presenters.log_in_data import Beside, Typed
from callserver.desktop.presenters.ways import Person, staying_client
from callserver.desktop.views.program_window import ProgramWindow
from callserver.wire.states import SeatState
from tests.desktop import qt
from tests.desktop.presenters.log_in_case import ONE
from tests.whole.window_case import WindowCase

SERVER = "shop.example:8787"


class VirtualWays:
    """Over the virtual network, which needs no TLS."""

    def __init__(self, case: WindowCase, fingerprint: str) -> None:
        self._world, self._fingerprint = case.shop.world, fingerprint

    def look(self, place: Place) -> Deferred[ShownCertificate]:
        return succeed(ShownCertificate(ONE, self._fingerprint))

    def endpoint(self, place: Place, certificate_file: Path) -> Any:
        return self._world.network.way("10.0.0.1")

    def client(self, endpoint: Any, person: Person, model: ShopModel) -> AgentClient:
        return staying_client(self._world.reactor, endpoint, person, model)


class LogInCase(WindowCase):
    def program_window(self, number: str = "801", password: str = "") -> ProgramWindow:
        """The program is started, and the panel filled in."""
        qt.application()
        settings = OwnSettings(Path(self.mktemp()))
        settings.pin("shop.example", 8787, ONE)
        ways = VirtualWays(self, fingerprint_of(settings.certificate_file("shop.example", 8787)))
        window = ProgramWindow()
        typed = Typed(SERVER, number, password or self.shop.passwords[number])
        window.life = Life(self.shop.world.reactor, settings, ways, window, self.language, typed)
        window.life.start()
        qt.shown(self, window)
        self.addCleanup(self.gone, window)
        return window

    def gone(self, window: ProgramWindow) -> None:
        """Without a log-out."""
        if window.life.work is not None:
            window.life.work.client.stop()
        window.life.log_in is None or window.life.log_in.stop()
        window.close_for_good()

    def log_in(self, window: ProgramWindow, take_over: bool = False) -> None:
        """Enter, or the button."""
        assert window.log_in is not None
        qt.click(window.log_in.take_over) if take_over else window.log_in.go_in()
        self.pass_s(2)

    def at_work(self, number: str = "801") -> ProgramWindow:
        """Logged in."""
        window = self.program_window(number)
        self.log_in(window)
        self.assertIsNotNone(window.main)
        return window


class LogInTests(LogInCase):
    def test_in_and_out(self) -> None:
        """Logged in, then out by Ctrl+Q; the next one logs in at the same window."""
        window = self.at_work()
        self.assertIs(self.state("801"), SeatState.IDLE_PC)
        assert window.main is not None
        self.press(window.main, Act.LOG_OUT)
        self.assertIs(self.state("801"), SeatState.OFF)
        assert window.log_in is not None
        self.assertEqual((window.log_in.number.text(), window.log_in.password.text()), ("801", ""))
        window.log_in.number.setText("802")
        window.log_in.password.setText(self.shop.passwords["802"])
        self.log_in(window)
        self.assertIs(self.state("802"), SeatState.IDLE_PC)

    def test_wrong_password(self) -> None:
        """Said in one line, and the right one helps."""
        window = self.program_window(password="not this one")
        self.log_in(window)
        assert window.log_in is not None
        self.assertIn("Wrong number or password", window.log_in.problems[Beside.PERSON].label.text())
        window.log_in.password.setText(self.shop.passwords["801"])
        self.log_in(window)
        self.assertIsNotNone(window.main)

    def test_two_windows(self) -> None:
        """The second may take over; the first says so and is logged out, the second has the talk."""
        self.allow("801")
        first = self.at_work()
        self.call()
        assert first.main is not None
        self.press(first.main, Act.ANSWER)
        self.assertIs(self.state("801"), SeatState.TALKING)
        second = self.program_window()
        self.log_in(second)
        assert second.log_in is not None
        self.assertIn("another window", second.log_in.problems[Beside.PERSON].label.text())
        self.log_in(second, take_over=True)
        assert second.main is not None
        self.assertEqual(second.main.bar.state.text(), "Talking")
        assert first.log_in is not None
        self.assertIn("another window", first.log_in.problems[Beside.PERSON].label.text())
        self.pass_s(30)
        self.assertIsNotNone(second.main)

    def test_forced_out(self) -> None:
        """A supervisor logs him out: the panel says so."""
        window = self.at_work()
        boss = self.program("800")
        self.do(boss.force_log_out("801"))
        self.pass_s(1)
        assert window.log_in is not None
        self.assertIn("by force", window.log_in.problems[Beside.PERSON].label.text())

    def test_connection_lost(self) -> None:
        """The main screen stays and says so; after some seconds everything is as before."""
        window = self.at_work()
        assert window.main is not None
        assert window.life.work is not None
        broker = window.life.work.client._broker
        assert broker is not None
        broker.transport.loseConnection()  # type: ignore[union-attr]
        self.pass_s(0.2)
        self.assertEqual(window.main.bar.state.text(), "Connection lost, reconnecting")
        self.pass_s(4)
        self.assertEqual(window.main.bar.state.text(), "Idle · PC")

    def test_killed_in_a_talk(self) -> None:
        """The program is killed; started again and logged in, it has the talk."""
        self.allow("801")
        window = self.at_work()
        self.call(seconds=120)
        assert window.main is not None
        assert window.life.work is not None
        self.press(window.main, Act.ANSWER)
        window.life.work.client.stop()
        self.pass_s(8)
        again = self.at_work()
        assert again.main is not None
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.assertIn(again.main.bar.state.text(), ("Talking", "On hold"))

    def test_quit_in_a_talk(self) -> None:
        """Asked, and said yes: the call ends, the seat is free, the window is closed."""
        self.allow("801")
        window = self.at_work()
        self.call(seconds=120)
        assert window.main is not None
        self.press(window.main, Act.ANSWER)
        window.close()
        qt.flush()
        self.assertTrue(window.question.isVisible())
        qt.click(window.question.do)
        self.pass_s(2)
        self.assertIs(self.state("801"), SeatState.OFF)
        self.assertFalse(window.isVisible())

    def test_idle(self) -> None:
        """Nobody is logged out because nothing happens."""
        window = self.at_work()
        self.pass_s(600)
        self.assertIsNotNone(window.main)
        self.assertIs(self.state("801"), SeatState.IDLE_PC)
