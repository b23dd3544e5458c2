"""The commands of `callserver emulate` and the telephone in the terminal, as processes on loopback sockets and ptys."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner
from twisted.trial.unittest import SynchronousTestCase

import callserver
from callserver.commands.emulate import emulate
from callserver.dsp.sound.files import read_wav

EMULATE = [sys.executable, "-c", "from callserver.commands.emulate import emulate; emulate(prog_name='emulate')"]
PHONE = [sys.executable, "-m", "callserver.commands.telephone"]


# The tests may run in any folder, and the package need not be installed.
ENVIRONMENT = {**os.environ, "CALLSERVER_LANGUAGE": "zh", "PYTHONPATH": str(Path(callserver.__file__).parent.parent)}


def run(command: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=30, check=False, env=ENVIRONMENT)


class CommandTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.socket = ["--socket", str(self.folder / "x.sock")]
        arguments = ["exchange", "--lines", "2", "--json", "--links", str(self.folder / "ports")]
        command = [*EMULATE, *arguments, *self.socket]
        self.exchange = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        self.addCleanup(self.stop)
        assert self.exchange.stdout
        self.told = json.loads(self.exchange.stdout.readline())

    def stop(self) -> None:
        self.exchange.terminate()
        self.exchange.communicate(timeout=10)

    def test_exchange_and_telephone(self) -> None:
        """An exchange says where its ports are; a telephone calls on it from a pipe; both end cleanly."""
        self.assertEqual(list(self.told["lines"]), ["800801", "800802"])
        port = os.open(self.told["lines"]["800802"], os.O_RDWR | os.O_NOCTTY)
        os.write(port, b"ATI0\r")
        self.assertTrue(os.read(port, 4))
        os.close(port)
        heard = self.folder / "heard.wav"
        script = "dial 201\nwait tone busy\nhang up\ndial 202\nwait ringback\nquit\n"
        phone = run([*PHONE, *self.socket, "--number", "13800000000", "--heard", str(heard)], script)
        self.assertEqual(phone.returncode, 0, phone.stdout + phone.stderr)
        for words in ("busy  占线", "wait tone busy", "ringback  回铃"):
            self.assertIn(words, phone.stdout)
        self.assertGreater(read_wav(heard).size, 8000)
        again = run([*EMULATE, "line", *self.socket])
        self.assertEqual(again.returncode, 1)
        self.assertIn("x.sock", again.stderr)
        busy = run([*EMULATE, "ring", "201", *self.socket])
        self.assertEqual(busy.returncode, 1)
        self.assertIn("the number is busy", busy.stderr)
        listed = run([*EMULATE, "lines", "--json", *self.socket])
        self.assertEqual([line["stage"] for line in json.loads(listed.stdout)][:2], ["on hook", "on hook"])
        self.stop()
        self.assertEqual([*(self.folder / "ports").iterdir()], [])
        gone = run([*PHONE, *self.socket], "quit\n")
        self.assertEqual(gone.returncode, 1)
        self.assertIn("电话不可用", gone.stderr)


class ScriptFileTests(SynchronousTestCase):
    def test_mistake(self) -> None:
        """A mistake in a script is told before anything is dialled, with file and line."""
        file = Path(tempfile.mkdtemp()) / "order.txt"
        file.write_text("caller 139\ndail 8008\n")
        result = CliRunner().invoke(emulate, ["run-script", str(file)])
        said = f"Error: {file}, line 2, column 1: no command 'dail'; did you mean 'dial'?"
        self.assertEqual(str(result.exception), said)
