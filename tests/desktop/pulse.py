"""
A sound server of the tests' own, so that QtMultimedia has microphones and loudspeakers where there are none.

There is one for the whole process, because Qt asks only once where the sound server is.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from array import array
from cmath import exp, pi
from collections.abc import Iterator
from contextlib import contextmanager
from math import hypot
from pathlib import Path

from callserver.desktop.headset.formats import RATE_HZ

PROGRAMS = ("pulseaudio", "pactl", "parec", "paplay", "sox")
MISSING = [name for name in PROGRAMS if not shutil.which(name)]
SKIP = (
    f"{', '.join(MISSING)}: not installed (apt-get install pulseaudio pulseaudio-utils sox)"
    if MISSING and not os.environ.get("CI")
    else None
)
START_S = 20.0
RAW = (f"--rate={RATE_HZ}", "--channels=1", "--format=s16le")
# Loudspeakers of which nothing is heard, but which can be recorded; without rewinds they play in pieces of 50 ms.
LOUDSPEAKERS = ("headset", "spare", "ringer", "mouth", "other_mouth")
MICROPHONES = {"microphone": "mouth", "other_microphone": "other_mouth"}  # each hears what a loudspeaker plays

_running: list[Pulse] = []


def sound_server() -> Pulse:
    """The one of this process, with all its devices."""
    if not _running:
        _running.append(Pulse())
    _running[0].complete()
    return _running[0]


class Pulse:
    """PulseAudio with a socket of its own; needs no session, no D-Bus, and runs as root too."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pulse-"))
        self.server = f"unix:{self.folder}/native"
        self._modules: dict[str, str] = {}
        self._process = self._started()
        atexit.register(self.stop)
        os.environ["PULSE_SERVER"] = self.server
        self._wait()

    def restart(self) -> None:
        """It is killed, and a new one with the same devices takes its place at once."""
        self._process.kill()
        self._process.wait()
        (self.folder / "native").unlink()
        self._modules = {}
        self._process = self._started()
        self._wait()
        self.complete()

    def complete(self) -> None:
        """All devices are there, those that were taken away too; the first ones are the system's choice."""
        for name in LOUDSPEAKERS:
            self.plug_in(name)
        for name in MICROPHONES:
            self.plug_in(name)
        self.pactl("set-default-sink", "headset")
        self.pactl("set-default-source", "microphone")

    def plug_in(self, name: str) -> None:
        """A device appears, if it is not there."""
        if name in self._modules:
            return
        shown = f"device.description={name.title()}"
        if name in MICROPHONES:  # Qt hides monitors: a source made of one it shows
            kind = ("module-remap-source", f"source_name={name}", f"master={MICROPHONES[name]}.monitor")
            self._modules[name] = self.pactl("load-module", *kind, f"source_properties={shown}")
        else:
            kind = ("module-null-sink", f"sink_name={name}", "norewinds=1")
            self._modules[name] = self.pactl("load-module", *kind, f"sink_properties={shown}")

    def pull_out(self, name: str) -> None:
        """A device vanishes."""
        self.pactl("unload-module", self._modules.pop(name))

    def pactl(self, *command: str) -> str:
        """What PulseAudio's own tool says."""
        done = subprocess.run(
            ["pactl", "-s", self.server, *command], capture_output=True, text=True, timeout=START_S, check=True
        )
        return done.stdout.strip()

    @contextmanager
    def recording(self, loudspeaker: str) -> Iterator[array[int]]:
        """What it plays meanwhile; filled in at the end."""
        heard = array("h")
        with tempfile.TemporaryFile() as file:
            recorder = subprocess.Popen(
                ["parec", "-s", self.server, "-d", f"{loudspeaker}.monitor", "--latency-msec=20", *RAW], stdout=file
            )
            try:
                yield heard
            finally:
                recorder.terminate()
                recorder.wait()
                file.seek(0)
                data = file.read()
                heard.frombytes(data[: len(data) // 2 * 2])

    @contextmanager
    def playing(self, loudspeaker: str, *effects: str) -> Iterator[None]:
        """What sox makes of `effects`, as "synth 2 sine 1000", on a loudspeaker."""
        file = self.folder / f"played-{time.monotonic_ns()}.wav"
        subprocess.run(["sox", "-n", "-r", "48000", "-c", "1", "-b", "16", str(file), *effects], check=True)
        with self.playing_file(loudspeaker, file):
            yield

    @contextmanager
    def playing_file(self, loudspeaker: str, file: Path) -> Iterator[None]:
        """A WAV file on a loudspeaker."""
        player = subprocess.Popen(["paplay", "-s", self.server, "-d", loudspeaker, str(file)])
        try:
            yield
        finally:
            player.terminate()
            player.wait()

    def stop(self) -> None:
        """It ends, and with it its folder."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(START_S)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _started(self) -> subprocess.Popen[bytes]:
        own = {"HOME": self.folder, "XDG_RUNTIME_DIR": self.folder, "XDG_CONFIG_HOME": self.folder}
        environment = os.environ | {name: str(value) for name, value in own.items()}
        socket = f"module-native-protocol-unix socket={self.folder}/native auth-anonymous=1"
        options = ["--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes", "--realtime=no"]
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                ["pulseaudio", "-n", *options, "--high-priority=no", "-L", socket],
                env=environment, stdout=log, stderr=log,
            )  # fmt: skip

    def _wait(self) -> None:
        until_s = time.monotonic() + START_S
        while True:
            try:
                self.pactl("info")
                return
            except subprocess.CalledProcessError:
                if self._process.poll() is not None or time.monotonic() > until_s:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.05)


def amplitude(sound: array[int], freq_hz: float) -> float:
    """Of one frequency in a sound, as a part of full scale."""
    turns = (sample * exp(-2j * pi * freq_hz / RATE_HZ * n) for n, sample in enumerate(sound))
    total = sum(turns)
    return 2 * hypot(total.real, total.imag) / max(len(sound), 1) / 32768
