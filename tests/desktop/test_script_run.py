"""An agent who does what his script says, at a call centre in memory."""

from pathlib import Path

from twisted.internet.defer import CancelledError, Deferred

from callserver.acd.seats.acts import Act
from callserver.desktop.script import AgentScriptError
from callserver.desktop.script_run import scripted_agent
from callserver.desktop.sound import SoundUnusable
from callserver.wire.catalogue import told
from callserver.wire.messages import QueueRow, Waiter
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.agents.channel_case import BLOCK, ChannelCase
from tests.agents.small_centre import PASSWORD
from tests.desktop.test_sound import write_wav


class ScriptCase(ChannelCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.said: list[str] = []

    def agent(self, script: str, number: str = "801", password: str = PASSWORD, **told_to: object) -> Deferred[None]:
        """Somebody who does this; fires when he has."""
        file = self.folder / f"{number}.txt"
        file.write_text(script, "utf-8")
        story = scripted_agent(self.clock, self.wires, number, password, file, self.said.append, **told_to)  # type: ignore[arg-type]
        agent = Deferred.fromCoroutine(story)
        self.addCleanup(self.end, agent)
        self.wires.settle()
        return agent

    def end(self, agent: Deferred[None]) -> None:
        if not agent.called:
            agent.addErrback(lambda failure: failure.trap(CancelledError))
            agent.cancel()

    def pass_time(self, seconds: float) -> None:
        self.pass_blocks(round(seconds / 0.02))

    def problem(self, agent: Deferred[None], language: str = "en") -> str:
        """What his script came to, without the folder."""
        why = self.failureResultOf(agent, AgentScriptError).value
        return told(why, language).replace(f"{self.folder}/", "")


class CallTests(ScriptCase):
    def test_a_call(self) -> None:
        """Waits for the ring, answers, speaks, holds five seconds, hangs up, makes a pause, leaves."""
        voice = [bytes([n] * 320) for n in range(1, 51)]
        write_wav(self.folder / "v.wav", b"".join(voice))
        agent = self.agent(
            "log in\nwait ring within 60\nexpect caller 13812345678\nanswer\nsay v.wav\nhold 5\nwait 1\nhang up\n"
            "wait event agent_hung_up\nwait end\npause lunch\nexpect state paused lunch\nlog out"
        )
        self.pass_time(40)
        offer = self.centre.ring("801")
        self.pass_time(1.5)
        self.assertEqual(self.state(), SeatState.HELD)
        self.assertEqual(offer.caller.heard[1 : len(voice)], voice[1:])  # faded in, and out at its end
        self.pass_time(4.6)
        self.assertEqual(self.state(), SeatState.TALKING)
        self.pass_time(1.5)
        self.assertEqual(offer.end, "agent_hung_up")
        self.successResultOf(agent)
        self.assertEqual(self.state(), SeatState.OFF)
        self.assertEqual(self.said[:3], ["   1 log in", "   2 wait ring within 60", "   3 expect caller 13812345678"])

    def test_repeat(self) -> None:
        """The same for so many callers, and then what stands behind the block."""
        agent = self.agent("log in\nrepeat 2\n  wait ring\n  answer\n  wait end\nend\nlog out")
        for _ in range(2):
            offer = self.centre.ring("801")
            self.pass_time(0.5)
            offer.caller.hangs_up()
            self.pass_time(0.5)
        self.successResultOf(agent)

    def test_for_ever(self) -> None:
        """Without a number a block goes on until the program is stopped."""
        agent = self.agent("log in\nrepeat\n  wait 1\nend")
        self.pass_time(20)
        self.assertNoResult(agent)
        agent.cancel()
        self.wires.settle()
        self.failureResultOf(agent, CancelledError)
        self.assertFalse(self.is_here())

    def test_two_shifts(self) -> None:
        """Out and in again, also without a word; the second log-in finds the seat."""
        agent = self.agent("log in\nlog out\nlog in\nclose\nwait 1\nlog in\nexpect state idle\nlog out")
        self.pass_time(3)
        self.successResultOf(agent)

    def test_sound(self) -> None:
        """Waits for what he hears, and for silence; what he hears is stored."""
        agent = self.agent("log in\nwait ring\nanswer\nwait sound\nwait silence 1\nlog out", hear=self.folder / "h.wav")
        offer = self.centre.ring("801")
        self.pass_time(2)
        self.assertEqual(self.said[-1], "   4 wait sound")
        offer.caller.says(BLOCK * 2)
        self.pass_time(0.5)
        self.assertEqual(self.said[-1], "   5 wait silence 1")
        self.pass_time(1)
        self.assertIn("line 6", self.problem(agent))  # in a call nobody logs out
        self.assertGreater((self.folder / "h.wav").stat().st_size, len(BLOCK))


class BoardTests(ScriptCase):
    def test_colleagues(self) -> None:
        """Waits for what the board shows of others; a supervisor for lines too."""
        agent = self.agent("log in\nwait seat 801 paused\nwait line 1 ringing_in\nlog out", "900")
        self.agent("log in\nwait 1\npause lunch\nwait 60")
        self.pass_time(1.5)
        self.assertNoResult(agent)
        self.centre.show_line(LineState.RINGING_IN)
        self.pass_time(0.5)
        self.successResultOf(agent)


class WaitingTests(ScriptCase):
    def test_grab(self) -> None:
        """A caller who waits is named by his number, or is the first of all; where nobody waits, that is said."""
        grabbed: list[object] = []
        self.centre.acts["grab"] = Act(lambda seat, call_id: grabbed.append(call_id), (any_text,))
        rows = tuple(Waiter(f"call-{n}", f"1391234567{n}") for n in range(3))
        self.centre.waiting.show(QueueRow("service", 3, 5.0, rows))
        agent = self.agent("log in\nwait queue service 2\ngrab 13912345671\ngrab\nwait queue service 0\ngrab")
        self.pass_time(1)
        self.assertEqual(grabbed, ["call-1", "call-0"])
        self.centre.waiting.show(QueueRow("service"))
        self.pass_time(1)
        self.assertEqual(self.problem(agent), "801.txt, line 6: nobody waits in a queue")


class ExpectedTests(ScriptCase):
    def setUp(self) -> None:
        super().setUp()
        self.asked: list[object] = []
        self.centre.acts["listen"] = Act(lambda seat, channel: self.asked.append(channel), (any_text,), Right.LISTEN)
        self.centre.acts["park"] = Act(lambda seat: "7")
        self.centre.acts["fetch"] = Act(lambda seat, place: self.asked.append(place), (any_text,))

    def test_refused(self) -> None:
        """What he may not do is refused, as expected."""
        agent = self.agent("log in\nlisten seat 802\nexpect refused no-right\nhold\nexpect refused not-now\nlog out")
        self.pass_time(1)
        self.successResultOf(agent)
        self.assertEqual(self.asked, [])

    def test_any_act(self) -> None:
        """Acts of the server that no program knows of; the answer of one is what the next takes."""
        agent = self.agent("log in\npark\nexpect answer 7\nfetch $\nask fetch 5\nexpect refused bad-argument\nlog out")
        self.pass_time(1)
        self.successResultOf(agent)
        self.assertEqual(self.asked, ["7"])

    def test_not_refused(self) -> None:
        """What was to be refused and was done is a failure."""
        self.centre.staff.give("801", Right.LISTEN)
        agent = self.agent("log in\nlisten seat 802\nexpect refused no-right\nlog out")
        self.pass_time(1)
        self.assertEqual(
            self.problem(agent), "801.txt, line 2: 'listen seat 802' should have been refused [no-right], and was done"
        )

    def test_refused_otherwise(self) -> None:
        """So is what was refused for another reason."""
        agent = self.agent("log in\nhold\nexpect refused no-right\nlog out")
        self.pass_time(1)
        self.assertEqual(
            self.problem(agent),
            "801.txt, line 2: 'hold' was refused: not possible now: idle, at the computer [not-now]; "
            "expected was [no-right]",
        )


def any_text(value: object) -> bool:
    return isinstance(value, str)


class FailureTests(ScriptCase):
    def test_refused(self) -> None:
        """An act that is refused ends the script: file, line, what was to happen, why not; in both languages."""
        agent = self.agent("log in\n\nanswer")
        self.pass_time(1)
        self.assertEqual(
            self.problem(agent),
            "801.txt, line 3: 'answer' was refused: not possible now: idle, at the computer [not-now]",
        )

    def test_nothing_comes(self) -> None:
        """What is waited for in vain is said, and what there is instead."""
        agent = self.agent("log in\nwait ring within 5")
        self.pass_time(6)
        why = "801.txt, line 2: waited 5 s for ring; the seat is idle, at the computer"
        self.assertEqual(self.problem(agent), why)

    def test_in_chinese(self) -> None:
        """The same in Chinese."""
        agent = self.agent("log in\nwait ring within 5")
        self.pass_time(6)
        self.assertEqual(self.problem(agent, "zh"), "801.txt，第 2 行：等待 ring 已 5 秒；座席空闲（座席电脑）")

    def test_another_state(self) -> None:
        """`expect` says what is instead."""
        agent = self.agent("log in\nexpect talk")
        self.pass_time(1)
        self.assertEqual(self.problem(agent), "801.txt, line 2: expected talk; the seat is idle, at the computer")

    def test_wrong_password(self) -> None:
        """A log-in that is refused says why; it can be expected too."""
        agent = self.agent("log in", password="wrong")
        self.pass_time(1)
        self.assertEqual(
            self.problem(agent),
            "801.txt, line 1: 'log in' was refused: wrong number or password, or the account is locked [log-in]",
        )
        expects = self.agent("log in\nexpect refused log-in", "802", password="wrong")
        self.pass_time(1)
        self.successResultOf(expects)

    def test_server_unreachable(self) -> None:
        """Nobody answers: after a while the script ends."""
        self.wires.up = False
        agent = self.agent("log in")
        self.pass_time(31)
        self.assertEqual(self.problem(agent), "801.txt, line 1: not logged in within 30 s")

    def test_thrown_out(self) -> None:
        """A wait of who has been logged out ends at once."""
        agent = self.agent("log in\nwait ring within 600")
        self.pass_time(1)
        self.centre.seats["801"].log_out()
        self.pass_time(1)
        self.assertEqual(self.problem(agent), "801.txt, line 2: no ring will come: he is not logged in")

    def test_files(self) -> None:
        """A script or a sound that is missing is told before anything is connected."""
        self.failureResultOf(self.agent("log in\nsay no.wav"), SoundUnusable)
        missing = Deferred.fromCoroutine(
            scripted_agent(self.clock, self.wires, "801", PASSWORD, self.folder / "no.txt")  # type: ignore[arg-type]
        )
        self.assertIn("no.txt: No such file", self.problem(missing))
        self.assertEqual(self.wires.pumps, [])
