"""The program's one window: the log-in panel, then the main screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from callserver.desktop.presenters.life import Life
from callserver.desktop.presenters.log_in import LogIn
from callserver.desktop.presenters.log_in_data import Typed
from callserver.desktop.presenters.question import Question
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.icons import program_icon
from callserver.desktop.views.log_in import LogInView
from callserver.desktop.views.question import QuestionView
from callserver.wire.catalogue import Sentence

if TYPE_CHECKING:
    from callserver.desktop.window import MainWindow

FIRST_SIZE, SMALLEST = (1280, 720), (960, 540)


class ProgramWindow(QWidget):
    """
    The stage of a `Life`, which is given after it is made.

    `devices` makes the place where a headset is chosen, for the log-in panel, in a language; None: there is none.
    """

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.life: Life
        self.devices: Callable[[str], QWidget] | None = None
        self.log_in: LogInView | None = None
        self.main: MainWindow | None = None
        self._may_go = False
        self.question, self.stack = QuestionView(), QStackedWidget()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.question)
        lines.addWidget(self.stack, 1)
        self.setWindowIcon(program_icon())
        self.setMinimumSize(*SMALLEST)
        self.resize(*FIRST_SIZE)
        self.question.answered.connect(self._answered)

    # What the life asks for

    def show_log_in(self, log_in: LogIn, typed: Typed) -> None:
        """The log-in panel."""
        view = LogInView(log_in, typed, partial(self.devices, log_in.language) if self.devices is not None else None)
        view.speaks.connect(self._speak)
        view.quits.connect(self.close)
        self._put(view)
        self.log_in = view
        self.setWindowTitle(log_in.words("Telephone service centre"))
        view.take_focus()

    def show_work(self, work: Workplace) -> None:
        """The main screen, which is loaded now: until then nobody waits for it."""
        from callserver.desktop.window import MainWindow

        main = MainWindow(work)
        main.windowTitleChanged.connect(self.setWindowTitle)
        main.log_out_wanted.connect(self.life.log_out)
        self._put(main)
        self.main = main
        self.setWindowTitle(main.windowTitle())
        main.setFocus()

    def show_question(self, question: Question | None) -> None:
        """Ask, inside the window."""
        self.question.show_question(question)
        if question is None and self.main is not None:
            self.main.setFocus()

    def show_problem(self, words: str) -> None:
        """In the bar of the main screen."""
        if self.main is not None:
            self.main.show_problem(words)

    def tell(self, sentence: Sentence) -> None:
        """Of a headset, wherever it is pulled out."""
        self.life.device_told(sentence)

    def has_drafts(self) -> bool:
        """Whether a screen would lose something."""
        return self.main is not None and not self.main.may_close()

    def close_for_good(self) -> None:
        """The program ends."""
        self._may_go = True
        self.close()

    # What the person does

    def closeEvent(self, event: QCloseEvent) -> None:
        """Not before the life is over: a log-out takes a moment, and a talk is asked about."""
        if not self._may_go:
            self.life.close()  # perhaps over at once: then we may go, and are closing already
        event.setAccepted(self._may_go)
        if self._may_go:
            self._take_away()
            self.closed.emit()

    def _speak(self, language: str) -> None:
        if self.log_in is not None:
            self.life.speak(language, self.log_in.typed())

    def _answered(self, yes: bool) -> None:
        self.life.answer(yes)

    def _put(self, screen: QWidget) -> None:
        self._take_away()
        self.stack.addWidget(screen)
        self.stack.setCurrentWidget(screen)

    def _take_away(self) -> None:
        if self.main is not None:
            self.main.leave()
        self.log_in = self.main = None
        while (screen := self.stack.currentWidget()) is not None:
            self.stack.removeWidget(screen)
            screen.deleteLater()
