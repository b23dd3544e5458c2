from collections.abc import Mapping
from time import process_time

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from callserver.desktop.foreign import ISOLATE, POP
from callserver.desktop.keys import Act
from callserver.desktop.presenters.deeds import DESTROYS, Deed
from callserver.desktop.views.board import BoardView
from callserver.desktop.views.theme import GRID, sized
from callserver.desktop.views.tile_list import LINE_PX, TEXT_X, TITLE_PX
from callserver.wire.messages import Access
from callserver.wire.rights import Right
from callserver.wire.states import LineState
from tests.desktop.board_shop import LINES, QUEUES, SEATS, heard, line
from tests.desktop.presenters.work_case import EVERY_RIGHT, WorkCase
from tests.desktop.qt import application, click, flush, key, shown

CARD_PX = 308  # with what is between
WIDE = (1264, 640)  # six columns beside each other


class BoardViewCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.log_in(LINES + SEATS, QUEUES)
        application()
        self.view = BoardView(self.work)
        shown(self, self.view, *WIDE)
        self.view.begin()
        self.addCleanup(self.view.leave)
        self.client.answers([])
        self.client.answers([])
        self.view.activateWindow()
        self.view.take_focus()
        flush()

    def asked(self) -> list[tuple[object, ...]]:
        return [act for act in self.client.asked if act not in (("alarms",), ("list_staff",))]

    def selected(self) -> str:
        index = self.view.tiles.currentIndex()
        return self.view.tiles.tiles.rows[index.row()].channel if index.isValid() else ""


