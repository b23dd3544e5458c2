"""efax and HylaFAX, as Debian has them, on emulated lines: started in folders of their own, and stopped."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

from callserver.fax.page import Coding, Page
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import Layout, append_page
from tests.peers.test_modem_programs import EMULATE, ENVIRONMENT, SEARCH, wait_for

LIMIT_S = 90
SPOOL = Path("/var/spool/hylafax")
SPOOL_FOLDERS = (
    "archive", "client", "config", "dev", "docq", "doneq", "etc", "info", "lock", "log", "pollq", "recvq", "sendq",
    "status", "tmp",
)  # fmt: skip
LINE_1, LINE_2 = "800801", "800802"
MODEM_CONFIG = """\
CountryCode: 86
AreaCode: 10
FAXNumber: 8008
LongDistancePrefix: 0
InternationalPrefix: 00
DialStringRules: etc/dialrules
SessionTracing: 0xFFF
ServerTracing: 0xFFF
RecvFileMode: 0644
RingsBeforeAnswer: 1
ModemType: Class1
ModemFlowControl: xonxoff
ModemResetDelay: 100
ModemDTROnDelay: 100
Class1AdaptRecvCmd: AT+FAR={adaptive:d}
"""
JOB = """\
state:6
totpages:{n_pages}
maxdials:1
maxtries:1
pagewidth:209
resolution:{resolution}
pagelength:297
minbr:0
desiredbr:{rate}
desiredst:0
desiredec:{ecm}
desireddf:4
useccover:0
external:{number}
number:{number}
mailaddr:nobody
sender:test
jobid:1
modem:{modem}
client:localhost
owner:root
groupid:1
jobtype:facsimile
doneop:default
pagechop:none
notify:none
pagehandling:{handling}
fax:0::docq/1.tif
"""


class FaxExchange:
    """`callserver emulate exchange` with two lines, as a process."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.folder.chmod(0o755)
        links = ["--links", str(self.folder / "links"), "--socket", str(self.folder / "x.sock")]
        command = [*EMULATE, "exchange", "--lines", "2", "--json", *links]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        assert self._process.stdout
        json.loads(self._process.stdout.readline())
        self.ports = [(self.folder / "links" / f"line-{n}").readlink() for n in (1, 2)]

    def __enter__(self) -> "FaxExchange":
        return self

    def __exit__(self, *problem: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)


