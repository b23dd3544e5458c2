"""The log-in panel as a person uses it: by keys, in both languages, with what is wrong beside its cause."""

from __future__ import annotations

from functools import partial
from unittest.mock import patch

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from callserver.desktop.not_connected import REFUSED, NotConnected
from callserver.desktop.presenters.desk import Desk
from callserver.desktop.presenters.life import Life
from callserver.desktop.presenters.log_in_data import Beside, Typed
from callserver.desktop.views.devices import DevicesView
from callserver.desktop.views.log_in import LogInView
from callserver.desktop.views.program_window import SMALLEST, ProgramWindow
from callserver.wire.messages import Card
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.desktop import judge, qt
from tests.desktop.headset.fakes import FakeSound
from tests.desktop.presenters.log_in_case import ONE, OTHER, SERVER, LogInCase


class PanelCase(LogInCase):
    language = "en"

    def setUp(self) -> None:
        super().setUp()
        qt.application()
        self.panel.stop()
        self.window = ProgramWindow()
        self.life = Life(self.clock, self.settings, self.server, self.window, self.language, Typed(SERVER))
        self.window.life = self.life
        self.life.start()
        qt.shown(self, self.window)
        self.window.activateWindow()
        self.addCleanup(self.window.close_for_good)

    @property
    def view(self) -> LogInView:
        assert self.window.log_in is not None
        return self.window.log_in

    def type(self, text: str, then: Qt.Key) -> None:
        """Into what has the focus."""
        QTest.keyClicks(self.window.focusWidget(), text)
        qt.key(self.window, then)