class TileListTests(BoardViewCase):
    def test_aloud(self) -> None:
        """A reader of screens finds a list of that name, and in it each tile with all that is on it."""
        read = QAccessible.queryAccessibleInterface(self.view.tiles)
        self.assertEqual(read.text(QAccessible.Text.Name), "Lines and seats")
        self.assertEqual(read.childCount(), 24)
        third = read.child(2)
        self.assertEqual(third.role(), QAccessible.Role.ListItem)
        for part in ("Line 3", "talking", "2:14", "13800138000", "802"):
            self.assertIn(part, third.text(QAccessible.Text.Name))

    def test_columns(self) -> None:
        """With room for six columns the seats are the last one; with less they flow."""
        tiles = self.view.tiles
        places = {tile.channel: tiles.visualRect(tiles.tiles.index(row)) for row, tile in enumerate(tiles.tiles.rows)}
        self.assertEqual(len({place.x() for place in places.values()}), 6)
        self.assertEqual(len({places[f"seat {number}"].x() for number in range(801, 805)}), 1)
        self.view.resize(700, 640)
        flush()
        narrow = {tiles.visualRect(tiles.tiles.index(row)).x() for row in range(24)}
        self.assertEqual(len(narrow), 3)

    def test_empty_places(self) -> None:
        """With few lines there are empty places before the seats; no key stops at one, and a click is none."""
        self.log_in(LINES[:5] + SEATS, QUEUES)
        flush()
        tiles = self.view.tiles
        blanks = [row for row in range(12) if tiles.is_blank(tiles.tiles.index(row))]
        self.assertEqual(blanks, [7, 8, 9])
        self.view.presenter.select("line 5")
        flush()
        key(self.view, Qt.Key.Key_Right)
        self.assertEqual(self.selected(), "seat 803")
        QTest.mouseClick(
            tiles.viewport(), Qt.MouseButton.LeftButton, pos=tiles.visualRect(tiles.tiles.index(8)).center()
        )
        self.assertEqual(self.selected(), "seat 803")
        key(self.view, Qt.Key.Key_Left)
        self.assertEqual(self.selected(), "line 5")
        for place in ("line 1", "line 3"):
            self.view.presenter.select(place)
            flush()
            for way in (Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Home):
                key(self.view, way)
                self.assertIn(self.selected().partition(" ")[0], ("line", "seat"), way)
        read = QAccessible.queryAccessibleInterface(tiles)
        self.assertEqual(read.child(8).text(QAccessible.Text.Name), "nothing here")

    def test_arrows(self) -> None:
        """Arrows go from tile to tile, right and down, and what is selected is what the buttons are about."""
        self.view.presenter.select("line 1")
        flush()
        key(self.view, Qt.Key.Key_Right)
        self.assertEqual(self.selected(), "line 2")
        key(self.view, Qt.Key.Key_Down)
        self.assertEqual(self.selected(), "line 7")
        self.assertIn("Line 7", self.view.detail.text())

    def test_long_names(self) -> None:
        """A person's name has the whole line of his tile, and the tiles have all the width there is."""
        tiles = self.view.tiles
        for width in (WIDE[0], 944):
            self.view.resize(width, 640)
            flush()
            right = max(tiles.visualRect(tiles.tiles.index(row)).right() for row in range(24))
            self.assertLess(tiles.viewport().width() - right, 3 * GRID)  # room of a scroll bar
            cell = tiles.visualRect(tiles.tiles.index(tiles.tiles.place_of("seat 803")))
            clock = tiles._painter.clock_place(cell, tiles.tiles.rows[tiles.tiles.place_of("seat 803")])
            self.assertGreater(clock.top(), cell.top() + LINE_PX)
            self.assertGreaterEqual(cell.width() - TEXT_X - GRID, _width("803 Bartholomew Li"))

    def test_selection_stays(self) -> None:
        """What is selected stays so while everything changes round it, and when the window is made narrower."""
        self.view.presenter.select("seat 803")
        self.model.row(line(3, LineState.IDLE, 0))
        self.clock.advance(1)
        self.view.resize(700, 640)
        flush()
        self.assertEqual(self.selected(), "seat 803")

    def test_only_what_changed(self) -> None:
        """A tile that changes is painted again, and no other."""
        changed: list[int] = []
        self.view.tiles.tiles.dataChanged.connect(lambda first, last: changed.append(first.row()))
        self.model.row(line(3, LineState.WAIT_HANGUP, 0, call_id="c3"))
        self.assertEqual(changed, [2])

    def test_clocks_only(self) -> None:
        """A clock that goes on is painted alone, and the tile then looks as if it had been painted whole."""
        changed: list[int] = []
        tiles = self.view.tiles
        tiles.tiles.dataChanged.connect(lambda first, last: changed.append(first.row()))
        tiles.blink_shown = False
        tiles._blinking.stop()
        for _ in range(5):
            self.clock.advance(1)
            flush()
        self.assertNotIn(0, changed)
        on_screen = self.view.screen().grabWindow(self.view.winId()).toImage()
        place = tiles.visualRect(tiles.tiles.index(0)).translated(tiles.viewport().mapTo(self.view, QPoint()))
        whole = self.view.grab().toImage()
        self.assertEqual(on_screen.size(), whole.size())
        self.assertEqual(_pixels(on_screen, place), _pixels(whole, place))

    def test_blinks(self) -> None:
        """The frame of what rings comes and goes; when nothing rings any more, no timer runs."""
        tiles = self.view.tiles
        self.assertTrue(tiles._blinking.isActive())
        pictures = []
        tiles._blinking.stop()  # else half a second may pass meanwhile
        for _ in range(2):
            pictures.append(tiles.grab(tiles.visualRect(tiles.tiles.index(1)).translated(1, 1)).toImage())
            tiles._blinking.timeout.emit()
            flush()
        self.assertNotEqual(*pictures)
        tiles._blinking.start()
        self.model.row(line(2, LineState.IDLE, 0))
        self.assertFalse(tiles._blinking.isActive())

    def test_cost(self) -> None:
        """All clocks of 24 tiles together, once a second, take a few hundredths of a second at the most."""
        before = process_time()
        for _ in range(10):
            self.clock.advance(1)
            flush()
        self.assertLess((process_time() - before) / 10, 0.05)


def _width(name: str) -> int:
    return QFontMetrics(sized(TITLE_PX, bold=True)).horizontalAdvance(name)


def _pixels(picture: QImage, place: QRect) -> list[str]:
    return [
        picture.pixelColor(x, y).name()
        for y in range(place.top(), place.bottom())
        for x in range(place.left(), place.right())
    ]


