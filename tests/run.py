"""
What bin/test runs: first the checks beside all tests that need no real time, then those that do; then one line that
counts them.

    bin/test [--busy] [NAME ...]

--busy keeps every core busy with something else meanwhile: the tests must pass all the same.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil

TOP = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
CHECKED = ("callserver", "tools", "tests", "benchmarks", "plugins", "twisted")
CHECKS = {
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", *CHECKED],
    "style": [str(BIN / "ruff"), "check", "--quiet", *CHECKED],
    "types": [str(BIN / "mypy"), "--no-error-summary"],
    "import contracts": [str(BIN / "lint-imports"), "--no-cache"],
}
REAL_TIME = {  # processes, ptys, sockets: they wait more than they work, and so do it beside each other
    "peers": ["tests.peers.test_fax_programs", "tests.peers.test_modem_programs"],
    "hour": ["tests.whole.test_admin_hour", "tests.whole.test_real_announcer", "tests.whole.test_shop_calls"],
    "killed": [
        "tests.whole.test_frozen",
        "tests.whole.test_kill",
        "tests.whole.test_window_program",
    ],
}
ALONE = [  # a computer that is late proves nothing about them
    "tests.whole.test_kill_in_fax",
    "tests.whole.test_real_faxes",
    "tests.whole.test_real_morning",
    "tests.whole.test_real_time",
]
SOUND = [  # in a process of its own: Qt asks once where the sound is; and after the others, whose sound it would delay
    "tests.desktop.headset.test_real_player",
    "tests.desktop.headset.test_real_sound",
    "tests.whole.test_window_real",
]
LANE_S = 60 * 60  # more than any takes, and less than a whole run may
LAST_LINE = re.compile(r"^(?:PASSED|FAILED)\b.*$", re.MULTILINE)
FAILURES = ("failures", "errors", "unexpectedSuccesses")
BURN = "import os, sys\nwhile os.getppid() == int(sys.argv[1]):\n    sum(range(100_000))"

_printing = threading.Lock()


class Count(NamedTuple):
    """How many checks or tests."""

    passed: int
    failed: int


def show(lane: str, text: str) -> None:
    """One line of what runs beside others."""
    with _printing:
        print(f"{lane:6}| {text}" if lane else text, flush=True)


def run_checks() -> Count:
    """All checks, one after the other; what one says when it fails."""
    passed = 0
    for name, command in CHECKS.items():
        done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
        passed += done.returncode == 0
        show("checks", f"{name} ... ok" if done.returncode == 0 else f"{name} ... FAILED\n{done.stdout}{done.stderr}")
    return Count(passed, len(CHECKS) - passed)


def abort(process: subprocess.Popen[str]) -> None:
    """End trial by SIGABRT, so that stacks are written; its workers first, whose stacks it still puts in their logs."""
    with suppress(psutil.NoSuchProcess):
        trial = psutil.Process(process.pid)
        workers, everyone = trial.children(), trial.children(recursive=True)
        for group in (workers, [trial], everyone):
            for one in group:
                with suppress(psutil.NoSuchProcess):
                    one.send_signal(signal.SIGABRT)
            psutil.wait_procs(group, timeout=10.0)


def run_tests(lane: str, names: Sequence[str], workers: int = 1, top: Path = TOP, limit_s: float = LANE_S) -> Count:
    """Run trial, show its output as it comes; what has not ended after limit_s says where it is, and is stopped."""
    with tempfile.TemporaryDirectory() as folder:
        side_by_side = [f"-j{workers}"] if workers > 1 else []
        trial = [sys.executable, "-m", "twisted.trial", f"--temp-directory={folder}/trial", *side_by_side, *names]
        environment = os.environ | {"PYTHONPATH": str(top), "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of programs are started: each is compiled once
        process = subprocess.Popen(
            trial, cwd=top, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env=environment,
        )  # fmt: skip
        assert process.stdout is not None
        limit = threading.Timer(limit_s, abort, (process,))
        limit.daemon = True
        limit.start()
        said = []
        for line in process.stdout:
            said.append(line)
            show(lane, line.rstrip())
        exit_code = process.wait()
        limit.cancel()
        for log in sorted(Path(folder).rglob("err.log")):
            _, died, stacks = log.read_text(errors="replace").partition("Fatal Python error")
            if died:
                show(lane, f"{log.relative_to(folder)}: {died}{stacks}")
        return count("".join(said), exit_code)


def count(said: str, exit_code: int) -> Count:
    """From trial's last line; a run that broke off, or did not count what failed, has one failure."""
    last = (LAST_LINE.findall(said) or [""])[-1]
    counts = {word: int(number) for word, number in re.findall(r"(\w+)=(\d+)", last)}
    failed = sum(counts.get(word, 0) for word in FAILURES)
    return Count(counts.get("successes", 0), failed or int(exit_code != 0 or not last))


def virtual_time() -> list[str]:
    """The tests whose time is not the wall's, and which can run in any number of processes."""
    left_out = tuple(name for names in (*REAL_TIME.values(), ALONE, SOUND) for name in names)
    paths = sorted((TOP / "tests").rglob("test_*.py"))
    names = [".".join(path.relative_to(TOP).with_suffix("").parts) for path in paths]
    return [name for name in names if not name.startswith(left_out)]


def side_by_side(*work: Callable[[], Count]) -> Count:
    """The sum of works done at the same time."""
    with ThreadPoolExecutor(len(work)) as pool:
        counts = [done.result() for done in [pool.submit(one) for one in work]]
    return Count(sum(one.passed for one in counts), sum(one.failed for one in counts))


def run_everything() -> Count:
    """What works all the time first, then what waits, then what must not be late, each with the cores for itself."""
    cores = os.cpu_count() or 1
    worked = side_by_side(run_checks, lambda: run_tests("tests", virtual_time(), workers=max(cores, 2)))
    waited = side_by_side(*(partial(run_tests, lane, names) for lane, names in REAL_TIME.items()))
    alone = run_tests("alone", ALONE)
    heard = run_tests("sound", SOUND)
    counts = (worked, waited, alone, heard)
    return Count(sum(one.passed for one in counts), sum(one.failed for one in counts))


@contextmanager
def busy(wanted: bool) -> Iterator[None]:
    """A process on every core that does nothing but count, if wanted; it ends with this one, however that ends."""
    n_burners = (os.cpu_count() or 1) if wanted else 0
    burners = [subprocess.Popen([sys.executable, "-c", BURN, str(os.getpid())]) for _ in range(n_burners)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def main() -> int:
    names = sys.argv[1:]
    wanted = "--busy" in names
    names = [name for name in names if name != "--busy"]
    with busy(wanted):
        counted = run_tests("", names) if names else run_everything()
    print(f"{counted.passed} passed, {counted.failed} failed")
    return int(counted.failed > 0)


if __name__ == "__main__":
    sys.exit(main())
