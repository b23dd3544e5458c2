"""
What the agents' window costs: prints a table, writes benchmarks/results/window.json.

    python -m benchmarks.window [--seconds 10] [--calls 200]

Needs Xvfb (apt-get install xvfb), on which the real window is painted; no server, whose messages are given to the
window's model as they would come. Ring: from the message to the painted card. Shares are of one core, of the window's
process alone; those of sound are in `benchmarks.headset`. The load of the machine at the beginning stands beside.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import click

from callserver.wire.messages import Access, Card, ChannelRow, Hello, Identity, SeatStatus
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState

RESULTS = Path(__file__).parent / "results" / "window.json"
AIMS = {"ring to card, p99 ms": 100.0, "idle": 0.01, "in a talk": 0.10}
TILES, CHANGES_A_SECOND = 24, 1.0
EVERYTHING = frozenset(Right)


def screen() -> subprocess.Popen[bytes]:
    """One that nobody sees; the window is shown there."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    child = subprocess.Popen(command, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as said:
        os.environ |= {"DISPLAY": f":{said.readline().strip()}", "QT_QPA_PLATFORM": "xcb"}
    return child


class Desk:
    """The window of an agent, on Qt's event loop as in life, and who plays its server."""

    def __init__(self) -> None:
        from PySide6.QtWidgets import QApplication

        from callserver.desktop.qt_reactor import install

        self.application = QApplication([])
        install(self.application)
        from twisted.internet import reactor

        from callserver.desktop.model import ShopModel
        from callserver.desktop.own_settings import OwnSettings
        from callserver.desktop.presenters.workplace import Workplace
        from callserver.desktop.views.theme import Theme
        from callserver.desktop.window import MainWindow
        from tests.desktop.presenters.work_case import AskedClient

        self.theme = Theme(self.application, "light")
        self.model = ShopModel(reactor)  # type: ignore[arg-type]
        client = AskedClient(reactor, self.model)  # type: ignore[arg-type]
        work = Workplace(reactor, "zh", client, self.model, OwnSettings(Path(mkdtemp())))  # type: ignore[arg-type]
        board = tuple(self.line(n, LineState.IDLE) for n in range(TILES))
        self.model.logged_in(Hello("801", "王芳", EVERYTHING, SeatStatus("801"), board=board))
        self.model.access(Access(EVERYTHING, board, ()))
        self.seat(SeatState.IDLE_PC)
        self.window = MainWindow(work)
        self.window.show()
        self.run(1.0)

    @staticmethod
    def line(n: int, state: LineState) -> ChannelRow:
        return ChannelRow(f"line {n + 1}", state.name)

    def seat(self, state: SeatState, call: Card | None = None) -> None:
        """The server says so."""
        self.model.status(SeatStatus("801", "王芳", state, call=call, rings_for_s=15.0))

    def run(self, seconds: float) -> None:
        """Let Qt work."""
        from PySide6.QtCore import QTimer

        QTimer.singleShot(round(1000 * seconds), self.application.quit)
        self.application.exec()

    def ring_ms(self, n: int) -> float:
        """One call: from its message until its card is painted."""
        card = Card(f"call-{n}", f"139{n:08}", queue="订购", identity=Identity(str(n), f"李明 {n}"))
        began_s = time.perf_counter()
        self.seat(SeatState.RINGING, card)
        self.window.card.repaint()
        self.application.processEvents()
        took_ms = 1000 * (time.perf_counter() - began_s)
        self.seat(SeatState.IDLE_PC)
        self.application.processEvents()
        return took_ms

    def share(self, seconds: float, before: Callable[[], None] = lambda: None) -> float:
        """Of one core, in such a state."""
        before()
        self.run(1.5)
        cpu_s = time.process_time()
        self.run(seconds)
        return round((time.process_time() - cpu_s) / seconds, 4)

    def talks(self) -> None:
        """With somebody."""
        self.seat(SeatState.TALKING, Card("talk", "13800138000", identity=Identity("10023", "李明")))

    def watches(self) -> None:
        """The board is open, and each line changes once a second."""
        from PySide6.QtCore import QTimer

        from callserver.desktop.keys import Act

        self.seat(SeatState.IDLE_PC)
        self.window.open(Act.BOARD)
        self._changes, self._n = QTimer(), 0
        self._changes.timeout.connect(self._one_changes)
        self._changes.start(round(1000 / TILES / CHANGES_A_SECOND))

    def _one_changes(self) -> None:
        self._n += 1
        state = (LineState.RINGING_IN, LineState.TALKING, LineState.IDLE)[self._n // TILES % 3]
        self.model.row(self.line(self._n % TILES, state))


@click.command(help="Measure what the agents' window costs.")
@click.option("--seconds", default=10.0, show_default=True, help="How long each state is watched.")
@click.option("--calls", default=200, show_default=True, help="How many calls ring.")
def main(seconds: float, calls: int) -> None:
    """Measure, show, write."""
    load, shown = os.getloadavg()[0], screen()
    try:
        found = measured(seconds, calls)
    finally:
        shown.terminate()
        shown.wait()
    conditions = {"load": load, "cores": os.cpu_count(), "machine": platform.machine(), "seconds": seconds}
    for what, figure in found.items():
        click.echo(f"{what:32} {figure:8.4g}" + (f"   aim {AIMS[what]:g}" if what in AIMS else ""))
    click.echo(f"load of the machine at the beginning: {load:.1f} on {os.cpu_count()} cores")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"conditions": conditions, "figures": found}, indent=2))


def measured(seconds: float, calls: int) -> dict[str, float]:
    """What, and how much."""
    desk = Desk()
    took = sorted(desk.ring_ms(n) for n in range(calls))
    found = {"ring to card, p50 ms": took[len(took) // 2], "ring to card, p99 ms": took[round(0.99 * (len(took) - 1))]}
    found["idle"] = desk.share(seconds)
    found["in a talk"] = desk.share(seconds, desk.talks)
    assert desk.window.bar.clock.text() != "0:00", "the clocks stand still"
    found[f"board, {TILES} tiles once a second"] = desk.share(seconds, desk.watches)
    return found


if __name__ == "__main__":
    main()