class PanelTests(PanelCase):
    def test_by_keys(self) -> None:
        """Number, Tab, password, Enter: that is all there is to press."""
        self.pin()
        self.type("801", Qt.Key.Key_Tab)
        self.type("secret-words", Qt.Key.Key_Return)
        self.assertEqual(self.server.asked, [("801", "secret-words", None, False)])
        self.assertFalse(self.view.log_in.isEnabled())
        self.server.lets_in()
        qt.flush()
        assert self.window.main is not None
        self.assertTrue(self.window.windowTitle().startswith("801 王芳"))

    def test_wrong_password(self) -> None:
        """The line stands under the fields, what was typed stays."""
        self.pin()
        self.type("801", Qt.Key.Key_Tab)
        self.type("wrong", Qt.Key.Key_Return)
        self.server.refuses(Refused(Refusal.LOG_IN))
        self.assertIn("Wrong number", self.view.problems[Beside.PERSON].label.text())
        self.assertEqual((self.view.number.text(), self.view.password.text()), ("801", "wrong"))

    def test_first_connection(self) -> None:
        """The fingerprint is there to be read out; one button trusts it and logs in."""
        fingerprint = self.server.shows()
        self.view.number.setText("801")
        self.view.password.setText("secret-words")
        qt.flush()
        self.assertEqual(self.view.fingerprint.text().replace("\n", ""), fingerprint)
        qt.click(self.view.trust)
        self.assertEqual(len(self.server.clients), 1)

    def test_enter_at_a_first_connection(self) -> None:
        """What has to be compared is said once, beneath it what to press then; in sight in the smallest window, too."""
        self.window.resize(*SMALLEST)
        self.server.shows()
        self.type("801", Qt.Key.Key_Tab)
        with patch("callserver.desktop.views.log_in.announce") as aloud:
            self.type("secret-words", Qt.Key.Key_Return)
        aloud.assert_called_once_with(self.view.certificate, self.view.certificate.text(), assertive=True)
        said = [one for one in self.view.findChildren(QLabel) if one.isVisible() and "First connection" in one.text()]
        self.assertEqual(said, [self.view.certificate])
        to_do = self.view.problems[Beside.CERTIFICATE].label
        self.assertIn("Trust and log in", to_do.text())
        for label in (self.view.certificate, to_do):
            self.assertFalse(label.visibleRegion().isEmpty())

    def test_not_reached(self) -> None:
        """Why not can be read to its end: it goes on in a second line."""
        for width in (1280, 960):
            self.window.resize(width, 720)
            self.server.looks[-1][1].errback(NotConnected(REFUSED, host="telephones.shop.example.com", port=8787))
            qt.flush()
            label = self.view.reach.label
            self.assertTrue(label.text().endswith("its port is another one"))
            self.assertGreaterEqual(label.height(), label.heightForWidth(label.width()))
            self.assertGreater(label.height(), 1.5 * label.fontMetrics().height())
            self.clock.advance(5.1)

    def test_refused_after_a_button(self) -> None:
        """Which is gone or grey then: the next key goes into the password, and Enter is not Quit's."""
        self.server.shows()
        self.view.number.setText("801")
        self.view.password.setText("wrong")
        for button in (self.view.trust, self.view.log_in):
            button.setFocus()
            qt.click(button)
            self.server.refuses(Refused(Refusal.LOG_IN))
            qt.flush()
            self.assertIs(self.window.focusWidget(), self.view.password)
        self.assertFalse(self.view.box.isVisible())

    def test_changed_certificate(self) -> None:
        """The new one is only trusted when one has ticked that the supervisor has confirmed it."""
        self.settings.pin("shop.example", 8787, ONE)
        self.server.shows(OTHER)
        qt.flush()
        self.assertFalse(self.view.trust.isEnabled())
        self.assertTrue(self.view.old_fingerprint.isVisible())
        self.assertTrue(self.view.now.isVisible())
        self.view.checked.click()
        self.assertTrue(self.view.trust.isEnabled())
        self.clock.advance(31)
        self.server.shows(OTHER.replace(b"BBBB", b"CCCC"))  # a third one, which nobody has confirmed
        qt.flush()
        self.assertFalse(self.view.checked.isChecked() or self.view.trust.isEnabled())

    def test_first_password(self) -> None:
        """Two more fields appear, and the focus is in the first of them."""
        self.pin()
        self.type("801", Qt.Key.Key_Tab)
        self.type("first-one", Qt.Key.Key_Return)
        self.assertFalse(self.view.new.isVisible())
        self.server.refuses(Refused(Refusal.MUST_CHANGE))
        qt.flush()
        self.assertIs(self.window.focusWidget(), self.view.new)
        self.type("tulip-42", Qt.Key.Key_Tab)
        self.type("tulip-43", Qt.Key.Key_Return)
        self.assertIs(self.window.focusWidget(), self.view.again)  # where it is to be mended
        self.view.again.clear()
        self.type("tulip-42", Qt.Key.Key_Return)
        self.assertEqual(self.server.asked[-1], ("801", "first-one", "tulip-42", False))

    def test_password_changed_and_not_let_in(self) -> None:
        """The new password was taken, then the log-in refused: it stands as the password, and Enter tries with it."""
        self.pin()
        self.type("801", Qt.Key.Key_Tab)
        self.type("first-one", Qt.Key.Key_Return)
        self.server.refuses(Refused(Refusal.MUST_CHANGE))
        self.type("tulip-42", Qt.Key.Key_Tab)
        self.type("tulip-42", Qt.Key.Key_Return)
        self.server.clients[-1].password_is_new = True
        self.server.refuses(Refused(Refusal.LIMIT))
        qt.flush()
        self.assertFalse(self.view.new.isVisible() or self.view.again.isVisible())
        self.assertIs(self.window.focusWidget(), self.view.password)
        self.type("", Qt.Key.Key_Return)
        self.assertEqual(self.server.asked[-1], ("801", "tulip-42", None, False))

    def test_take_over(self) -> None:
        """Logged in at another window: a button takes over."""
        self.pin()
        self.type("801", Qt.Key.Key_Tab)
        self.type("secret-words", Qt.Key.Key_Return)
        self.server.refuses(Refused(Refusal.ELSEWHERE))
        self.view.take_over.setFocus()
        qt.click(self.view.take_over)
        self.assertTrue(self.server.asked[-1][3])
        self.server.refuses(Refused(Refusal.LOG_IN))
        qt.flush()
        self.assertIs(self.window.focusWidget(), self.view.password)  # the button is gone, and Enter is not Quit's

    def test_caps_lock(self) -> None:
        """A capital without Shift tells that Caps Lock is on."""
        self.view.password.setFocus()
        QTest.keyClick(self.view.password, "A")
        self.assertEqual(self.view.caps.label.text(), "Caps Lock is on")
        QTest.keyClick(self.view.password, "a")
        self.assertFalse(self.view.caps.isVisible())

    def test_language(self) -> None:
        """The whole panel speaks the other language at once; what was typed stays."""
        self.view.number.setText("801")
        chinese = next(one for one in self.view.languages.buttons() if one.text() == "中文")
        qt.click(chinese)
        self.assertEqual(self.view.number.text(), "801")
        self.assertEqual(self.life.language, "zh")

    def test_telephone(self) -> None:
        """Who works by telephone types its number."""
        self.assertFalse(self.view.telephone.isVisible())
        qt.click(self.view.by_telephone)
        self.assertTrue(self.view.telephone.isVisible())

    def test_devices_by_tab(self) -> None:
        """Headset and microphone are loaded last of all; Tab comes to them where they stand, before the buttons."""
        desk = Desk(self.clock, self.settings, FakeSound())
        self.window.devices = lambda language: DevicesView(partial(desk.devices_panel, language))
        self.life.speak("zh", Typed(SERVER))
        self.view.show_devices()
        qt.flush()
        self.assertEqual(judge.jumps(self.window), [])
        chain = [one.accessibleName() or one.text() for one in judge.focusable(self.view)]  # type: ignore[attr-defined]
        first = chain.index("耳机")
        self.assertEqual(chain[first : first + 6], ["耳机", "测试", "话筒", "振铃", "振铃音量", "登录 Enter"])

    def test_close_in_a_call(self) -> None:
        """The question is a part of the window; the focus is on the button that loses nothing, and Esc is that."""
        self.enter()
        self.server.seat(SeatState.TALKING, call=Card("call-1", "13912345678", "Li Ming"))
        self.window.close()
        qt.flush()
        self.assertTrue(self.window.isVisible())
        self.assertIs(self.window.focusWidget(), self.window.question.cancel)
        qt.key(self.window, Qt.Key.Key_Escape)
        self.assertFalse(self.window.question.isVisible())
        self.window.close()
        qt.click(self.window.question.do)
        self.assertEqual(self.server.clients[0].asked[-1], ("hang_up",))

    def test_quit(self) -> None:
        """At the log-in panel the button, and the window's own cross, end the program at once."""
        ended: list[bool] = []
        self.window.closed.connect(partial(ended.append, True))
        self.view.quit.click()
        self.assertEqual((ended, self.window.isVisible()), ([True], False))

    def test_log_out_key(self) -> None:
        """Ctrl+Q logs out, and the log-in panel is back."""
        self.enter()
        assert self.window.main is not None
        qt.flush()
        QTest.keySequence(self.window.main, "Ctrl+Q")
        self.assertEqual(self.server.clients[0].asked[-1], ("log_out",))
        self.server.model.logged_out("logged_out")
        qt.flush()
        self.assertEqual(self.view.number.text(), "801")