class OurStation:
    """`our_fax_station` as a process, and the port of the line beside its own."""

    def __init__(self, role: str, how: str) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.folder.chmod(0o755)
        command = [sys.executable, "-m", "tests.peers.our_fax_station", role, how, str(self.folder)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
        )
        self._limit = Timer(LIMIT_S, self._process.kill)  # who reads what it says is not to wait for ever
        self._limit.start()
        self.port = Path(self._said("port")["port"])

    def __enter__(self) -> "OurStation":
        return self

    def __exit__(self, *problem: object) -> None:
        self._limit.cancel()
        self._process.kill()
        self._process.communicate(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def send(self) -> None:
        """What lies in its folder."""
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def wait_for_ring(self) -> None:
        """The program's line rings."""
        self._said("rings")

    def outcome(self) -> dict[str, Any]:
        """What came of its fax."""
        return self._said("result")

    def _said(self, key: str) -> dict[str, Any]:
        """The first that has this in it; empty if nothing more is said."""
        assert self._process.stdout
        for line in self._process.stdout:
            said: dict[str, Any] = json.loads(line)
            if key in said:
                return said
        return {}


def write_pages(path: Path, pages: Sequence[Page], coding: Coding) -> Path:
    """A TIFF file for one of them."""
    for page in pages:
        append_page(path, page, layout=Layout(coding))
    return path


def pages_in(paths: Sequence[Path]) -> list[Page]:
    """Of each file in order."""
    return [page for path in paths for page in read_tiff(path)]


def efax(folder: Path, port: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """It answers if it is not told to send."""
    program = shutil.which("efax", path=SEARCH) or ""
    log = (folder / "log").open("wb")
    options = ["-d", str(port), "-o1", "-l", "8008", "-h", " ", "-vewincmh"]
    return subprocess.Popen([program, *options, *arguments], cwd=folder, stderr=log, stdout=log)


def efax_sends(folder: Path, port: Path, number: str, pages: Sequence[Page], speed: int) -> subprocess.Popen[bytes]:
    """
    Each page a file.

    :param speed: 0 to 5 for 2400 to 14400 bit/s
    """
    files = [str(write_pages(folder / f"{n}.tif", [page], Coding.MH)) for n, page in enumerate(pages)]
    return efax(folder, port, "-c", f"1,{speed}", "-t", f"T{number}", *files)


def efax_receives(folder: Path, port: Path, speed: int) -> subprocess.Popen[bytes]:
    """Answers at once, into files named got.001 ..."""
    return efax(folder, port, "-c", f"1,{speed},0,2", "-r", "got")


def hylafax_spool(folder: Path, port: Path, *, adaptive: bool = False) -> str:
    """A spool folder of its own in this folder; its modem's name there."""
    spool, modem = folder / "spool", str(port.relative_to("/dev")).replace("/", "_")
    for name in SPOOL_FOLDERS:
        (spool / name).mkdir(parents=True)
    shutil.copytree(SPOOL / "bin", spool / "bin")
    for name in ("dialrules", "pagesizes"):
        shutil.copy(Path("/etc/hylafax") / name, spool / "etc")
    (spool / "etc" / f"config.{modem}").write_text(MODEM_CONFIG.format(adaptive=adaptive))
    port.chmod(0o666)
    return modem


def in_own_spool(folder: Path, command: list[str]) -> subprocess.Popen[bytes]:
    """Its programs know the spool folder by one path only, and run as its owner."""
    spool = folder / "spool"
    for path in (spool, *spool.rglob("*")):
        shutil.chown(path, "uucp", "uucp")
    mounts = f"mount --bind '{spool}' {SPOOL} && mount --bind '{spool}/lock' /var/lock"
    script = f'{mounts} && cd {SPOOL} && exec "$@"'
    log = (folder / "log").open("wb")
    return subprocess.Popen(["unshare", "--mount", "sh", "-c", script, "sh", *command], stderr=log, stdout=log)


def hylafax_sends(
    folder: Path, port: Path, number: str, pages: Sequence[Page], *, ecm: bool, rate: int = 13
) -> subprocess.Popen[bytes]:
    """
    One job of all pages.

    :param rate: 0 to 5 for 2400 to 14400 bit/s, 13 for what can be
    """
    modem = hylafax_spool(folder, port)
    spool = folder / "spool"
    write_pages(spool / "docq/1.tif", pages, Coding.MMR)
    codes = "e0"  # the session's parameters, the same for all
    (spool / "sendq/q1").write_text(
        JOB.format(
            n_pages=len(pages),
            resolution=pages[0].resolution.value,
            rate=rate,
            ecm=2 if ecm else 0,
            number=number,
            modem=modem,
            handling="".join(codes + ("S" if more else "P") for more in range(len(pages) - 1, -1, -1)),
        )
    )
    return in_own_spool(folder, ["/usr/lib/hylafax/bin/faxsend", "-m", modem, "sendq/q1"])


@contextmanager
def hylafax_waits(folder: Path, port: Path, *, adaptive: bool = False) -> Iterator[Path]:
    """faxgetty, ready for a call; the folder where faxes come."""
    modem = hylafax_spool(folder, port, adaptive=adaptive)
    program = in_own_spool(folder, ["/usr/sbin/faxgetty", str(port)])
    status = folder / "spool/status" / modem
    try:
        wait_for(lambda: status.exists() and "idle" in status.read_text())
        yield folder / "spool/recvq"
    finally:
        program.terminate()
        finished(program, 10)


def log_of(folder: Path) -> str:
    """What the program told of itself."""
    texts = [folder / "log", *sorted((folder / "spool/log").glob("c*"))]
    return "\n".join(text.read_text("latin-1") for text in texts if text.exists())


def finished(program: subprocess.Popen[bytes], limit_s: float = LIMIT_S) -> int:
    """Its exit code; -9 when it took too long."""
    try:
        return program.wait(limit_s)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait(10)
        return -9


def is_there() -> bool:
    """Both are installed, and we may give HylaFAX its own folders."""
    programs = ("efax", "unshare", "/usr/sbin/faxgetty", "/usr/lib/hylafax/bin/faxsend")
    return os.geteuid() == 0 and all(shutil.which(program, path=SEARCH) for program in programs)
