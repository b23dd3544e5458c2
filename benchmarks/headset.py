"""
What a talk in the agents' window costs in sound: prints a table, writes benchmarks/results/headset.json.

    python -m benchmarks.headset [--seconds 10]

Needs PulseAudio (apt-get install pulseaudio pulseaudio-utils), which is started for it with devices of its own; whose
cost is not counted, but the window's process alone: Qt's event loop, microphone to blocks, blocks to headset, meters.
Shares of one core, and what the sound's way adds: queue and pace.
"""

import json
import os
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import click
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from rich.console import Console
from rich.table import Table

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.formats import BLOCK_SAMPLES, Inward, Outward, SoundFormat
from callserver.desktop.headset.headset import Headset
from callserver.desktop.headset.level import Level
from callserver.desktop.headset.qt_sound import LISTEN_HZ, SPEAK_HZ, QtSound
from callserver.desktop.qt_reactor import install
from callserver.desktop.views.level_meter import LevelMeter
from callserver.wire.messages import AUDIO_BLOCK_S
from tests.desktop.headset.fakes import tone
from tests.desktop.pulse import sound_server

RESULTS = Path(__file__).parent / "results" / "headset.json"
AIM = 0.10  # of a core
CONVERTED = [SoundFormat(SPEAK_HZ), SoundFormat(LISTEN_HZ), SoundFormat(48000, 2, "f"), SoundFormat(44100, 2)]


@dataclass
class Talk:
    """One setting's figures."""

    what: str
    cpu_share: float  # of one core
    sent_share: float  # blocks sent, of those due
    latency_ms: float  # least queue for the headset in the last second; the sound server's own buffers come on top
    n_dry: int


class Desk:
    """A window with meters and a headset, on Qt's event loop as the real one."""

    def __init__(self) -> None:
        self.application = QApplication([])
        install(self.application)
        from twisted.internet import reactor

        self.reactor, self.n_sent = reactor, 0
        self.meters = {use: LevelMeter(use.value) for use in (Use.MICROPHONE, Use.HEADSET)}
        self.window = QWidget()
        lines = QVBoxLayout(self.window)
        for meter in self.meters.values():
            lines.addWidget(meter)
        self.window.show()
        sound = QtSound()
        self.headset = Headset(reactor, sound, Devices(sound, print), self.send, print, self.show_level)
        self.speaker = QTimer()
        self.speaker.setTimerType(Qt.TimerType.PreciseTimer)
        self.speaker.timeout.connect(self.speak)
        self.voice = tone(0.02, 1000)

    def send(self, block: bytes) -> None:
        """To nowhere."""
        self.n_sent += 1

    def show_level(self, use: Use, level: Level) -> None:
        """Paint it."""
        self.meters[use].show_level(level)

    def speak(self) -> None:
        """20 ms have come from the server."""
        self.headset.play(self.voice)

    def measure(self, what: str, seconds: float) -> Talk:
        """Idle or talking for so long."""
        if what == "talk":
            self.headset.open()
            self.speaker.start(round(AUDIO_BLOCK_S * 1000))
        self.run(2.0)
        self.n_sent, cpu_s = 0, time.process_time()
        self.run(seconds)
        share = (time.process_time() - cpu_s) / seconds
        playout = self.headset.playout
        self.speaker.stop()
        self.headset.close()
        sent = self.n_sent * AUDIO_BLOCK_S / seconds
        return Talk(what, round(share, 4), round(sent, 3), round(1000 * playout.latency_s, 1), playout.n_dry)

    def run(self, seconds: float) -> None:
        """Let Qt work."""
        QTimer.singleShot(round(1000 * seconds), self.application.quit)
        self.application.exec()


def conversion(device: SoundFormat) -> dict[str, float | str]:
    """Share of one core for converting to and from a device's format, in real time."""
    outward, inward, block, n_blocks = Outward(device), Inward(device), tone(0.02, 1000), 250
    cpu_s = time.process_time()
    played = [outward.feed(block) for _ in range(n_blocks)]
    between_s = time.process_time()
    for piece in played:
        inward.feed(piece)
    spans = (between_s - cpu_s, time.process_time() - between_s)
    to, back = (round(span / n_blocks / (BLOCK_SAMPLES / 8000), 4) for span in spans)
    return {"device": f"{device.rate_hz} Hz, {device.channels} ch, {device.kind}", "to": to, "from": back}


@click.command(help="Measure what the sound of a talk costs the agents' window.")
@click.option("--seconds", default=10.0, show_default=True, help="How long each setting runs.")
def main(seconds: float) -> None:
    """Measure, show, write."""
    sound_server()
    desk = Desk()
    talks = [desk.measure(what, seconds) for what in ("idle", "talk")]
    conversions = [conversion(device) for device in CONVERTED]
    Console().print(table(talks, conversions))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    conditions = {"seconds": seconds, "machine": platform.machine(), "python": platform.python_version()}
    found = {"conditions": conditions, "talks": [asdict(talk) for talk in talks], "conversions": conversions}
    RESULTS.write_text(json.dumps(found, indent=2))
    click.echo(f"written to {RESULTS}")


def table(talks: list[Talk], conversions: list[dict[str, float | str]]) -> Table:
    """For people."""
    shown = Table(title=f"the window's sound, shares of one core (aim of a talk: {AIM:.0%})")
    for heading in ("what", "CPU", "of it to the headset", "from the microphone", "sent", "queue ms", "ran dry"):
        shown.add_column(heading, justify="left" if heading == "what" else "right")
    for talk in talks:
        figures = f"{talk.sent_share:.0%}", str(talk.latency_ms), str(talk.n_dry)
        shown.add_row(talk.what, f"{talk.cpu_share:.1%}", "", "", *figures)
    for one in conversions:
        shown.add_row(f"converting: {one['device']}", "", f"{one['to']:.1%}", f"{one['from']:.1%}", "", "", "")
    return shown


if __name__ == "__main__":
    main()
