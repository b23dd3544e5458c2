"""config.ini: what a shop may write, and what it is told when it writes something else."""

import os
import sys
from datetime import UTC, datetime
from errno import EACCES
from pathlib import Path
from subprocess import run

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.config import Config, ConfigError, LineConfig, QueueConfig, read_config

EMULATED_LINE = "[line 1]\ndevice = emulated\n"
NEEDED = "[recording]\nannounce = yes\n"
TOP = Path(__file__).parents[2]
EXAMPLE = TOP / "config.ini"


class ConfigTests(SynchronousTestCase):
    def read(self, text: str | bytes, **environment: str) -> Config:
        folder = Path(self.mktemp())
        folder.mkdir()
        self.path = folder / "config.ini"
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_config(self.path, environment)

    def complaints(self, text: str | bytes, **environment: str) -> list[str]:
        """A line for each mistake a bad file holds, without the folder."""
        problem = str(self.assertRaises(ConfigError, self.read, text, **environment))
        return [line.removeprefix(str(self.path)).removeprefix(", ") for line in problem.split("\n")]

    def complaint(self, text: str | bytes, **environment: str) -> str:
        """The only one."""
        (complaint,) = self.complaints(text, **environment)
        return complaint

    def test_example(self) -> None:
        """The file we ship is valid, and what stands in it is what one gets without it."""
        shipped = read_config(EXAMPLE, {})
        least = self.read(NEEDED + "[line 1-20]\ndevice = emulated\n")
        self.assertEqual(shipped, least)
        self.assertEqual(sorted(shipped.lines), list(range(1, 21)))

    def test_whole_numbers(self) -> None:
        """A whole number is one, however it is written: no network takes 8787.0 for a port."""
        for written in ("8788", "8788.0", "8.788e3"):
            port = self.read(f"{NEEDED}[agents]\nport = {written}\n").agents.port
            self.assertEqual((port, type(port)), (8788, int))

    def test_unknown_section(self) -> None:
        """A section nobody knows is named with its line and the nearest one that exists."""
        self.assertEqual(
            self.complaint(NEEDED + "[agnets]\nport = 1\n"), "line 3: [agnets]: no such section; did you mean 'agents'?"
        )

    def test_nearly_a_line(self) -> None:
        """A line's section written otherwise is told as it is written."""
        for name, meant in {"Line 4": "line 4", "line4": "line 4", "lines 1 - 20": "line 1-20"}.items():
            said = f"line 3: [{name}]: no such section; did you mean '{meant}'?"
            self.assertEqual(self.complaint(f"{NEEDED}[{name}]\n"), said)

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
            "[agents]\nport = nan\n": "line 2: [agents] port: 'nan': needs a whole number from 0 to 65535",
            "[agents]\nseats = 1_0\n": "line 2: [agents] seats: '1_0': needs a whole number from 1 to 200",
            "[agents]\nseats = 2.5\n": "line 2: [agents] seats: '2.5': needs a whole number from 1 to 200",
            "[queue a]\nring_s = 1e3\n": "line 2: [queue a] ring_s: '1e3': needs a number from 3 to 120",
            "[queue a]\nring_s = inf\n": "line 2: [queue a] ring_s: 'inf': needs a number from 3 to 120",
            "[agents]\nhost = shop\n": "line 2: [agents] host: 'shop': is no address: 127.0.0.1 is this computer alone,"
            " 0.0.0.0 all its networks; or one of its own addresses",
            "[exchange]\nnumber = 8OO8\n": "line 2: [exchange] number: '8OO8': needs a telephone number: 1 to"
            " 15 digits",
            "[server]\nnode =\n": "line 2: [server] node: '': may not be empty",
            "[server]\ndatabase = mysql://me:secret@host/shop\n": "line 2: [server] database: needs a file in the"
            " shop's folder, or postgresql://user:password@host/name",
            EMULATED_LINE + "ring_stop_s = 1\n": "line 3: [line 1] ring_stop_s: '1': needs a number from 2 to 20",
            EMULATED_LINE + "enabled = maybe\n": "line 3: [line 1] enabled: 'maybe': needs yes or no",
            EMULATED_LINE + "keys = modme\n": "line 3: [line 1] keys: 'modme': did you mean 'modem'?",
            EMULATED_LINE + "menu =\n": "line 3: [line 1] menu: '': may not be empty",
            "[line 1]\nmenu = shop\n": "line 1: [line 1]: the setting 'device' is needed",
            "[line 1]\ndevice =\n": "line 2: [line 1] device: '': the modem's port begins with /, as in /dev/ttyACM0;"
            " without hardware it is emulated",
            "[line 1]\ndevice = emulatd\n": "line 2: [line 1] device: 'emulatd': did you mean 'emulated'?; without"
            " hardware it is emulated",
            "[queue]\n": "line 1: [queue]: no such section; did you mean 'queue operator'?",
        }.items():
            self.assertEqual(self.complaint(text + NEEDED), complaint)

    def test_line_numbers(self) -> None:
        """Rows of lines: their numbers, those of two sections, one modem for two."""
        device = "device = emulated\n"
        modem = "device = /dev/ttyACM0\n"
        for text, complaint in {
            f"[line 0]\n{device}": "line 1: [line 0]: needs numbers from 1 to 200, as in [line 3] or [line 1-20]",
            f"[line 1-9999999999999]\n{device}": "line 1: [line 1-9999999999999]: needs numbers from 1 to 200, as in"
            " [line 3] or [line 1-20]",
            f"[line one]\n{device}": "line 1: [line one]: needs numbers from 1 to 200, as in [line 3] or [line 1-20]",
            f"[line 3-1]\n{device}": "line 1: [line 3-1]: a row of lines begins with its smallest number: [line 1-3]",
            f"[line 1-3]\n{device}[line 3]\n{device}": "line 3: [line 3]: line 3 is in [line 1-3] (line 1) already",
            f"[line 1-2]\n{modem}": "line 2: [line 1-2] device: 2 lines cannot share one modem:"
            " write a section for each",
            f"[line 1]\n{modem}[line 2]\n{modem}": "line 4: [line 2] device: [line 1] has this device already",
        }.items():
            self.assertEqual(self.complaint(text + NEEDED), complaint)

    def test_country_by_name(self) -> None:
        """The country by its code, its English, Chinese or own name; another is told which there are."""
        for name, code in {
            "CN": "cn",
            "China": "cn",
            "中国": "cn",
            "germany": "de",
            "Deutschland": "de",
            "UK": "gb",
        }.items():
            self.assertEqual(self.read(NEEDED + f"[exchange]\ncountry = {name}\n").exchange.country, code)
        said = self.complaint(NEEDED + "[exchange]\ncountry = Atlantis\n")
        self.assertIn("line 4: [exchange] country: 'Atlantis': there are cn (China), us (United States), gb", said)

    def test_all_at_once(self) -> None:
        """Every mistake of a file is told, in its order, each with its place, and none of them twice."""
        said = self.complaints(
            "port = 1\n[agents]\nhost = here\nport = 8787\nport = 8788\nprot = 1\n\n[line 1-20]\ndevice = emulated\n"
            " enabled = no\n[line 4] # the fax\nmenu = fault # comes later\n[till]\n[recording]\nannounce = perhaps\n",
            CALLSERVER_AGENT_SEATS="3",
        )
        places = [
            "line 1: 'port' stands before",
            "line 3: [agents] host: 'here': is no address",
            "line 5: [agents] port: stands in line 4 already",
            "line 6: [agents] prot: no such setting",
            "line 10: [line 1-20] enabled: begins with a blank",
            "line 11: [line 4]: more behind the section's name",
            "line 11: [line 4]: the setting 'device' is needed",
            "line 11: [line 4]: line 4 is in [line 1-20] (line 8) already",
            "line 12: [line 4] menu: a comment behind a value",
            "line 13: [till]: no such section",
            "line 15: [recording] announce: 'perhaps': needs yes or no",
            "CALLSERVER_AGENT_SEATS: no such section",
        ]
        self.assertEqual([one[: len(place)] for one, place in zip(said, places, strict=True)], places)

    def test_announcement_must_be_decided(self) -> None:
        """Whether callers are told of the recording has no default."""
        self.assertIn("the setting 'announce' is needed", self.complaint("[server]\nnode = a\n"))

    def test_windows_editor(self) -> None:
        """The mark and the line ends of Windows editors do no harm."""
        config = self.read("\ufeff[recording]\r\nannounce = no\r\n")
        self.assertFalse(config.recording.announce)

    def test_environment(self) -> None:
        """CALLSERVER_SECTION_KEY overrides the file, and is checked like it; what it cannot mean is named."""
        config = self.read(
            NEEDED + EMULATED_LINE,
            CALLSERVER_AGENTS_PORT="9000",
            CALLSERVER_LINE_1_MENU="fault",
            CALLSERVER_QUEUE_OPERATOR_RING_S="20",
            CALLSERVER_SHOP="elsewhere",
            CALLSERVER_LANGUAGE="en",
        )
        self.assertEqual(config.agents.port, 9000)
        self.assertEqual((config.lines[1].menu, config.queues["operator"].ring_s), ("fault", 20))
        for name, said in {
            "CALLSERVER_AGENTS_PORT": "CALLSERVER_AGENTS_PORT: [agents] port: 'x': needs a whole number",
            "CALLSERVER_AGENTS_PROT": "CALLSERVER_AGENTS_PROT: [agents] prot: no such setting; did you mean 'port'?",
            "CALLSERVER_AGENTS": "; did you mean 'CALLSERVER_AGENTS_PORT'?",
            "CALLSERVER_AGENT_PORT": "; did you mean 'CALLSERVER_AGENTS_PORT'?",
            "CALLSERVER_LINE_7_MENU": "; did you mean 'CALLSERVER_LINE_1_MENU'?",
        }.items():
            self.assertIn(said, str(self.assertRaises(ConfigError, self.read, NEEDED + EMULATED_LINE, **{name: "x"})))

    def test_queues_and_lines(self) -> None:
        """One section describes many lines; a queue named otherwise takes the place of the first one."""
        config = self.read(NEEDED + "[line 1-2]\ndevice = emulated\nmenu = fault\n[queue tea]\nwrap_up_s = 0\n")
        self.assertEqual(config.lines[2], LineConfig("emulated", menu="fault"))
        self.assertEqual(config.queues, {"tea": QueueConfig(wrap_up_s=0)})

    def test_dialling(self) -> None:
        """Limits by class, beginnings of numbers, directions; what is none of these is told with what would be."""
        dialling = "[dialling]\nperson_minutes = 300, international 60\npremium = 900, 12590\nday_calls =\n"
        config = self.read(NEEDED + EMULATED_LINE + "direction = OUT\n" + dialling)
        self.assertEqual(config.dialling.person_minutes, {"": 300, "international": 60})
        self.assertEqual((config.dialling.premium, config.dialling.day_calls), (("900", "12590"), {}))
        self.assertEqual(config.lines[1].direction, "out")
        for wrong, said in {
            "[dialling]\nprefix = 9w\n": "'9w': needs at most 4 digits, as in 9",
            "[dialling]\npremium = 900, +1\n": "'+1' is no beginning of a number",
            "[dialling]\nline_calls = lokal 5\n": "'lokal 5' is no limit; write 300, or international 60",
            EMULATED_LINE + "direction = up\n": "'up': there are both, in, out",
        }.items():
            self.assertIn(said, self.complaint(NEEDED + wrong))

    def test_menu_numbers(self) -> None:
        """Menus by their number; half of one, or one number twice, is told."""
        config = self.read(NEEDED + EMULATED_LINE + "[agents]\nmenu_numbers = 91 balance, 92 orders\n")
        self.assertEqual(config.agents.menu_numbers, {"91": "balance", "92": "orders"})
        for wrong, part in (("91", "91"), ("x balance", "x balance"), ("91 balance, 91 orders", "91 orders")):
            said = self.complaint(NEEDED + EMULATED_LINE + f"[agents]\nmenu_numbers = {wrong}\n")
            self.assertIn(f"'{part}' is no menu with its number; write 91 balance, 92 orders", said)

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
        ask = f"from datetime import *; from callserver.config import *; print({noon}.astimezone(system_zone()).hour)"
        for named, hour in {"Asia/Shanghai": 20, "CST-8": 20, "nowhere/at all": 12}.items():
            environ = os.environ | {"TZ": named, "PYTHONPATH": str(TOP)}
            child = run([sys.executable, "-c", ask], env=environ, capture_output=True, text=True)
            self.assertEqual((child.stdout, child.stderr), (f"{hour}\n", ""), named)

    def test_what_cannot_be_meant(self) -> None:
        """A blank before a setting, a comment behind a value, quotes, hidden characters: refused, never swallowed."""
        for text, complaint in {
            " enabled = no": "line 3: [line 1] enabled: begins with a blank: move it to the left edge",
            "\tenabled = no": "line 3: [line 1] enabled: begins with a blank: move it to the left edge",
            "\u3000enabled = no": "line 3: [line 1] enabled: begins with a blank: move it to the left edge",
            "menu = shop # by day": "line 3: [line 1] menu: a comment behind a value: give it a line of its own",
            "menu = shop# by day": "line 3: [line 1] menu: a comment behind a value: give it a line of its own",
            "menu = shop ; by day": "line 3: [line 1] menu: a comment behind a value: give it a line of its own",
            'menu = "shop"': "line 3: [line 1] menu: in quotes: write the value without them",
            "menu = “shop”": "line 3: [line 1] menu: in quotes: write the value without them",
            "menu = shop\u200b": "line 3: [line 1] menu: holds a character that cannot be seen (U+200B): type it anew",
            "enabled": "line 3: [line 1]: 'enabled' is neither [section] nor key = value",
            "menu＝shop": "line 3: [line 1]: 'menu＝shop' is neither [section] nor key = value; type = : [ ] as"
            " half-width characters",
            "= shop": "line 3: [line 1]: there is no key before =",
            "[line 2": "line 3: '[line 2': a section is written [name]",
            "  # a comment may stand anywhere\nmenu = shop\nMENU = shop": "line 5: [line 1] menu: stands in line 4"
            " already: delete one",
            "[line 1]\nmenu = shop": "line 3: [line 1]: stands in line 1 already: put both together",
        }.items():
            self.assertEqual(self.complaint(EMULATED_LINE + text + "\n" + NEEDED), complaint)

    def test_a_line_stays_as_it_was_written(self) -> None:
        """What stands below a swallowed line is read all the same: line ends of all systems, a comment in between."""
        config = self.read(NEEDED + "[line 1]\r\ndevice = emulated\r\n\r\n; a comment\r\nenabled = no\r\n")
        self.assertFalse(config.lines[1].enabled)

    def test_a_foreign_text(self) -> None:
        """A file of another character set is told as that, with the line, and what else is wrong in it."""
        text = NEEDED + "[server]\nnode = Café\nprot = 1\n"
        self.assertEqual(
            self.complaints(text.encode("latin-1")),
            [
                "line 4: is not UTF-8 text: save it as UTF-8",
                "line 5: [server] prot: no such setting; did you mean 'plugins'?"[:45] + self.complaints(text)[0][45:],
            ],
        )
        for code in ("utf-16", "utf-32"):
            self.assertEqual(self.complaint(NEEDED.encode(code)), f": is {code.upper()} text: save it as UTF-8")
        for code in ("utf-16-le", "utf-16-be"):  # without the mark
            self.assertEqual(self.complaint(NEEDED.encode(code)), ": is UTF-16 text: save it as UTF-8")

    def test_no_file(self) -> None:
        """A file that is not there, a folder, or one without end is one clear line."""
        folder = Path(self.mktemp())
        folder.mkdir()
        for path, said in {
            folder / "config.ini": "there is no such file; the first start in a folder makes it",
            folder: "is no file; config.ini is a text file in the shop's folder",
            Path("/dev/zero"): "is no file; config.ini is a text file in the shop's folder",
        }.items():
            problem = self.assertRaises(ConfigError, read_config, path, {})
            self.assertEqual(str(problem), f"{path}: {said}")

    def test_not_ours_to_read(self) -> None:
        """A file without the right to read it says so."""
        path = Path(self.mktemp())
        path.write_text(NEEDED)

        def refused(*arguments: object) -> None:
            raise PermissionError(EACCES, "Permission denied")

        self.patch(Path, "open", refused)
        problem = self.assertRaises(ConfigError, read_config, path, {})
        self.assertIn("cannot be read (Permission denied): give the server's user the right to", str(problem))

    @given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
    def test_anything(self, content: bytes) -> None:
        """Whatever stands in the file: settings, or a line for each mistake, in printable characters."""
        path = Path("anything.ini")
        path.write_bytes(content)
        try:
            read_config(path, {})
        except ConfigError as problem:
            self.assertEqual(len(str(problem).split("\n")), len(problem.findings))
            self.assertTrue(str(problem).replace("\n", "").isprintable(), ascii(str(problem)))