class JudgedCase(PanelCase):
    def judged(self) -> None:
        """Everything that can be there at once."""
        self.settings.pin("shop.example", 8787, ONE)
        self.server.shows(OTHER)
        self.panel._typed = Typed(SERVER, "801", "secret")
        self.panel._must_change = self.panel._may_take_over = True
        self.panel.log_in(Typed(SERVER, "801", "secret"))
        self.view.by_telephone.setChecked(True)
        for size in ((1280, 720), SMALLEST):
            self.window.resize(*size)
            qt.flush()
            self.assertEqual(judge.cut(self.window), [])
            self.assertEqual((self.window.width(), self.window.height()), size)
        self.assertEqual(judge.unnamed(self.window), [])
        self.assertEqual(judge.jumps(self.window), [])

    def read_out(self) -> None:
        """The widest one there is."""
        self.settings.pin("shop.example", 8787, ONE)
        self.server.shows(OTHER)
        for size in ((1280, 720), SMALLEST):
            self.window.resize(*size)
            for label in (self.view.old_fingerprint, self.view.fingerprint):
                for digit in "0123456789ABCDEF":
                    label.show_fingerprint(":".join([2 * digit] * 32))
                    qt.flush()
                    widest = max(map(label.fontMetrics().horizontalAdvance, label.text().split("\n")))
                    self.assertLessEqual(widest, label.contentsRect().width())
                    self.assertLessEqual(2 * label.fontMetrics().height(), label.contentsRect().height())
                    self.assertLessEqual(label.mapTo(self.window, label.rect().bottomRight()).x(), size[0])


class EnglishTests(JudgedCase):
    def test_fingerprints(self) -> None:
        """Both can be compared to the last digit, in the smallest window, too."""
        self.read_out()

    def test_panel(self) -> None:
        """No word is cut, each control has a name, Tab goes as one reads, also in the smallest window."""
        self.judged()


class ChineseTests(JudgedCase):
    language = "zh"

    def test_fingerprints(self) -> None:
        """Likewise in Chinese."""
        self.read_out()

    def test_panel(self) -> None:
        """Likewise in Chinese."""
        self.judged()