class DeedViewTests(BoardViewCase):
    def test_key_on_tile(self) -> None:
        """Ctrl+L on a tile listens to it."""
        self.view.presenter.select("seat 802")
        self.assertTrue(self.view.act(Act.LISTEN))
        self.assertFalse(self.view.act(Act.FAX))
        self.assertEqual(self.asked(), [("listen", "seat 802")])

    def test_buttons(self) -> None:
        """Each button does what it says; a second one only when it makes sense."""
        self.view.presenter.select("seat 802")
        flush()
        click(self.view.buttons[Deed.LISTEN])
        self.assertFalse(self.view.buttons[Deed.WHISPER].isEnabled())
        self.model.status(heard())
        flush()
        click(self.view.buttons[Deed.WHISPER])
        self.assertEqual(self.asked(), [("listen", "seat 802"), ("whisper",)])
        self.assertEqual(self.view.buttons[Deed.LISTEN].accessibleName(), "Stop listening")

    def test_apart(self) -> None:
        """What destroys has a red outline and stands behind a line; where there is no room, in a row of its own."""
        for deed, button in self.view.buttons.items():
            self.view.presenter.select("line 3")
            self.assertEqual(button.property("destroys") or "", "asks" if deed in DESTROYS else "")
        self.assertGreater(self.view.buttons[Deed.BREAK_OFF].x(), self.view.buttons[Deed.TAKE_OVER].x())
        self.view.resize(600, 640)
        flush()
        self.assertGreater(self.view.buttons[Deed.BREAK_OFF].y(), self.view.buttons[Deed.TAKE_OVER].y())

    def test_places(self) -> None:
        """
        Each button is where it was, listening or not, with the legend and when a call's card takes room at the left.

        Where it was: measured from the right edge, which stays. In the smallest window beside a card, what destroys
        still is, and the others go to where nothing was.
        """
        self.view.presenter.select("seat 802")
        for width in (*WIDE[:1], 956):
            self.view.resize(width, 640)
            flush()
            before = self._from_the_right()
            for status in (heard(), heard("whispers"), heard("barged in")):
                self.model.status(status)
                flush()
                self.assertEqual(self._from_the_right(), before, status.reason)
            self.view.presenter.select("line 12")  # disabled: another word
            flush()
            self.assertEqual(self._from_the_right(), before)
            self.view.legend_button.click()
            flush()
            self._destroys_nothing_new(before, width == WIDE[0])
            self.view.legend_button.click()
            self.view.resize(width - CARD_PX, 640)
            flush()
            self._destroys_nothing_new(before, width == WIDE[0])

    def _destroys_nothing_new(self, before: Mapping[Deed, tuple[int, int, int]], is_wide: bool) -> None:
        now, kept = self._from_the_right(), set(Deed) if is_wide else DESTROYS
        self.assertEqual({deed: now[deed] for deed in kept}, {deed: before[deed] for deed in kept})
        self.assertFalse([deed for deed in set(Deed) - kept if now[deed] in before.values()])

    def _from_the_right(self) -> dict[Deed, tuple[int, int, int]]:
        buttons = self.view.buttons.items()
        places = {deed: (button.mapTo(self.view, QPoint()), button.width()) for deed, button in buttons}
        return {deed: (self.view.width() - at.x(), at.y(), wide) for deed, (at, wide) in places.items()}

    def test_hearing(self) -> None:
        """Whom he listens to stands above the tiles, and goes when he has heard enough."""
        self.assertEqual(self.view.hearing.text(), "")
        self.model.status(heard())
        self.assertEqual(self.view.hearing.text(), f"Listening to 802 {ISOLATE}刘洋{POP} · 13800138000")
        self.model.status(heard("whispers"))
        self.assertIn("Whispering to 802", self.view.hearing.text())
        self.log_in(LINES + SEATS, QUEUES)
        self.assertEqual(self.view.hearing.text(), "")

    def test_right(self) -> None:
        """A button without its right is disabled and its tooltip names the right."""
        self.model.access(Access(EVERY_RIGHT - {Right.FORCE_LOG_OUT}, LINES + SEATS, QUEUES))
        self.view.presenter.select("seat 803")
        flush()
        button = self.view.buttons[Deed.FORCE_LOG_OUT]
        self.assertFalse(button.isEnabled())
        self.assertIn("log out other idle seats", button.toolTip())

    def test_focus(self) -> None:
        """A button that is disabled while it has the focus gives it back to the tiles, not to the next button."""
        self.view.presenter.select("line 3")
        flush()
        self.view.buttons[Deed.LISTEN].setFocus()
        self.model.row(line(3, LineState.IDLE, 0))
        flush()
        self.assertIs(QApplication.focusWidget(), self.view.tiles)

    def test_waiting(self) -> None:
        """Who waits stands in the table; when nobody does, it says so."""
        table = self.view.waiting
        self.assertEqual(
            [table.rows.index(0, column).data().strip(ISOLATE + POP) for column in range(5)],
            ["1", "075588889999", "1:20", "order", "0"],
        )
        self.model.access(Access(EVERY_RIGHT, LINES + SEATS, ()))
        flush()
        self.assertEqual(table.rows.rowCount(), 0)

    def test_legend(self) -> None:
        """The legend is there when it is wanted, with a sentence for every icon."""
        self.assertFalse(self.view.legend.isVisible())
        click(self.view.legend_button)
        self.assertTrue(self.view.legend.isVisible())
        self.assertFalse(self.view.legend.verticalScrollBar().isVisible())


