"""Agents of a whole server write to each other, and say what came of a talk in which they are."""

from __future__ import annotations

from callserver.desktop.client import AgentClient
from callserver.desktop.listener import AgentListener
from callserver.wire.messages import Said
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.whole.agents_case import AgentsCase, Program


class Reader(Program):
    """A program that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Said] = []

    def said(self, said: Said) -> None:
        self.told.append(said)


class MessageTests(AgentsCase):
    def comes(self, number: str, listener: AgentListener) -> AgentClient:
        """Somebody logs in with this program."""
        way = self.shop.world.network.way("10.0.0.2")
        client = AgentClient(self.shop.world.reactor, way, number, self.shop.passwords[number], listener)
        client.start()
        self.addCleanup(client.stop)
        self.shop.wait(2)
        return client

    def test_at_once(self) -> None:
        """Who is there has it on his screen at once, and both find it in their lists."""
        li, reader = self.program("801"), Reader()
        wang = self.comes("802", reader)
        answer = self.do(li.ask("tell_people", ["802"], "您好，3 号线请接"))
        self.assertEqual(answer, {"told": ["802"], "kept": [], "full": []})
        (said,) = reader.told
        self.assertEqual((said.sender, said.text, said.to), ("801", "您好，3 号线请接", ""))
        for client in (li, wang):
            (found,) = self.do(client.ask("list_said", "", ""))["found"]
            self.assertEqual((found["recipient"], found["told"]), ("802", True))
        self.assertEqual(self.do(li.ask("list_said", "803", ""))["found"], [])

    def test_at_the_next_log_in(self) -> None:
        """Who is out has it when he comes, once."""
        li, reader = self.program("801"), Reader()
        answer = self.do(li.ask("tell_people", ["802"], "call Mr Li back"))
        self.assertEqual(answer["kept"], ["802"])
        wang = self.comes("802", reader)
        self.assertEqual([said.text for said in reader.told], ["call Mr Li back"])
        self.do(wang.log_out())
        again = Reader()
        self.comes("802", again)
        self.assertEqual(again.told, [])

    def test_too_many(self) -> None:
        """A hundred wait for who is out; what comes then is refused to the sender, not lost in silence."""
        li = self.program("801")
        for n in range(100):
            self.assertEqual(self.do(li.ask("tell_people", ["802"], f"message {n}"))["kept"], ["802"])
        self.assertEqual(self.do(li.ask("tell_people", ["802"], "one more"))["full"], ["802"])

    def test_who_may(self) -> None:
        """Everybody is written to by a supervisor alone; nobody writes to who does not work here."""
        li = self.program("801")
        self.allow("801")
        for whom, code in (
            (["everybody"], Refusal.NO_RIGHT),
            (["999"], Refusal.NOT_SAVED),
            (["group nowhere"], Refusal.NOT_SAVED),
            ([], Refusal.BAD_ARGUMENT),
        ):
            with self.assertRaises(Refused) as refused:
                self.do(li.ask("tell_people", whom, "hello"))
            self.assertEqual(refused.exception.code, code)


class PlaceTests(AgentsCase):
    def test_targets(self) -> None:
        """Any agent sees where callers can be sent, and whether it is open; and who waits to be called back."""
        li = self.program("801")
        self.allow("801")
        found = self.do(li.ask("list_targets"))
        self.assertEqual(set(found), {"queues", "offices", "groups", "menus"})
        self.assertIn(("queue operator", True), [(one["target"], one["open"]) for one in found["queues"]])
        menus = [one["target"] for one in found["menus"]]
        self.assertIn("menu shop", menus)
        own = {
            f"menu {name}" for name in ("prompts", "recorder", "recordings", "mailbox", "mailbox-calls", "shop-news")
        }
        self.assertEqual(own & set(menus), set())
        self.assertEqual(self.do(li.ask("list_call_backs")), [])
        self.assertEqual(self.do(li.ask("list_cases", "", "")), {"found": [], "next": ""})


class OutcomeTests(AgentsCase):
    def test_in_the_talk_and_after(self) -> None:
        """While he talks, and in the wrap-up; the history of the number shows it."""
        li = self.program("801")
        self.call()
        self.assertEqual(li.seat.state, SeatState.RINGING)
        self.assertGreater(li.seat.rings_for_s, 1)
        self.do(li.answer())
        self.shop.wait(2)
        assert li.seat.call is not None
        call = li.seat.call.call_id
        self.do(li.ask("set_outcome", call, 2, "asked for a price"))
        self.do(li.hang_up())
        self.shop.wait(1)
        self.assertTrue(li.seat.wrap_up)
        self.do(li.ask("set_outcome", call, 1, "bought it"))
        (found,) = self.do(li.ask("list_contacts", "13912345678", ""))["calls"]
        self.assertEqual([one["number"] for one in found["agents"]], ["801"])
        self.assertEqual(
            [(one["code"], one["note"], one["by"]) for one in found["outcomes"]], [(1, "bought it", "801")]
        )
