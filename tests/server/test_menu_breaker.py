"""See `menu_breaker_cases`."""

import subprocess
import sys

from twisted.trial.unittest import SynchronousTestCase


class MenuBreakerTests(SynchronousTestCase):
    def test_all(self) -> None:
        """In a process of its own, which cannot hang for long."""
        trial = [sys.executable, "-m", "twisted.trial", f"--temp-directory={self.mktemp()}"]
        done = subprocess.run(
            [*trial, "tests.server.menu_breaker_cases"], capture_output=True, text=True, check=False, timeout=300
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
