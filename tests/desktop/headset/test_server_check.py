"""A sound server that dies takes the sound with it, but not the window."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.server_check import ServerCheck, listener, server_socket

LISTEN = """
import socket, sys
here = socket.socket(socket.AF_UNIX)
here.bind(sys.argv[1])
here.listen()
print("listens", flush=True)
sys.stdin.read()
"""


class ServerCheckTests(SynchronousTestCase):
    if not hasattr(socket, "SO_PEERCRED"):
        skip = "for Linux"

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "native"

    def serve(self) -> subprocess.Popen[bytes]:
        """Another process listens there, until `die`."""
        process = subprocess.Popen(
            [sys.executable, "-c", LISTEN, str(self.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.assertEqual(process.stdout.readline(), b"listens\n")
        self.addCleanup(self.die, process)
        return process

    def die(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.communicate()
            self.path.unlink()

    def test_lives(self) -> None:
        """While the server lives, devices may be opened."""
        process = self.serve()
        self.assertEqual(listener(self.path), process.pid)
        self.assertTrue(ServerCheck(self.path).may_open())

    def test_dead(self) -> None:
        """A dead one is noticed before the next call opens a device, though nothing was open."""
        process = self.serve()
        check = ServerCheck(self.path)
        self.die(process)
        self.assertFalse(check.may_open())

    def test_another(self) -> None:
        """A new server is not used before Qt has told of its devices."""
        process = self.serve()
        check = ServerCheck(self.path)
        self.die(process)
        self.serve()
        self.assertFalse(check.may_open())
        check.found()
        self.assertTrue(check.may_open())

    def test_stuck(self) -> None:
        """A stream that stands still is a lost connection, until Qt tells of devices again."""
        self.serve()
        check = ServerCheck(self.path)
        check.lost()
        self.assertFalse(check.may_open())
        check.found()
        self.assertTrue(check.may_open())

    def test_other_systems(self) -> None:
        """Where there never was such a server, nothing is forbidden."""
        check = ServerCheck(self.path)
        check.lost()
        self.assertTrue(check.may_open())

    def test_where(self) -> None:
        """It is looked for where the sound system's own programs look for it."""
        for variables, wanted in (
            ({"PULSE_SERVER": "unix:/a/native"}, "/a/native"),
            ({"PULSE_SERVER": "tcp:host"}, "None"),
            ({"PULSE_RUNTIME_PATH": "/b"}, "/b/native"),
            ({"XDG_RUNTIME_DIR": "/c"}, "/c/pulse/native"),
        ):
            self.patch(os, "environ", variables)
            self.assertEqual(str(server_socket()), wanted)
