"""config.ini: what a shop may write, and what it is told when it writes something else."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.config import Config, ConfigError, LineConfig, QueueConfig, read_config

NEEDED = "[recording]\nannounce = yes\n"
EXAMPLE = Path(__file__).parent.parent / "config.ini"


class ConfigTests(SynchronousTestCase):
    def read(self, text: str, **environment: str) -> Config:
        path = Path(self.mktemp())
        path.write_bytes(text.encode())
        return read_config(path, environment)

    def complaint(self, text: str) -> str:
        """The one line a bad file brings, without the folder."""
        problem = str(self.assertRaises(ConfigError, self.read, text))
        self.assertNotIn("\n", problem)
        return problem.partition(", ")[2]

    def test_example(self) -> None:
        """The file we ship is valid, and what stands in it is what one gets without it."""
        shipped = read_config(EXAMPLE, {})
        least = self.read(NEEDED + "[line 1-20]\ndevice = emulated\n")
        self.assertEqual(shipped, least)
        self.assertEqual(sorted(shipped.lines), list(range(1, 21)))

    def test_unknown_section(self) -> None:
        """A section nobody knows is named with its line and the nearest one that exists."""
        self.assertEqual(
            self.complaint(NEEDED + "[agnets]\nport = 1\n"), "line 3: [agnets]: no such section; did you mean 'agents'?"
        )

    def test_unknown_key(self) -> None:
        """So is a setting nobody knows."""
        self.assertEqual(
            self.complaint(NEEDED + "\n[agents]\nhost = ::1\nprot = 8787\n"),
            "line 6: [agents] prot: no such setting; did you mean 'port'?",
        )

    def test_bad_values(self) -> None:
        """A value that does not fit says what would."""
        for text, complaint in {
            "[agents]\nport = http\n": "line 2: [agents] port: 'http': needs a whole number from 0 to 65535",
            "[agents]\nport = 70000\n": "line 2: [agents] port: '70000': needs a whole number from 0 to 65535",
            "[line 1]\ndevice = x\nring_stop_s = 1\n": "line 3: [line 1] ring_stop_s: '1': needs a number from 2 to 20",
            "[line 1]\ndevice = x\nenabled = maybe\n": "line 3: [line 1] enabled: 'maybe': needs yes or no",
            "[line 1]\ndevice = x\nkeys = modme\n": "line 3: [line 1] keys: 'modme': did you mean 'modem'?",
            "[line 1]\nmenu = shop\n": "line 1: [line 1]: the setting 'device' is needed",
            "[line 0]\ndevice = x\n": "line 1: [line 0]: needs numbers from 1 to 200, as in [line 3] or [line 1-20]",
            "[line 1-3]\ndevice = x\n[line 3]\ndevice = y\n": "line 3: [line 3]: line 3 is already described by another"
            " section",
        }.items():
            self.assertEqual(self.complaint(text + NEEDED), complaint)

    def test_announcement_must_be_decided(self) -> None:
        """Whether callers are told of the recording has no default."""
        self.assertIn("the setting 'announce' is needed", self.complaint("[server]\nnode = a\n"))

    def test_windows_editor(self) -> None:
        """The mark and the line ends of Windows editors do no harm."""
        config = self.read("\ufeff[recording]\r\nannounce = no\r\n")
        self.assertFalse(config.recording.announce)

    def test_environment(self) -> None:
        """CALLSERVER_SECTION_KEY overrides the file, and is checked like it."""
        config = self.read(NEEDED + "[line 1-2]\ndevice = /dev/ttyACM0\n", CALLSERVER_AGENTS_PORT="9000")
        self.assertEqual(config.agents.port, 9000)
        self.assertRaises(ConfigError, self.read, NEEDED, CALLSERVER_AGENTS_PORT="x")

    def test_queues_and_lines(self) -> None:
        """One section describes many lines; a queue named otherwise takes the place of the first one."""
        config = self.read(NEEDED + "[line 1-2]\ndevice = emulated\nmenu = fault\n[queue tea]\nwrap_up_s = 0\n")
        self.assertEqual(config.lines[2], LineConfig("emulated", menu="fault"))
        self.assertEqual(config.queues, {"tea": QueueConfig(wrap_up_s=0)})

    def test_time_zone(self) -> None:
        """Days and hours are those of the shop's zone, whatever the computer's; a zone there is not is named."""
        config = self.read(NEEDED + "[server]\ntime_zone = Asia/Shanghai\n")
        taken = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
        self.assertEqual(taken.astimezone(config.server.zone).isoformat(), "2026-01-06T07:30:00+08:00")
        self.assertEqual(
            self.complaint("[server]\ntime_zone = Asia/Shanghia\n" + NEEDED),
            "line 2: [server] time_zone: 'Asia/Shanghia': no such time zone; did you mean 'Asia/Shanghai'?",
        )

    def test_time_zone_of_the_computer(self) -> None:
        """Without a setting it is the computer's, however that is set: by name, by offset, by nonsense."""
        noon = "datetime(2026, 1, 5, 12, tzinfo=UTC)"
        ask = f"from callserver.config import *; print({noon}.astimezone(system_zone()).hour)"
        for named, hour in {"Asia/Shanghai": 20, "CST-8": 20, "nowhere/at all": 12}.items():
            environ = os.environ | {"TZ": named, "PYTHONPATH": str(EXAMPLE.parent)}
            child = run([sys.executable, "-c", ask], env=environ, capture_output=True, text=True)
            self.assertEqual((child.stdout, child.stderr), (f"{hour}\n", ""), named)

    def test_no_file(self) -> None:
        """A file that is not there, or is no text, is one clear line."""
        self.assertRaises(ConfigError, read_config, Path(self.mktemp()), {})
        path = Path(self.mktemp())
        path.write_bytes(b"\xff\xfe[")
        self.assertRaises(ConfigError, read_config, path, {})

    @given(st.text(max_size=200))
    def test_anything(self, text: str) -> None:
        """Whatever stands in the file: settings, or one line of complaint."""
        path = Path("anything.ini")
        path.write_text(text, "utf-8", newline="")
        try:
            read_config(path, {})
        except ConfigError as problem:
            self.assertEqual(len(str(problem).splitlines()), 1)