class QuestionViewTests(BoardViewCase):
    def setUp(self) -> None:
        super().setUp()
        self.view.presenter.select("line 3")
        flush()
        click(self.view.buttons[Deed.BREAK_OFF])
        self.panel = self.view.question

    def test_panel(self) -> None:
        """The question lies in the window, in no dialog; it names call and person, and what the customer hears."""
        self.assertTrue(self.panel.isVisible())
        self.assertIs(self.panel.window(), self.view)
        self.assertIsNone(QApplication.activeModalWidget())
        self.assertIn("13800138000", self.panel.facts.text())
        self.assertIn("busy tone", self.panel.heard.text())
        self.assertEqual(self.panel.do.accessibleName(), "Break off")

    def test_default(self) -> None:
        """Enter cancels: "Cancel" has the focus."""
        self.assertIs(QApplication.focusWidget(), self.panel.cancel)
        for pressed in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
            self.view.presenter.act(Deed.BREAK_OFF)
            flush()
            QTest.keyClick(QApplication.focusWidget(), pressed)
            flush()
            self.assertFalse(self.panel.isVisible())
        self.assertEqual(self.asked(), [])
        self.assertIs(QApplication.focusWidget(), self.view.tiles)

    def test_escape_is_not_the_windows(self) -> None:
        """Escape is taken by the question before the key of the window that would close the whole board."""
        override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        override.ignore()
        QApplication.sendEvent(self.panel, override)
        self.assertTrue(override.isAccepted())

    def test_to_queue(self) -> None:
        """The caller is sent to a queue if that is chosen, and the sentence says what he hears then."""
        self.panel.how.setCurrentIndex(2)
        self.assertIn("music", self.panel.heard.text())
        click(self.panel.do)
        self.assertEqual(self.asked(), [("break_off", "line 3", "queue service")])

    def test_call_over(self) -> None:
        """When the call is over the question goes, and one line says so."""
        self.model.row(line(3, LineState.WAIT_HANGUP, 0))
        flush()
        self.assertFalse(self.panel.isVisible())
        self.assertTrue(self.view.notice.isVisible())

    def test_clock_does_not_take_the_focus(self) -> None:
        """While one chooses, the seconds that pass change neither choice nor focus."""
        self.panel.how.setFocus()
        self.panel.how.setCurrentIndex(1)
        self.clock.advance(3)
        flush()
        self.assertEqual(self.panel.how.currentIndex(), 1)
        self.assertIs(QApplication.focusWidget(), self.panel.how)
