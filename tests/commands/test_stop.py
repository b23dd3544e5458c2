"""`callserver stop` and `callserver reload` as the person who types them sees them."""

import signal
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from twisted.trial.unittest import SynchronousTestCase

from callserver.__main__ import main
from callserver.commands import stop as command

ONE_CALL = {
    "msgid": "The server stops after the last call: {n} call goes on, for {s} s at most.",
    "details": {"n": 1, "s": 600},
}
ENDED = {"state": "not running", "pid": None, "shop": "shop", "problem": ""}


class FakeTime:
    """It passes when it is slept away."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, span_s: float) -> None:
        self.now_s += span_s


class StopTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.signals: list[signal.Signals] = []
        self.looks: list[dict[str, Any]] = []
        self.lives = 3  # looks
        self.patch(command, "time", FakeTime())
        self.patch(command, "look", self.look)
        self.patch(command, "_signal", lambda pid, number: self.signals.append(number))
        self.patch(command, "_lives", self.is_alive)

    def look(self, shop: Path) -> dict[str, Any]:
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def is_alive(self, pid: int) -> bool:
        self.lives -= 1
        return self.lives >= 0

    def state(self, state: str, **more: Any) -> dict[str, Any]:
        return {"state": state, "pid": 7, "stopping": None, "reloaded": None, "shop": "shop", "problem": ""} | more

    def run_command(self, *arguments: str) -> Any:
        return CliRunner().invoke(main, [*arguments, "--shop", "shop", "--language", "en"])

    def test_progress(self) -> None:
        """One signal; what changes is told once, and the end."""
        going_on = self.state("stopping", stopping=ONE_CALL)
        self.looks = [self.state("ready"), going_on, going_on, going_on]
        answer = self.run_command("stop")
        self.assertEqual(self.signals, [signal.SIGTERM])
        said = ["The server stops after the last call: 1 call goes on, for 600 s at most.", "The server has stopped."]
        self.assertEqual((answer.exit_code, answer.output.splitlines()), (0, said))

    def test_now(self) -> None:
        """Two signals, the second when the first has been heeded."""
        self.looks = [self.state("ready"), self.state("ready"), self.state("stopping", calls=["one"]), ENDED]
        self.run_command("stop", "--now")
        self.assertEqual(self.signals, [signal.SIGTERM, signal.SIGTERM])

    def test_now_without_calls(self) -> None:
        """One signal is enough then: a second one would hit a server that is closing its books."""
        self.looks = [self.state("ready"), self.state("stopping", calls=[]), ENDED]
        self.run_command("stop", "--now")
        self.assertEqual(self.signals, [signal.SIGTERM])

    def test_nothing_to_stop(self) -> None:
        """Then that is said, and it is no failure."""
        self.looks = [ENDED]
        answer = self.run_command("stop")
        self.assertEqual((answer.exit_code, self.signals), (0, []))
        self.assertIn("does not run", answer.output)

    def test_frozen(self) -> None:
        """A frozen server is not waited for without end; what can be done is said."""
        self.lives = 10_000
        self.looks = [self.state("silent")]
        answer = self.run_command("stop")
        self.assertEqual(answer.exit_code, 1)
        self.assertIn("kill -9 7", answer.output)

    def test_reload(self) -> None:
        """What counts now and what does not; a mistake is a failure."""
        for ok, code in ((True, 0), (False, 1)):
            told = [
                {"msgid": "[{section}] {key} = {value}", "details": {"section": "line 1", "key": "menu", "value": "x"}}
            ]
            reloaded = {"n": 1, "ok": ok, "told": told}
            self.looks = [self.state("ready"), self.state("ready"), self.state("ready", reloaded=reloaded)]
            answer = self.run_command("reload")
            self.assertEqual((answer.exit_code, answer.output), (code, "[line 1] menu = x\n"))
        self.assertEqual(self.signals, [signal.SIGHUP] * 2)

    def test_slow_reload(self) -> None:
        """What takes as long as it may is waited for: nothing older is told in its place."""
        told = [{"msgid": "A file in the plugins folder does not end.", "details": {}}]
        older, newer = ({"n": n, "ok": n == 1, "told": told[: n - 1]} for n in (1, 2))
        n_looks = round(30 / command.LOOK_S)
        self.looks = [self.state("ready", reloaded=older)] * n_looks + [self.state("ready", reloaded=newer)]
        answer = self.run_command("reload")
        self.assertEqual((answer.exit_code, answer.output), (1, "A file in the plugins folder does not end.\n"))

    def test_reload_without_answer(self) -> None:
        """One that does not come to it is told as it is."""
        self.looks = [self.state("silent")]
        answer = self.run_command("reload")
        self.assertEqual(answer.exit_code, 1)
        self.assertIn("does not answer", answer.output)
