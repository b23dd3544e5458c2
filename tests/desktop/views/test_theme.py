from itertools import product

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.views.colours import DARK, LIGHT, SHOWN_ALIKE, contrast, mixed
from callserver.desktop.views.theme import RING_PX, Theme, colours, palette, style_sheet
from callserver.wire.states import LineState, SeatState
from tests.desktop.qt import application, flush, key, shown

DEEPEST = 0.24  # of a state's colour in a tile


class ColourTests(SynchronousTestCase):
    def test_contrast(self) -> None:
        """Contrast is counted as WCAG counts it, in either order."""
        self.assertAlmostEqual(contrast("#000000", "#ffffff"), 21)
        self.assertAlmostEqual(contrast("#6e7781", "#ffffff"), 4.55, places=2)
        self.assertEqual(contrast("#777777", "#777777"), 1)

    def test_words(self) -> None:
        """All words can be read in both themes, those of disabled buttons too."""
        for worn, ground in ((one, where) for one in (LIGHT, DARK) for where in (one.ground, one.panel)):
            for words in (worn.text, worn.soft, worn.disabled, worn.good, worn.warning, worn.problem):
                self.assertGreaterEqual(contrast(words, ground), 4.5, (words, ground))

    def test_words_on_colour(self) -> None:
        """So can those on what is selected, on buttons that destroy, on the wallboard, and on the deepest tile."""
        for worn in (LIGHT, DARK):
            self.assertGreaterEqual(contrast(worn.on_marked, worn.marked), 4.5)
            for ground in (worn.destroy, worn.within, worn.near, worn.beyond):
                self.assertGreaterEqual(contrast(ground.text, ground.fill), 4.5)
            for words, colour in product((worn.text, worn.soft), worn.states.values()):
                self.assertGreaterEqual(contrast(words, mixed(worn.ground, colour, DEEPEST)), 4.5, colour)

    def test_words_on_buttons(self) -> None:
        """So can those of a button that the mouse is over, or that is pressed, and of one that destroys."""
        for worn in (LIGHT, DARK):
            over, pressed = (mixed(worn.panel, worn.focus, share) for share in (0.12, 0.25))
            destroying = mixed(worn.panel, worn.problem, 0.12)
            for words, ground in (
                (worn.text, over), (worn.text, pressed), (worn.problem, over), (worn.problem, destroying)
            ):  # fmt: skip
                self.assertGreaterEqual(contrast(words, ground), 4.5, (words, ground))
                self.assertIn(ground, style_sheet(worn))

    def test_shapes(self) -> None:
        """Frames, the ring of the focus, badges on their tiles and glyphs on their badges are seen."""
        for worn in (LIGHT, DARK):
            for shape, ground in product((worn.frame, worn.focus), (worn.ground, worn.panel)):
                self.assertGreaterEqual(contrast(shape, ground), 3)
            for colour in worn.states.values():
                self.assertGreaterEqual(contrast(worn.glyph, colour), 3)
                self.assertGreaterEqual(contrast(colour, mixed(worn.ground, colour, DEEPEST)), 3)

    def test_every_state(self) -> None:
        """Every state of a line and of a seat has its colour."""
        wanted = {*LineState, *SeatState}
        self.assertEqual({state for alike in SHOWN_ALIKE for state in alike}, wanted)
        for worn in (LIGHT, DARK):
            self.assertEqual(set(worn.states), wanted)


class ThemeTests(SynchronousTestCase):
    def test_disabled_apart(self) -> None:
        """What is disabled looks disabled: its colours are a group of their own."""
        for worn in (LIGHT, DARK):
            made = palette(worn)
            group, role = QPalette.ColorGroup, QPalette.ColorRole
            self.assertEqual(made.color(group.Disabled, role.ButtonText).name(), worn.disabled)
            self.assertEqual(made.color(group.Active, role.ButtonText).name(), worn.text)
            self.assertEqual(made.color(group.Inactive, role.Text).name(), worn.text)

    def test_choose(self) -> None:
        """Dark or light is chosen at once for all that is open, whatever the system has; each widget knows which."""
        app = application()
        theme = app.findChild(Theme)
        field = shown(self, QLineEdit(), 200, 40)
        self.addCleanup(theme.choose, "light")
        for chosen, worn in (("dark", DARK), ("light", LIGHT)):
            theme.choose(chosen)
            flush()
            self.assertIs(colours(field.palette()), worn)
            self.assertEqual(theme.chosen, chosen)

    def test_system(self) -> None:
        """Told to follow the system, it does."""
        app = application()
        theme = app.findChild(Theme)
        self.addCleanup(theme.choose, "light")
        theme.choose("system")
        dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self.assertIs(colours(app.palette()), DARK if dark else LIGHT)


class FocusRingTests(SynchronousTestCase):
    def setUp(self) -> None:
        application()
        self.window, self.widgets = QWidget(), [QPushButton("1"), QLineEdit("2"), QPushButton("3")]
        row = QHBoxLayout(self.window)
        for widget in self.widgets:
            row.addWidget(widget)
        shown(self, self.window, 400, 60)
        self.window.activateWindow()

    def ring_at(self) -> list[int]:
        """Which of the three have a ring of the full width at their left."""
        picture = self.window.grab().toImage()
        found = []
        for index, widget in enumerate(self.widgets):
            y = widget.geometry().center().y()
            beside = [picture.pixelColor(widget.x() - dx, y).name() for dx in range(1, RING_PX + 1)]
            if beside == [LIGHT.focus] * RING_PX:
                found.append(index)
        return found

    def test_follows(self) -> None:
        """Exactly what has the focus has a ring of two pixels, whatever kind of widget it is."""
        for index, widget in enumerate(self.widgets):
            widget.setFocus()
            flush()
            self.assertEqual(self.ring_at(), [index])

    def test_moves(self) -> None:
        """The ring moves with what it is round, and goes with it."""
        self.widgets[1].setFocus()
        self.window.resize(800, 60)
        flush()
        self.assertEqual(self.ring_at(), [1])
        self.widgets[1].setFocus()
        key(self.window, Qt.Key.Key_Tab)
        self.assertEqual(self.ring_at(), [2])
        self.widgets[2].hide()
        flush()
        self.assertNotIn(2, self.ring_at())

    def test_closed_window(self) -> None:
        """A window that is closed with the ring in it breaks nothing; the next one has it."""
        first = QWidget()
        field = QLineEdit(first)
        first.show()
        field.setFocus()
        flush()
        first.deleteLater()
        flush()
        self.window.activateWindow()
        self.widgets[0].setFocus()
        flush()
        self.assertEqual(self.ring_at(), [0])

    def test_at_an_edge(self) -> None:
        """What fills its own parent has a whole ring, too."""
        page = QWidget(self.window)
        page.setGeometry(100, 10, 100, 40)
        inner = QLineEdit(page)
        inner.setGeometry(0, 0, 100, 40)
        page.show()
        inner.setFocus()
        flush()
        picture = self.window.grab().toImage()
        around = [(98, 30), (201, 30), (150, 8), (150, 51)]
        self.assertEqual([picture.pixelColor(x, y).name() for x, y in around], [LIGHT.focus] * 4)
