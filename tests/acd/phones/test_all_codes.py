"""What agents and supervisors key at a telephone, each code once: it does what a program's button does."""

from __future__ import annotations

from collections.abc import Mapping

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.moves.dialling import Dialling
from callserver.acd.moves.moves import Moves
from callserver.acd.seats.acts import SEAT_ACTS, Act
from callserver.acd.supervision.supervision import Supervision
from callserver.calls.stages import Stage
from callserver.lines.interfaces import Capabilities
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.acd.phones.test_phones import AGENT, CALLER, PhoneShop
from tests.hearing import Room, all_to_all, with_listener

PHONE, CUSTOMER, COLLEAGUE = "line 1", "line 2", "seat 802"
IDLE, RINGING, TALKING = SeatState.IDLE_PHONE, SeatState.RINGING, SeatState.TALKING
OUTSIDE = "62345678"


class AllCodesCase(SynchronousTestCase):
    """801 is at line 1, 802 at a headset; a customer calls on line 2."""

    def setUp(self) -> None:
        self.acts: dict[str, Act] = dict(SEAT_ACTS)
        self.centre = PhoneShop(n_seats=6, acts=self.acts)
        self.shop, self.room = self.centre.shop, Room(self.centre.shop)
        self.acts.update(self.acts_of_the_house())
        self.seat = self.centre.logs_in()

    def acts_of_the_house(self) -> Mapping[str, Act]:
        shop, queues = self.shop, self.centre.queue.queues
        moves = Moves(
            shop.seats,
            queues,
            self.centre.runner,
            shop.staff,
            shop.calls,
            out=shop.calls_out,
            members={"service": ("802",)}.__getitem__,
        )
        supervision = Supervision(
            shop.seats,
            shop.calls,
            shop.staff,
            tone=None,
            queues=("operator",),
            find_person=lambda call, queue: None,
            set_priority=queues.set_priority,
        )
        dialling = Dialling(shop.seats, shop.staff, shop.calls, shop.calls_out, self.centre.runner)
        return moves.acts() | dialling.acts() | supervision.acts()

    def key(self, keys: str) -> None:
        self.centre.key(keys)
        self.shop.wait(1.5)

    def talk(self) -> None:
        """The customer is with 801."""
        self.call = self.centre.customer()
        self.key("1")
        self.assertIs(self.seat.status.state, TALKING)

    def talk_of_the_colleague(self) -> None:
        """The customer is with 802."""
        self.seat.pause("watching")
        self.colleague = self.room.seat("802")
        self.call = self.centre.customer()
        self.colleague.answer()

    def hears(self) -> dict[str, set[str]]:
        return {name: heard for name, heard in self.room.hears().items() if heard}


