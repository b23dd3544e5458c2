"""An agent without a window serves calls as his plan says, and says what happens."""

import sys
import wave
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner
from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.__main__ import main
from callserver.desktop.headless import AgentPlan, headless_agent
from callserver.desktop.not_connected import NO_CONNECTION, NotConnected
from callserver.desktop.words import card_lines, phrase
from callserver.wire.causes import Cause, Reason
from callserver.wire.messages import Card, CardPart, Phrase
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState
from tests.agents.channel_case import BLOCK, ChannelCase
from tests.agents.small_centre import CARD, PASSWORD, Offer
from tests.desktop.test_sound import write_wav


class HeadlessTests(ChannelCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.said: list[str] = []

    def agent(self, password: str = PASSWORD, **plan: object) -> Deferred[int]:
        """An agent whose plan is this."""
        story = headless_agent(
            self.clock,  # type: ignore[arg-type]
            self.wires,
            "801",
            password,
            AgentPlan(**plan),  # type: ignore[arg-type]
            self.said.append,
        )
        agent = Deferred.fromCoroutine(story)
        self.wires.settle()
        return agent

    def pass_time(self, seconds: float) -> None:
        self.pass_blocks(round(seconds / 0.02))

    def test_a_call_as_planned(self) -> None:
        """Answers, speaks his file, holds, retrieves, hangs up, logs out after the last call."""
        voice = [bytes([n] * 320) for n in range(1, 101)]
        speak, hear = write_wav(self.folder / "v.wav", b"".join(voice)), self.folder / "h.wav"
        plan = {"hold_after_s": 3.0, "hold_for_s": 2.0, "talk_s": 7.0, "calls": 1}
        agent = self.agent(speak=speak, hear=hear, **plan)
        offer = self.centre.ring("801")
        self.pass_time(1.5)
        self.assertEqual(self.state(), SeatState.TALKING)
        offer.caller.says(BLOCK * 2)
        self.pass_time(3)
        self.assertEqual(self.state(), SeatState.HELD)
        self.pass_time(2)
        self.assertEqual(self.state(), SeatState.TALKING)
        self.pass_time(4)
        self.assertEqual(self.successResultOf(agent), 1)
        self.assertEqual(offer.end, "agent_hung_up")
        self.assertEqual(offer.caller.heard[1 : len(voice)], voice[1:])  # faded in, and out at its end
        with wave.open(str(hear)) as file:
            self.assertIn(BLOCK[2:], file.readframes(100000))
        expected = ["logged in: Li Mei (801)", "a call rings:", *(f"    {line}" for line in card_lines(CARD, "en"))]
        self.assertEqual(self.said[: len(expected)], expected)
        story = ["talking", "hold", "retrieve", "hang up", "the call is over: agent hung up"]
        self.assertEqual(self.said[len(expected) :], [*story, "logged out: logged out"])

    def test_caller_hangs_up(self) -> None:
        """The caller ends it, while he is held too: the plan ends with the call, and the next one is served."""
        agent = self.agent(hold_after_s=1.0, hold_for_s=100.0, calls=2)
        for _ in range(2):
            offer = self.centre.ring("801")
            self.pass_time(3)
            self.assertEqual(self.state(), SeatState.HELD)
            offer.caller.hangs_up()
            self.pass_time(0.1)
        self.assertEqual(self.successResultOf(agent), 2)
        self.assertEqual(self.said.count("the call is over: caller hung up"), 2)
        self.assertNotIn("retrieve", self.said)

    def test_caller_gone_before_the_answer(self) -> None:
        """It rings no more: nothing is answered, and it does not count as a call."""
        agent = self.agent(calls=1, answer_after_s=5.0)
        offer = self.centre.ring("801")
        self.pass_time(1)
        self.centre.seats["801"].withdraw(offer, Reason(Cause.ABANDONED))
        self.pass_time(10)
        self.assertEqual(self.said[-1], "it rings no more: abandoned")
        self.assertNoResult(agent)
        agent.addErrback(lambda f: None)
        agent.cancel()

    def test_pauses_do_not_keep_him(self) -> None:
        """Paused for missed calls, he makes himself ready."""
        agent = self.agent(answer_after_s=100.0)
        for _ in range(3):
            self.centre.ring("801")
            self.pass_time(15.1)
        self.assertEqual(self.state(), SeatState.IDLE_PC)
        agent.addErrback(lambda f: None)
        agent.cancel()

    def test_wrong_password(self) -> None:
        """Said once, and over."""
        self.failureResultOf(self.agent(password="wrong"), Refused)

    def test_rejects_first(self) -> None:
        """So many calls are left to others, then he answers."""
        agent = self.agent(reject=2, calls=1)
        offers = [self.ring_and_wait() for _ in range(3)]
        self.assertEqual([offer.declined for offer in offers], [["rejected"], ["rejected"], []])
        self.assertEqual(self.said.count("reject"), 2)
        offers[2].caller.hangs_up()
        self.pass_time(0.1)
        self.assertEqual(self.successResultOf(agent), 1)

    def ring_and_wait(self) -> Offer:
        offer = self.centre.ring("801")
        self.pass_time(1.5)
        return offer

    def test_demo(self) -> None:
        """In a shop that is made up he is told so."""
        self.demo = True
        self.open_channel()
        agent = self.agent()
        self.assertIn("this is a demo: goods, customers and orders are made up", self.said)
        agent.addErrback(lambda f: None)
        agent.cancel()

    def test_cancelled(self) -> None:
        """Control-C: the connection is closed; the seat is his for a while."""
        agent = self.agent()
        agent.cancel()
        self.wires.settle()
        self.failureResultOf(agent, CancelledError)
        self.assertTrue(self.wires.pumps[0].server.is_over)
        self.assertFalse(self.is_here())

    def test_chinese(self) -> None:
        """The same story in Chinese."""
        agent = self.agent(language="zh", calls=1, talk_s=1.0)
        self.centre.ring("801")
        self.pass_time(3)
        self.successResultOf(agent)
        self.assertEqual(self.said[:2], ["已登录：Li Mei（801）", "来电振铃："])
        self.assertIn("    购物篮 2 × 苹果（1001），单价 ¥12.50", self.said)


class WordsTests(SynchronousTestCase):
    def test_card(self) -> None:
        """Who calls, whether that is proved, what he has chosen and ordered."""
        order = Phrase(
            "order {number}, {state_word}, ¥{total_fen}", {"number": "5001", "state_word": "shipped", "total_fen": 5}
        )
        card = Card("c", queue="orders", waited_s=1, parts=(CardPart("shopping", (Phrase("basket empty"), order)),))
        self.assertEqual(
            card_lines(card, "en"),
            [
                "caller number withheld",
                "no known customer",
                "queue orders, waited 1 second",
                "basket empty",
                "order 5001, shipped, ¥0.05",
            ],
        )
        self.assertIn("客户 1007 王小明（未验证）", card_lines(CARD, "zh"))

    def test_hostile_names(self) -> None:
        """A caller's name cannot play tricks on the terminal."""
        self.assertEqual(card_lines(Card("c", "1", "\x1b[2Jboo"), "en")[0], "caller 1 ?[2Jboo")

    def test_causes(self) -> None:
        """Why something happened is said in Chinese too; what is no known cause stays as it is."""
        self.assertEqual(phrase("ended", "zh", cause="caller_hung_up: busy"), "通话结束：来电者挂机（忙音）")
        self.assertEqual(phrase("ended", "zh", cause="lightning"), "通话结束：lightning")
        self.assertEqual(phrase("logged out", "zh", cause="forced_out: 900"), "已注销：被强行注销，操作者 900")
        lost = phrase("lost", "zh", why=NotConnected(NO_CONNECTION).text("zh"))
        self.assertEqual(lost, "连接中断，正在重试：没有连接到服务器")


class CommandTests(SynchronousTestCase):
    def run_command(self, *arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, arguments)
        return result.exit_code, result.output

    def test_no_window(self) -> None:
        """Where PySide6 is missing one is told what to install."""
        with patch.dict(sys.modules, {"callserver.desktop.program": None}):
            code, output = self.run_command()
        self.assertEqual(code, 1)
        self.assertIn("pip install 'callserver[desktop]'", output)

    def test_missing_options(self) -> None:
        """What --headless needs is said."""
        code, output = self.run_command("--headless", "--number", "801")
        self.assertEqual(code, 2)
        self.assertIn("--password-file", output)

    def test_password_file(self) -> None:
        """A password file that cannot be read is named."""
        common = ("--headless", "--number", "801", "--certificate", "x")
        code, output = self.run_command(*common, "--password-file", "no-such-file")
        self.assertEqual(code, 1)
        self.assertIn("no-such-file: no password in it", output)
