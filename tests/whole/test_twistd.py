"""The server as a service of twistd, and what a start that fails tells."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import callserver

TOP = Path(callserver.__file__).parent.parent
TWISTD = "import sys; from twisted.scripts.twistd import run; sys.argv[0] = 'twistd'; run()"
SETTINGS = "[agents]\nport = 0\n[recording]\nannounce = yes\n[line 1]\ndevice = emulated\n"


def twistd(folder: Path, arguments: Sequence[str]) -> "subprocess.Popen[str]":
    """As the README says it, started in this folder."""
    return subprocess.Popen(
        [sys.executable, "-c", TWISTD, "--nodaemon", "--pidfile=", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(TOP), "CALLSERVER_LANGUAGE": "en"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


class TwistdTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.shop = self.folder / "shop"
        self.shop.mkdir(parents=True)
        (self.folder / "elsewhere").mkdir()

    def test_shop_beside_another_folder(self) -> None:
        """twistd changes to another folder (-d) than it was started in: the shop stays where it was named (F8, P8)."""
        (self.shop / "config.ini").write_text(SETTINGS)
        child = twistd(self.folder, ["-d", "elsewhere", "--logfile=log", "callserver", "--shop", "shop"])
        assert child.stderr is not None
        said = []
        for line in child.stderr:
            said.append(line)
            if "is ready" in line:
                child.terminate()
        child.stderr.close()
        child.wait()
        self.assertTrue((self.shop / "callserver.db").exists(), "".join(said))
        self.assertEqual(list((self.folder / "elsewhere").iterdir()), [])

    def test_a_start_that_fails(self) -> None:
        """All that is wrong, each at its place, exit code 1, and no traceback: the same that check tells."""
        (self.shop / "config.ini").write_text(SETTINGS + "menu = fault\n[server]\ndatabase = data/shop.db\nnoed = a\n")
        child = twistd(self.folder, ["callserver", "--shop", "shop"])
        _, said = child.communicate()
        self.assertEqual(child.returncode, 1, said)
        for mistake in (
            "config.ini, line 9: [server] database: no folder",
            "config.ini, line 10: [server] noed: no such setting; did you mean 'node'?",
        ):
            self.assertIn(mistake, said)
        self.assertNotIn("Traceback", said)
