"""The card of the call: who it is, how sure that is, how he came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from callserver.desktop.presenters.call_card import CallCard, CallCardData
from callserver.wire.messages import Card, CardPart, ChannelRow, Identity, Partner, Phrase, QueueRow, Waiter
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.desktop.presenters.test_foreign_names import CUSTOMER
from tests.desktop.presenters.work_case import WorkCase

LI = Card(
    "call-1",
    "13800138000",
    queue="shop",
    waited_s=42,
    identity=Identity("10023", "李明", proved=True),
    parts=(CardPart("shopping", (Phrase("Basket empty"),)),),
    path=("shop", "main-menu: 2", "enter-item-number: 1203", "key 0"),
)
STRANGER = Card("call-2", None)


class CallCardCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[CallCardData] = []
        self.card = CallCard(self.work, self.shown.append)
        self.card.start()
        self.addCleanup(self.card.stop)

    @property
    def now(self) -> CallCardData:
        return self.shown[-1]


class CallCardTests(CallCardCase):
    def test_rings(self) -> None:
        """Who, from where, proved, waited, path and basket are there while it rings."""
        self.seat(SeatState.RINGING, LI)
        self.assertEqual((self.now.rings, self.now.may_answer, self.now.name), (True, True, "李明"))
        self.assertEqual((self.now.identity, self.now.is_proved), ("✔ Proved (PIN)", True))
        self.assertEqual(self.now.number, "13800138000 · Member 10023")
        self.assertEqual(
            self.now.details,
            (
                "Queue shop · waited 0:42",
                "Path shop › Main menu › To reserve › Item number 1203 › Person",
                "Basket empty",
            ),
        )

    def test_waits_on(self) -> None:
        """While it rings his wait counts on; the whole of it, which the server tells at the answer, then stands."""
        self.seat(SeatState.RINGING, LI)
        self.clock.advance(9)
        self.assertEqual(self.now.details[0], "Queue shop · waited 0:51")
        self.seat(SeatState.TALKING, replace(LI, waited_s=51))
        self.clock.advance(60)
        self.assertEqual(self.now.details[0], "Queue shop · waited 0:51")

    def test_calls_again(self) -> None:
        """Whose place was kept from a call before has not waited all that time in this call, and it says both."""
        self.seat(SeatState.RINGING, replace(LI, waited_s=750, earlier_s=708))
        self.assertEqual(self.now.details[0], "Queue shop · waited 0:42")
        self.assertEqual(self.now.details[1], "Calls again: his place is kept, 12:30 since he came first")

    def test_region(self) -> None:
        """Where his number is from stands beside it, where the shop's regions tell."""
        self.seat(SeatState.RINGING, replace(LI, region="广东 深圳"))
        self.assertEqual(self.now.number, "13800138000 · 广东 深圳 · Member 10023")

    def several(self) -> list[dict[str, Any]]:
        """Three have the number of the call in hand."""
        self.work.record.begin()
        self.addCleanup(self.work.record.end)
        found = [
            {"number": number, "name": name, "telephones": ["138"], "address": "", "known_by": "number"}
            for number, name in (("10023", "李明"), ("10024", "李红"), ("10025", "李强"))
        ]
        self.client.waiting.clear()
        self.seat(SeatState.TALKING, Card("call-1", "138", identity=Identity("10023", "李明")))
        self.client.answers({"found": found})
        return found

    def test_several_match(self) -> None:
        """Nobody of several with his number is taken for him: the card says how many, then who was chosen."""
        found = self.several()
        self.assertEqual((self.now.name, self.now.number, self.now.several), ("138", "", True))
        self.assertEqual(self.now.identity, "3 customers match")
        self.work.record.choose("10024")
        self.client.answers(CUSTOMER | found[1])
        self.assertEqual((self.now.name, self.now.several), ("李红", False))
        self.assertEqual((self.now.number, self.now.identity), ("138 · Member 10024", "? Number matches, not proved"))
        self.seat(SeatState.TALKING, Card("call-2", "137", identity=Identity("20001", "王五")))
        self.assertEqual(self.now.name, "王五")

    def test_none_of_several(self) -> None:
        """He is none of those with his number: the card has nothing to choose any more, and takes nobody for him."""
        found = self.several()
        self.work.record.choose("20001")
        self.client.answers(CUSTOMER | found[0] | {"number": "20001"})
        self.assertEqual((self.now.name, self.now.identity, self.now.several), ("138", "✖ Unknown customer", False))

    def test_one_of_several_proved(self) -> None:
        """Who proves by his PIN which of several he is, is that one, whoever was chosen before."""
        found = self.several()
        self.work.record.choose("10024")
        self.client.answers(CUSTOMER | found[1])
        self.seat(SeatState.TALKING, Card("call-1", "138", identity=Identity("10025", "李强", proved=True)))
        self.assertEqual((self.now.name, self.now.identity, self.now.several), ("李强", "✔ Proved (PIN)", False))

    def test_only_claimed(self) -> None:
        """A number can be lent: that it matches is not a proof."""
        self.seat(SeatState.RINGING, Card("call-1", "138", identity=Identity("10023", "李明")))
        self.assertEqual((self.now.identity, self.now.is_proved), ("? Number matches, not proved", False))

    def test_stranger(self) -> None:
        """Without number and name it says so, and not nothing."""
        self.seat(SeatState.RINGING, STRANGER)
        self.assertEqual((self.now.name, self.now.identity), ("number withheld", "✖ Unknown customer"))

    def test_colleague(self) -> None:
        """A colleague is no unknown customer, while he rings as while one talks with him."""
        self.model.row(ChannelRow("seat 802", SeatState.DIALING.value))
        for state in (SeatState.RINGING, SeatState.TALKING):
            self.seat(state, Card("call-2", "802", "刘洋"))
            self.assertEqual(self.now.identity, "")

    def test_number_once(self) -> None:
        """Who has no name is called by his number, which then is not said again beneath."""
        self.seat(SeatState.RINGING, Card("call-1", "13800138000"))
        self.assertEqual((self.now.name, self.now.number), ("13800138000", ""))
        self.seat(SeatState.RINGING, Card("call-1", "13800138000", identity=Identity("10023", "")))
        self.assertEqual(self.now.number, "Member 10023")

    def test_record_comes_later(self) -> None:
        """What the books say is shown as soon as they have answered."""
        self.seat(SeatState.RINGING, Card("call-1", "13800138000"))
        self.seat(SeatState.RINGING, LI)
        self.assertEqual(self.now.name, "李明")

    def test_taken_elsewhere(self) -> None:
        """The card of a call that others took goes, and says whose it was, and why."""
        self.seat(SeatState.RINGING, LI)
        self.seat(SeatState.IDLE_PC, cause="taken_elsewhere")
        self.assertEqual((self.now.name, self.now.rings, self.now.ended), ("", False, "李明 · taken elsewhere"))

    def test_over(self) -> None:
        """The last call stays in grey, with why it ended, until the next one."""
        self.seat(SeatState.TALKING, LI)
        self.seat(SeatState.IDLE_PC, cause="caller_hung_up")
        self.assertEqual((self.now.is_over, self.now.name, self.now.ended), (True, "李明", "caller hung up"))
        self.seat(SeatState.RINGING, STRANGER)
        self.assertEqual((self.now.is_over, self.now.name, self.now.ended), (False, "number withheld", ""))

    def test_lost_with_the_connection(self) -> None:
        """The server was started anew, or he hung up meanwhile: the card says that the call is gone."""
        self.seat(SeatState.TALKING, LI)
        self.seat(SeatState.IDLE_PC)  # as a log-in tells it
        self.assertEqual((self.now.is_over, self.now.name), (True, "李明"))
        self.assertTrue(self.now.ended.startswith("Lost with the connection"))
        self.seat(SeatState.RINGING, LI)
        self.seat(SeatState.IDLE_PC)
        self.assertTrue(self.now.ended.startswith("李明 · Lost with the connection"))

    def test_long_and_hostile(self) -> None:
        """A name of 300 characters, an emoji, right-to-left text, and what looks like HTML stay what they are."""
        for name in ("长" * 300, "😀李", "שלום", "<b>Li</b> & {name}"):
            self.seat(SeatState.RINGING, Card("call-1", "138", caller_name=name))
            self.assertEqual(self.now.name, name)

    def test_refused(self) -> None:
        """Why it was not answered stands on the card."""
        self.seat(SeatState.RINGING, LI)
        self.card.answer()
        self.refuses(Refused(Refusal.NO_CALL))
        self.assertEqual(self.now.problem, "There is no such call")


