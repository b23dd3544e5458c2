from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QWidget
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.foreign import isolated
from callserver.desktop.views.widgets import ActionButton, ComboBox, ElidedLabel, Notice, name
from tests.desktop.qt import application, flush, shown

LONG = "阿卜杜拉·本·" * 40


class ForeignTextTests(SynchronousTestCase):
    def test_isolated(self) -> None:
        """A name that is written from the right, or brings signs that turn lines round, leaves the words beside it."""
        self.assertEqual(isolated("محمد"), "\u2068محمد\u2069")
        self.assertEqual(isolated("a\u202eb\u2069c"), "\u2068abc\u2069")

    def test_one_line(self) -> None:
        """Line breaks in a name do not break our line; nothing stays nothing."""
        self.assertEqual(isolated("Li\n Ming\t"), "\u2068Li Ming\u2069")
        self.assertEqual(isolated("  "), "")


class ElidedLabelTests(SynchronousTestCase):
    def setUp(self) -> None:
        application()

    def test_long(self) -> None:
        """A name of hundreds of characters neither widens the window nor is lost: the tooltip has it."""
        label = shown(self, ElidedLabel(LONG, foreign=True), 200, 24)
        self.assertLess(label.minimumSizeHint().width(), 64)
        self.assertIn(LONG, label.toolTip())
        self.assertEqual(label.text(), LONG)

    def test_short(self) -> None:
        """What can be read needs no tooltip."""
        label = shown(self, ElidedLabel("李明"), 200, 24)
        self.assertEqual(label.toolTip(), "")
        label.setText(LONG)
        self.assertIn(LONG, label.toolTip())

    def test_plain(self) -> None:
        """What looks like HTML is shown as it is, in the tooltip too."""
        label = shown(self, ElidedLabel("<b>Li</b> & " * 40), 100, 24)
        self.assertEqual(label.textFormat(), Qt.TextFormat.PlainText)
        self.assertIn("&lt;b&gt;Li&lt;/b&gt; &amp; ", label.toolTip())


class ActionButtonTests(SynchronousTestCase):
    def setUp(self) -> None:
        application()
        self.button = ActionButton("接听", "F2")
        shown(self, self.button, 80, 48)
        self.clicks = 0
        self.button.clicked.connect(self.clicked)

    def clicked(self) -> None:
        self.clicks += 1

    def test_name(self) -> None:
        """It is read as its word and its key, without a line break, also when it would do something else now."""
        read = QAccessible.queryAccessibleInterface(self.button)
        self.assertEqual(read.text(QAccessible.Text.Name), "接听 F2")
        self.button.show_action("取回", "F6")
        self.assertEqual(read.text(QAccessible.Text.Name), "取回 F6")

    def test_keys_and_clicks(self) -> None:
        """A key that is held down presses it once; a click does not take the focus from where one types."""
        self.assertFalse(self.button.autoRepeat())
        self.assertEqual(self.button.focusPolicy(), Qt.FocusPolicy.TabFocus)
        QTest.mouseClick(self.button, Qt.MouseButton.LeftButton)
        self.assertEqual(self.clicks, 1)

    def test_room(self) -> None:
        """No word is cut: a button is never narrower than its word in any language, on the grid in height."""
        narrow = self.button.sizeHint().width()
        self.button.show_action("Break off the call", "Ctrl+Shift+F12")
        self.assertGreater(self.button.minimumSizeHint().width(), narrow)
        self.assertEqual(self.button.sizeHint().height() % 8, 0)

    def test_on(self) -> None:
        """What is on stays pressed until it is told off; a click alone changes nothing."""
        self.button.setChecked(True)
        QTest.mouseClick(self.button, Qt.MouseButton.LeftButton)
        self.assertTrue(self.button.isChecked())
        self.button.setChecked(False)
        self.assertFalse(self.button.isChecked())

    def test_ampersand(self) -> None:
        """An ampersand in a word is shown, and is no key."""
        self.button.show_action("A & B")
        self.assertEqual(self.button.accessibleName(), "A & B")
        self.assertTrue(self.button.shortcut().isEmpty())


class NoticeTests(SynchronousTestCase):
    def setUp(self) -> None:
        application()
        self.window, self.notice = QWidget(), Notice()
        QHBoxLayout(self.window).addWidget(self.notice)
        shown(self, self.window, 400, 48)

    def test_line(self) -> None:
        """A problem is one line at its cause; gone, it takes its sign with it and nothing moves."""
        before = self.window.sizeHint()
        self.notice.show_problem("须为 2 到 20")
        flush()
        self.assertTrue(self.notice.isVisible())
        self.assertEqual(self.notice.label.text(), "须为 2 到 20")
        self.notice.show_problem("")
        flush()
        self.assertFalse(self.notice.isVisible())
        self.assertEqual(self.window.sizeHint().height(), before.height())

    def test_problem_and_info(self) -> None:
        """A problem and a piece of news have signs of different shapes."""
        pictures = []
        for show in (self.notice.show_problem, self.notice.show_info):
            show("同一句")
            flush()
            pictures.append(self.notice.sign.pixmap().toImage())
        self.assertNotEqual(*pictures)


class WheelTests(SynchronousTestCase):
    def turned(self, widget: QWidget) -> bool:
        """Whether the wheel over it has gone to it."""
        middle = QPointF(widget.rect().center())
        event = QWheelEvent(middle, middle, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
                            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        widget.wheelEvent(event)
        return event.isAccepted()

    def test_wheel(self) -> None:
        """Who scrolls past a choice does not change it; with the focus on it the wheel does."""
        application()
        window, combo = QWidget(), ComboBox()
        combo.addItems(["1", "2", "3"])
        QHBoxLayout(window).addWidget(combo)
        shown(self, window, 400, 60)
        window.activateWindow()
        window.setFocus()
        self.assertFalse(self.turned(combo))
        self.assertEqual(combo.currentIndex(), 0)
        combo.setFocus()
        self.turned(combo)
        self.assertEqual(combo.currentIndex(), 1)


class NameTests(SynchronousTestCase):
    def test_name(self) -> None:
        """A list is read by the name that it is given."""
        application()
        chosen = name(QListWidget(), "录音")
        read = QAccessible.queryAccessibleInterface(chosen)
        self.assertEqual(read.text(QAccessible.Text.Name), "录音")
