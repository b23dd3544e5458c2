"""
The program with its window.

Importing this module needs PySide6; `run` has to be called before anything imports Twisted's reactor, since it decides
which one that is: Qt's and Twisted's work is done by one loop.
"""

from __future__ import annotations

import faulthandler
import sys
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

from PySide6.QtCore import QLibraryInfo, QLocale, QLoggingCategory, QTranslator
from PySide6.QtWidgets import QApplication, QWidget
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.logger import Logger, globalLogBeginner, textFileLogObserver
from twisted.python.failure import Failure

from callserver.desktop.client import AgentClient
from callserver.desktop.connection import pinned_endpoint
from callserver.desktop.first_look import ShownCertificate, shown_certificate
from callserver.desktop.model import ShopModel
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.places import Place
from callserver.desktop.presenters.life import Life
from callserver.desktop.presenters.log_in_data import Typed, first_typed
from callserver.desktop.presenters.ways import Person, staying_client
from callserver.desktop.qt_reactor import install
from callserver.desktop.views.program_window import ProgramWindow
from callserver.desktop.views.theme import Theme
from callserver.wire.terminal import person_language

if TYPE_CHECKING:
    from callserver.desktop.presenters.desk import Desk
    from callserver.desktop.views.desk_sound import DeskSound

log = Logger()

LOG, LOG_BEFORE = "callserver-agent.log", "callserver-agent.log.1"
LOG_BYTES_MAX = 2_000_000
CHATTER = ("qt.multimedia.ffmpeg", "qt.multimedia.symbolsresolver")  # written at each start, about nothing we use


class Network:
    """Real ones."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    def look(self, place: Place) -> Deferred[ShownCertificate]:
        """Whether it answers, and with which certificate."""
        return shown_certificate(self._reactor, *place)

    def endpoint(self, place: Place, certificate_file: Path) -> IStreamClientEndpoint:
        """To the one that has this certificate."""
        return pinned_endpoint(self._reactor, *place, certificate_file)

    def client(self, endpoint: IStreamClientEndpoint, person: Person, model: ShopModel) -> AgentClient:
        """Who talks with it, and tries again when the connection is lost."""
        return staying_client(self._reactor, endpoint, person, model)


def run(language: str | None, server: str = "", number: str = "", demo: bool = False) -> None:
    """
    From the log-in panel to the end of the program.

    :param language: "zh" or "en"; None: that of the last time
    :param server: what stands in the field at first; "": that of the last time, as with the number
    :param demo: with a shop of its own, of which nothing is kept
    """
    settings = OwnSettings()
    language = language or settings.now.language or person_language()
    write_log(settings.folder)
    QLoggingCategory.setFilterRules("\n".join(f"{one}=false" for one in CHATTER))
    app = QApplication(sys.argv[:1])
    app.setApplicationName("callserver-agent")
    app.setDesktopFileName("callserver-agent")
    app.setQuitOnLastWindowClosed(False)
    reactor = install(app)
    theme = Theme(app, settings.now.theme or "system")  # type: ignore[arg-type]
    settings.watch(lambda: theme.choose(settings.now.theme or "system"))  # type: ignore[arg-type]
    _qt_words(app, language)
    window = ProgramWindow()
    window.closed.connect(reactor.stop)
    if demo:
        start_demo(reactor, window, language)
    else:
        life(reactor, window, settings, language, first_typed(settings, server, number)).start()
    window.show()
    reactor.run()


class Sound:
    """This computer's, loaded when it is wanted first: the log-in screen is seen before."""

    def __init__(self, reactor: Any, settings: OwnSettings, window: ProgramWindow) -> None:
        self._reactor, self._settings, self._window = reactor, settings, window

    @cached_property
    def _sound(self) -> DeskSound:
        from callserver.desktop.views.desk_sound import DeskSound

        return DeskSound(self._reactor, self._settings, self._window.tell)

    def panel(self, language: str) -> QWidget:
        """Where devices are chosen."""
        return self._sound.panel(language)

    def desk(self) -> Desk:
        """For whoever logs in."""
        return self._sound


def life(reactor: Any, window: ProgramWindow, settings: OwnSettings, language: str, typed: Typed) -> Life:
    """Of this window, with the sound of this computer."""
    sound = Sound(reactor, settings, window)
    window.devices = sound.panel
    window.life = Life(reactor, settings, Network(reactor), window, language, typed, sound.desk)
    return window.life


def start_demo(reactor: Any, window: ProgramWindow, language: str) -> None:
    """Its parts are loaded only when it is asked for."""
    from callserver.desktop.demo_shop import NUMBER, Demo, DemoShop

    shop = DemoShop()
    settings = OwnSettings(shop.folder / "window")
    demo = Demo(reactor, shop, settings)
    reactor.addSystemEventTrigger("after", "shutdown", demo.stop)
    demo.start(life(reactor, window, settings, language, first_typed(settings, str(shop.place), NUMBER)))


def write_log(folder: Path) -> None:
    """What breaks, also in a slot, where Qt goes on as if nothing had been: the person sees no traceback."""
    file = _log_file(folder)
    globalLogBeginner.beginLoggingTo([textFileLogObserver(file)], redirectStandardIO=False)
    sys.excepthook = _slot_broke
    if file is not sys.stderr:
        faulthandler.enable(file)


def _log_file(folder: Path) -> TextIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / LOG
        if file.exists() and file.stat().st_size > LOG_BYTES_MAX:
            file.replace(folder / LOG_BEFORE)
        return file.open("a", encoding="utf-8", buffering=1)
    except OSError:
        return sys.stderr


def _slot_broke(kind: type[BaseException], problem: BaseException, traceback: TracebackType | None) -> None:
    log.failure("a slot broke", Failure(problem, kind, traceback))  # type: ignore[no-untyped-call]


def _qt_words(app: QApplication, language: str) -> None:
    """Qt's own words, as in the menu of a text field."""
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale("zh_CN" if language == "zh" else "en"), "qtbase", "_", folder):
        app.installTranslator(translator)