class ArrivalTests(CallCardCase):
    """How it came, in the first line, with the seconds that it still rings."""

    def rings(self, cause: str = "offered", card: Card = LI, rings_for_s: float = 0.0) -> str:
        self.seat(SeatState.IDLE_PC)
        self.seat(SeatState.RINGING, card, cause=cause, rings_for_s=rings_for_s)
        return self.now.title

    def test_by_cause(self) -> None:
        """Passed on by whom, back from a hold, back from a transfer."""
        self.assertEqual(self.rings(), "Incoming call")
        self.assertEqual(self.rings("sent_here: seat 802"), "Transferred by 802")
        self.assertEqual(self.rings("recalled"), "Held call returns")
        self.assertEqual(self.rings("parked_too_long: 71"), "Held call returns")
        self.assertEqual(self.rings("came_back: rejected"), "Your transfer comes back")

    def test_by_who_calls(self) -> None:
        """A colleague; somebody who is to be called back."""
        waits = Waiter("call-3", "137", call_back=True, rings_at="801")
        self.log_in((ChannelRow("seat 802", "DIALING", name="刘洋"),), (QueueRow("shop", 1, 9, (waits,)),))
        self.assertEqual(self.rings(card=Card("call-2", "802")), "Internal")
        self.assertEqual(self.rings(card=Card("call-3", "137", queue="shop")), "Call-back")

    def test_record_comes_later(self) -> None:
        """What the books say does not make it another call: it was still passed on."""
        self.rings("sent_here: seat 802", Card("call-1", "138"))
        self.seat(SeatState.RINGING, LI, cause="record_came")
        self.assertEqual(self.now.title, "Transferred by 802")

    def test_seconds_left(self) -> None:
        """They run down."""
        self.assertEqual(self.rings(rings_for_s=12.0), "Incoming call · 12 s left")
        self.clock.advance(5)
        self.assertEqual(self.now.title, "Incoming call · 7 s left")

    def test_three(self) -> None:
        """Who else talks stands on the customer's card."""
        self.seat(SeatState.TALKING, replace(LI, beside=(Partner("802", "刘洋"), Partner("62345678"))))
        self.assertEqual((self.now.name, self.now.other), ("李明", "With 802 刘洋, 62345678"))

    def test_the_caller_has_gone(self) -> None:
        """The card is the colleague's, who is no customer; the tabs keep the caller, and so does the last call."""
        self.seat(SeatState.TALKING, LI)
        self.seat(SeatState.TALKING, Card("call-1", "802", "刘洋", gone="caller_hung_up"))
        self.assertEqual((self.now.name, self.now.number, self.now.identity), ("刘洋", "802", ""))
        self.assertEqual(self.model.customer, LI)
        self.seat(SeatState.PAUSED, cause="agent_hung_up")
        self.assertEqual((self.now.title, self.now.name, self.now.is_over), ("Last call", "李明", True))

    def test_two_calls(self) -> None:
        """Who is consulted has no card of his own: a line on the customer's, whoever of the two is in hand."""
        third = Card("call-9", "802", caller_name="刘洋")
        self.seat(SeatState.TALKING, LI)
        self.seat(SeatState.TALKING, third, kept=LI)
        self.clock.advance(5)
        self.assertEqual(
            (self.now.name, self.now.title, self.now.other), ("李明", "On hold 0:05", "With 802 刘洋 0:05")
        )
        self.seat(SeatState.TALKING, LI, kept=third)
        self.clock.advance(3)
        self.assertEqual((self.now.name, self.now.title, self.now.other), ("李明", "Call", "802 刘洋 on hold 0:03"))
        self.seat(SeatState.TALKING, LI)
        self.assertEqual(self.now.other, "")
