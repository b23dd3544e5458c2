"""How every window of the program looks: style, fonts, palette, a small style sheet, and the ring round the focus."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from callserver.desktop.views.colours import DARK, LIGHT, Colours, contrast, mixed
from callserver.desktop.views.focus_ring import RING_PX, FocusRings

__all__ = ["DARK", "GRID", "LIGHT", "RING_PX", "Colours", "Theme", "colours", "contrast", "mixed", "sized"]

GRID = 8  # all distances are multiples of it, or its half
LABELS_PX = 12 * GRID  # before the fields of a form: those of the next form begin at the same place
SMALL_PX, TEXT_PX, LARGE_PX, HUGE_PX = 12, 14, 18, 24
FAMILIES = ["Noto Sans", "DejaVu Sans", "WenQuanYi Micro Hei", "Noto Sans CJK SC"]
FRAMED_BY_FUSION = (
    "QCheckBox", "QRadioButton", "QComboBox", "QAbstractSpinBox", "QTabWidget", "QTabBar", "QSlider", "QProgressBar"
)  # fmt: skip
FUSION_DARKENS = 140  # percent: its frames are the window's colour so much darker, which is hardly to be seen
Chosen = Literal["system", "light", "dark"]
Role = QPalette.ColorRole


class Theme(QObject):
    """Dresses the program, keep it as long as that runs; it follows the system unless told otherwise."""

    def __init__(self, app: QApplication, chosen: Chosen = "system") -> None:
        super().__init__(app)
        self._app, self._chosen = app, chosen
        app.setStyle("Fusion")
        app.setFont(sized(TEXT_PX))
        app.styleHints().colorSchemeChanged.connect(self._put_on)
        self._rings = FocusRings(app)
        self._put_on()

    @property
    def chosen(self) -> Chosen:
        """What was asked for."""
        return self._chosen

    def choose(self, chosen: Chosen) -> None:
        """Another one, at once and everywhere."""
        self._chosen = chosen
        self._put_on()

    def _put_on(self) -> None:
        dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        worn = DARK if self._chosen == "dark" or (self._chosen == "system" and dark) else LIGHT
        self._app.setPalette(palette(worn))
        for kind in FRAMED_BY_FUSION:
            self._app.setPalette(_framed(worn), kind)  # type: ignore[arg-type]  # the stubs ask for bytes, which it refuses
        self._app.setStyleSheet(style_sheet(worn))


def colours(worn: QPalette) -> Colours:
    """Those of the theme that a widget wears; ask with its `palette()` when it is painted."""
    return DARK if worn.color(Role.Base).lightness() < 128 else LIGHT


def sized(px: int, bold: bool = False) -> QFont:
    """The program's font in one of the four sizes above."""
    font = QFont()
    font.setFamilies(FAMILIES)
    font.setPixelSize(px)
    font.setBold(bold)
    return font


def palette(worn: Colours) -> QPalette:
    """As Qt wants it. Colours are set group by group: `setColor(role, ...)` would make what is disabled look alive."""
    common = {
        Role.Window: worn.ground, Role.WindowText: worn.text, Role.Base: worn.ground, Role.AlternateBase: worn.panel,
        Role.Text: worn.text, Role.PlaceholderText: worn.disabled, Role.Button: worn.panel,
        Role.ButtonText: worn.text, Role.BrightText: worn.problem, Role.ToolTipBase: worn.panel,
        Role.ToolTipText: worn.text, Role.Highlight: worn.marked, Role.HighlightedText: worn.on_marked,
        Role.Link: worn.focus, Role.LinkVisited: worn.focus, Role.Accent: worn.focus, Role.Mid: worn.frame,
    }  # fmt: skip
    off = dict.fromkeys((Role.WindowText, Role.Text, Role.ButtonText, Role.HighlightedText), worn.disabled)
    off[Role.Highlight] = worn.panel
    made = QPalette(QColor(worn.panel), QColor(worn.ground))
    for role, colour in common.items():
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            made.setColor(group, role, QColor(colour))
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(off.get(role, colour)))
    return made


def _framed(worn: Colours) -> QPalette:
    """For kinds of widgets that show no window's colour of their own, but draw their frames after it."""
    made = palette(worn)
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled):
        made.setColor(group, Role.Window, QColor(worn.frame).lighter(FUSION_DARKENS))
    return made


def style_sheet(worn: Colours) -> str:
    """What palettes cannot say. A button whose property `destroys` is "asks" has a red outline, "does" is filled."""
    return f"""
QPushButton, QToolButton {{ border: 1px solid {worn.frame}; border-radius: 4px; padding: 5px 11px;
    background: {worn.panel}; color: {worn.text} }}
QPushButton:hover, QToolButton:hover {{ background: {mixed(worn.panel, worn.focus, 0.12)} }}
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked {{
    background: {mixed(worn.panel, worn.focus, 0.25)}; border-color: {worn.focus} }}
QPushButton:disabled, QToolButton:disabled {{ color: {worn.disabled}; background: {worn.ground};
    border: 1px dashed {worn.frame} }}
QPushButton[destroys="asks"]:enabled {{ border-color: {worn.problem}; color: {worn.problem} }}
QPushButton[destroys="asks"]:pressed {{ background: {mixed(worn.panel, worn.problem, 0.12)} }}
QPushButton[destroys="does"]:enabled {{ border-color: {worn.destroy.fill}; background: {worn.destroy.fill};
    color: {worn.destroy.text} }}
QLineEdit, QPlainTextEdit, QTextEdit, QListView, QTableView, QTreeView {{ border: 1px solid {worn.frame};
    border-radius: 4px }}
QLineEdit {{ padding: 3px 7px; min-height: 24px }}
QComboBox, QAbstractSpinBox {{ min-height: 28px }}
QHeaderView::section {{ background: {worn.panel}; color: {worn.soft}; border: none; padding: 4px 8px;
    border-bottom: 1px solid {worn.frame} }}
QToolTip {{ background: {worn.panel}; color: {worn.text}; border: 1px solid {worn.frame}; padding: 4px }}
"""