class AgentTests(AllCodesCase):
    def test_three_way(self) -> None:
        """*31 calls a colleague, *33 brings all three together."""
        self.talk()
        colleague = self.room.seat("802")
        self.key("*31802#")
        colleague.answer()
        self.key("*33")
        self.assertEqual(self.hears(), all_to_all(PHONE, CUSTOMER, COLLEAGUE))

    def test_swap(self) -> None:
        """*38 goes over to the customer, who was on hold, and back to the colleague."""
        self.talk()
        colleague = self.room.seat("802")
        self.key("*31802#")
        colleague.answer()
        self.key("*38")
        self.assertEqual(self.hears(), all_to_all(PHONE, CUSTOMER))
        self.key("*38")
        self.assertEqual(self.hears(), all_to_all(PHONE, COLLEAGUE))

    def test_flash_transfer(self) -> None:
        """*35 lets the exchange connect the customer with a number; the line is free."""
        line = self.shop.lines[CALLER]
        line.far_end.unplug()
        line.capabilities = Capabilities(full_duplex=True, reports_keys=False, flash=True)
        line.far_end.plug_in()
        self.talk()
        self.key(f"*35{OUTSIDE}#")
        self.assertEqual(line.far_end.transferred_to, [OUTSIDE])
        self.assertIsNotNone(self.call.ended)

    def test_pick_up(self) -> None:
        """*40 takes what rings at a colleague, *41 what rings anywhere in a group."""
        for code in ("*40802#", "*4190#"):
            self.setUp()
            self.seat.pause("meal")
            colleague = self.room.seat("802")
            self.centre.customer()
            self.assertIs(colleague.status.state, RINGING)
            self.key(code)
            self.assertEqual((self.seat.status.state, colleague.status.state), (TALKING, SeatState.IDLE_PC))
            self.assertTrue(self.centre.hears(AGENT, CALLER))

    def test_recording(self) -> None:
        """*50 and *51: the acts are asked for; where nothing records he is told no more than that it is not so."""
        self.talk()
        self.key("*50")
        self.key("*51")
        acts = [(data["act"], data["result"] == "done") for _, data in self.shop.happened("audit")]
        self.assertEqual([act for act, _ in acts], ["start_recording", "stop_recording"])

    def test_secret(self) -> None:
        """*52 lets the customer key a secret that nobody hears, *53 ends it."""
        self.talk()
        self.key("*52")
        self.assertTrue(self.call.in_secret)
        self.assertFalse(self.centre.hears(AGENT, CALLER))
        self.key("*53")
        self.assertFalse(self.call.in_secret)
        self.assertTrue(self.centre.hears(AGENT, CALLER))

    def test_park_and_fetch(self) -> None:
        """*60 parks the customer, *61 and the place fetch him."""
        self.talk()
        self.key("*60")
        self.assertIs(self.seat.status.state, IDLE)
        self.assertIs(self.call.stage, Stage.PARKED)
        self.assertEqual(self.shop.board.statuses[CUSTOMER].sub, "parked")
        self.key("*6171#")
        self.assertIs(self.seat.status.state, TALKING)
        self.assertTrue(self.centre.hears(AGENT, CALLER))

    def test_call_out(self) -> None:
        """*90 dials a number outside on a free line; answered, they talk."""
        self.key(f"*90{OUTSIDE}#")
        self.shop.dial_tone(1)
        self.assertEqual(self.shop.lines[1].far_end.dialled, [OUTSIDE])
        self.shop.exchange("ringback", 6, 1)
        self.shop.answer_there(1)
        self.assertIs(self.seat.status.state, TALKING)
        self.assertTrue(self.centre.hears(AGENT, 1))

    def test_call_out_without_the_right(self) -> None:
        """Nothing is dialled."""
        self.shop.staff.held["801"] = frozenset(Right) - {Right.DIAL_LOCAL}
        self.key(f"*90{OUTSIDE}#")
        self.shop.wait(3)
        self.assertEqual(self.shop.lines[1].far_end.dialled, [])
        self.assertIs(self.seat.status.state, IDLE)


class SupervisorTests(AllCodesCase):
    def test_all_ways(self) -> None:
        """*70 listens, *71 whispers, *72 barges in, *73 takes over."""
        talk = all_to_all(CUSTOMER, COLLEAGUE)
        self.talk_of_the_colleague()
        self.key("*70802#")
        self.assertEqual(self.hears(), with_listener(talk, PHONE))
        self.key("*71")
        self.assertEqual(self.hears(), with_listener(talk, PHONE) | {COLLEAGUE: {CUSTOMER, PHONE}})
        self.key("*72#")
        self.assertEqual(self.hears(), all_to_all(CUSTOMER, COLLEAGUE, PHONE))
        self.key("*73")
        self.assertEqual(self.hears(), all_to_all(CUSTOMER, PHONE))

    def test_another_has_taken_over(self) -> None:
        """*73 is refused where another supervisor has the call already; nothing changes."""
        self.talk_of_the_colleague()
        second = self.room.seat("900")
        self.acts["listen"].do(second, COLLEAGUE)
        self.acts["take_over"].do(second)
        self.key("*70900#")
        before = self.hears()
        self.assertEqual(before, with_listener(all_to_all(CUSTOMER, "seat 900"), PHONE))
        self.key("*73")
        self.assertEqual(self.hears(), before)
        results = [data["result"] for _, data in self.shop.happened("audit") if data["act"] == "take_over"]
        self.assertEqual(results, ["done", "taken-over: 900"])

    def test_force_log_out(self) -> None:
        """*75 logs a colleague out who is idle, and nobody who talks."""
        self.talk_of_the_colleague()
        self.key("*75802#")
        self.assertIs(self.colleague.status.state, TALKING)
        self.colleague.hang_up()
        self.key("*75802#")
        self.assertIs(self.colleague.status.state, SeatState.OFF)
