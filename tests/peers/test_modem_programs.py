"""Programs that nobody here wrote use an emulated line as if it were a modem: vgetty, vm, pycallblock, phone-modem."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from twisted.trial.unittest import SkipTest, SynchronousTestCase

import callserver
from callserver.dsp.codecs import LINEAR_16, UNSIGNED_8
from callserver.dsp.tones import tone

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(callserver.__file__).parent.parent)}
EMULATE = [sys.executable, "-c", "from callserver.commands.emulate import emulate; emulate(prog_name='emulate')"]
SEARCH = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}:/usr/sbin"
LIMIT_S = 60
RMD_HEADER = b"RMD1" + b"V253modem".ljust(16, b"\0") + (0).to_bytes(2, "big") + (8000).to_bytes(2, "big") + b"\x08"


class EmulatedLine:
    """`callserver emulate line` as a process, and calls to it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.link, self._socket = self.folder / "modem", ["--socket", str(self.folder / "x.sock")]
        command = [*EMULATE, "line", "--json", "--link", str(self.link), *self._socket]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        assert self._process.stdout
        json.loads(self._process.stdout.readline())

    def __enter__(self) -> "EmulatedLine":
        return self

    def __exit__(self, *problem: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)

    @property
    def tty(self) -> str:
        """As programs name it that look in /dev themselves."""
        return str(self.link.readlink().relative_to("/dev"))

    def ring(self, *options: str) -> tuple[str, np.ndarray]:
        """A call to the line: what happened, and what the caller heard."""
        heard = self.folder / "heard.wav"
        command = [*EMULATE, "ring", "--caller", "555", "--name", "HARRINGTON", "--heard", str(heard), *options]
        rung = subprocess.run(
            [*command, *self._socket], capture_output=True, text=True, timeout=LIMIT_S, check=False, env=ENVIRONMENT
        )
        with wave.open(str(heard)) as file:
            both = LINEAR_16.decode(np.frombuffer(file.readframes(file.getnframes()), np.uint8)).reshape(-1, 2)
        return rung.stdout + rung.stderr, both[:, 0]


def seconds_of(freq_hz: float, sound: np.ndarray) -> float:
    """For how long, in steps of 0.1 s, this tone is what sounds."""
    pieces = sound[: sound.size // 800 * 800].reshape(-1, 800)
    power = np.abs(pieces @ np.exp(-2j * np.pi * freq_hz / 8000 * np.arange(800))) ** 2 * 2 / 800**2
    return float(np.sum((power > 0.7 * np.mean(pieces**2, axis=1)) & (power > 1e-4)) / 10)


def wait_for(condition: Callable[[], bool]) -> None:
    limit_s = time.monotonic() + LIMIT_S
    while not condition() and time.monotonic() < limit_s:
        time.sleep(0.1)


def pycallblock(*options: str) -> tuple[str, np.ndarray, Path]:
    """One blocked call: the program's log, what the caller heard, the program's folder."""
    with EmulatedLine() as line:
        blocked, played, log = (line.folder / name for name in ("blocked.csv", "played.wav", "log"))
        blocked.write_text("555,spam\n")
        with wave.open(str(played), "wb") as file:
            file.setparams((1, 1, 8000, 0, "NONE", ""))
            file.writeframes(UNSIGNED_8.encode(tone([800.0], 24000, -10.0)).tobytes())
        options = tuple(str(played) if option == "PLAYED" else option for option in options)
        command = [shutil.which("pycallblock", path=SEARCH) or "", "--device", str(line.link), "-b", str(blocked)]
        with log.open("w") as file:
            program = subprocess.Popen(
                [*command, "-l", "-v", *options], stderr=file, env={**ENVIRONMENT, "HOME": str(line.folder)}
            )
        try:
            wait_for(lambda: "Waiting event" in log.read_text())
            _, heard = line.ring("--talk", "3")
            wait_for(lambda: "Call logged" in log.read_text())
            time.sleep(0.3)
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait(20)
        return log.read_text(), heard, line.folder / "pycallblock"


def in_own_etc(folder: Path, command: list[str]) -> list[str]:
    """The command with mgetty's folders its own, as nothing else lets one choose them."""
    for name in ("conf", "spool/incoming", "spool/messages", "log", "lock"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "vgetty_voice.conf", folder / "conf" / "voice.conf")
    for name in ("mgetty.config", "login.config", "dialin.config"):
        (folder / "conf" / name).touch()
    mounts = {"conf": "/etc/mgetty", "spool": "/var/spool/voice", "log": "/var/log/mgetty", "lock": "/var/lock"}
    script = " && ".join(f"mount --bind '{folder}/{ours}' {theirs}" for ours, theirs in mounts.items())
    maps_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *maps_root, "--mount", "sh", "-c", f'{script} && exec "$@"', "sh", *command]


