"""What bin/test runs: every check in turn, then one line that counts them."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

TOP = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
CHECKED = ("callserver", "tools", "tests", "benchmarks", "plugins", "twisted")
CHECKS = {
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", *CHECKED],
    "style": [str(BIN / "ruff"), "check", "--quiet", *CHECKED],
    "types": [str(BIN / "mypy"), "--no-error-summary"],
    "import contracts": [str(BIN / "lint-imports"), "--no-cache"],
}


def run_check(name: str, command: Sequence[str]) -> bool:
    """Run one check, show what it says when it fails."""
    print(f"{name} ...", end=" ", flush=True)
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    print("ok" if done.returncode == 0 else f"FAILED\n{done.stdout}{done.stderr}", flush=True)
    return done.returncode == 0


def run_tests(names: Sequence[str]) -> tuple[int, int]:
    """Run trial, show its output as it comes; how many tests passed and failed."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "twisted.trial", f"--temp-directory={folder}/trial", *names]
        environment = os.environ | {"PYTHONPATH": str(TOP)}
        trial = subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True, env=environment)
        assert trial.stdout is not None
        last = ""
        for line in trial.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
        code = trial.wait()
    counts = {word: int(number) for word, number in re.findall(r"(\w+)=(\d+)", last)}
    failed = sum(counts.get(word, 0) for word in ("failures", "errors", "unexpectedSuccesses"))
    return counts.get("successes", 0), failed or int(code != 0)


def main() -> int:
    names = sys.argv[1:]
    results = [] if names else [run_check(name, command) for name, command in CHECKS.items()]
    passed, failed = run_tests(names or ["tests"])
    passed, failed = passed + sum(results), failed + results.count(False)
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