def vgetty() -> tuple[str, np.ndarray, bytes]:
    """A message left on an answering machine: its log, what the caller heard, the message."""
    with EmulatedLine() as line:
        command = in_own_etc(line.folder, [shutil.which("vgetty", path=SEARCH) or "", "-x", "6", line.tty])
        greeting = UNSIGNED_8.encode(tone([700.0], 16000, -12.0)).tobytes()
        (line.folder / "spool/messages/standard.rmd").write_bytes(RMD_HEADER.ljust(32, b"\0") + greeting)
        (line.folder / "spool/messages/Index").write_text("standard.rmd\n")
        program = subprocess.Popen(command)
        log = line.folder / "log" / f"vg_{line.tty.replace('/', '-')}.log"
        try:
            wait_for(lambda: log.exists() and "waiting..." in log.read_text("latin-1"))
            _, heard = line.ring("--talk", "5")
            program.wait(30)
        finally:
            program.kill()
            program.wait(10)
        messages = [*(line.folder / "spool/incoming").glob("v-*")]
        return log.read_text("latin-1"), heard, messages[0].read_bytes()


def vm() -> str:
    """Two numbers dialled: the log."""
    with EmulatedLine() as line:
        for number in ("200", "201"):
            command = [shutil.which("vm", path=SEARCH) or "", "dial", "-l", line.tty, "-x", "6", number]
            subprocess.run(in_own_etc(line.folder, command), check=True, timeout=LIMIT_S)
        return (line.folder / "log" / "vm.log").read_text("latin-1")


def phone_modem() -> tuple[str, str]:
    """A call rejected: what the program said, what happened to the caller."""
    with EmulatedLine() as line:
        command = [sys.executable, str(HERE / "reject_with_phone_modem.py"), str(line.link)]
        program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert program.stdout
        try:
            program.stdout.readline()
            happened, _ = line.ring("--talk", "5")
            said, _ = program.communicate(timeout=LIMIT_S)
        finally:
            program.kill()
            program.wait(10)
        return said, happened


MGETTY = ("Debian's package mgetty-voice", lambda: shutil.which("vgetty", path=SEARCH) and shutil.which("unshare"))
PYCALLBLOCK = ("the Python package pycallblock", lambda: shutil.which("pycallblock", path=SEARCH))
PHONE_MODEM = ("the Python package phone-modem", lambda: find_spec("phone_modem"))


PLAYS = ("-m", "-a", "PLAYED")
VISITS: dict[str, tuple[tuple[str, Callable[[], object]], Callable[[], object]]] = {
    "plays": (PYCALLBLOCK, lambda: pycallblock(*PLAYS)),
    "records": (PYCALLBLOCK, lambda: pycallblock("-r", "3")),
    "vgetty": (MGETTY, vgetty),
    "vm": (MGETTY, vm),
    "phone_modem": (PHONE_MODEM, phone_modem),
}


@cache
def running() -> dict[str, Future[Any]]:
    """All programs that are installed, side by side, each on a line of its own."""
    pool = ThreadPoolExecutor(len(VISITS))
    return {name: pool.submit(visit) for name, ((_, there), visit) in VISITS.items() if there()}


class PeerTests(SynchronousTestCase):
    """What came of each program's visit."""

    def result_of(self, name: str) -> Any:
        if name not in running():
            message = f"{VISITS[name][0][0]} is not installed: this program was not tried"
            self.assertNotIn("CI", os.environ, message)
            raise SkipTest(message)
        return running()[name].result(3 * LIMIT_S)

    def test_pycallblock_plays(self) -> None:
        """It recognises who calls, goes off hook and plays its file, which the caller hears whole; then hangs up."""
        log, heard, _ = self.result_of("plays")
        self.assertIn("Receiving call: 555/HARRINGTON", log)
        self.assertIn("blocked because", log)
        self.assertGreaterEqual(seconds_of(800.0, heard), 2.5)
        self.assertNotIn("Traceback", log)

    def test_pycallblock_records(self) -> None:
        """It keeps three seconds of what the caller says, with +VRX."""
        _, _, folder = self.result_of("records")
        (recording,) = (folder / "rec").iterdir()
        with wave.open(str(recording)) as file:
            sound = UNSIGNED_8.decode(np.frombuffer(file.readframes(file.getnframes()), np.uint8))
        self.assertGreaterEqual(seconds_of(1000.0, sound), 1.5)

    def test_vgetty_takes_a_message(self) -> None:
        """It answers after two rings, plays greeting and beep, records, and stops at the busy tone."""
        log, heard, message = self.result_of("vgetty")
        self.assertGreaterEqual(seconds_of(700.0, heard), 1.7)
        self.assertGreaterEqual(seconds_of(933.0, heard), 0.1)
        sound = UNSIGNED_8.decode(np.frombuffer(message[32:].replace(b"\x10\x10", b"\x10"), np.uint8))
        self.assertGreaterEqual(seconds_of(1000.0, sound), 1.5)
        self.assertIn("BUSY_TONE", log)
        self.assertIn("caller=555", log)
        self.assertIn("name='HARRINGTON'", log)

    def test_vm_dials(self) -> None:
        """It calls a number that answers and one that is busy, and can tell them apart."""
        log = self.result_of("vm")
        answered, _, busy = log.partition("ATD201")
        self.assertIn("RINGBACK_DETECTED", answered)
        self.assertNotIn("BUSY_TONE", answered)
        self.assertIn("BUSY_TONE", busy)

    def test_phone_modem_rejects(self) -> None:
        """It names the caller and gets rid of him: answered and at once hung up."""
        said, happened = self.result_of("phone_modem")
        self.assertEqual(said.strip(), "555 HARRINGTON")
        self.assertIn("answered", happened)
        self.assertIn("gone", happened)
