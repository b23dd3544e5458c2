"""Acts that move calls leave another call alone than the one that is meant."""

from __future__ import annotations

from callserver.acd.moves.dialling import Dialling
from callserver.acd.moves.moves import Moves
from callserver.acd.seats.acts import Act, perform
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.acd.dialling_case import DiallingCase
from tests.acd.seats.test_seat import TestOffer
from tests.shop import people

SENT = {
    "transfer": ("seat 802",),
    "report_fault": ("", "no hot water"),
    "flash_transfer": ("62345678",),
    "park": (),
    "start_recording": (),
    "stop_recording": (),
    "hide_secret": (),
    "show_again": (),
    "send_keys": ("12#",),
    "consult": ("seat 802",),
}


class MeantCallTests(DiallingCase):
    def setUp(self) -> None:
        super().setUp()
        shop = self.shop
        queues = people(shop).queues
        moves = Moves(shop.seats, queues, shop, shop.staff, shop.calls, out=shop.out)
        dialling = Dialling(shop.seats, shop.staff, shop.calls, shop.out, shop)
        self.acts: dict[str, Act] = {**moves.acts(), **dialling.acts()}
        self.call = shop.answered_call()
        self.li.offer(TestOffer(self.call))
        self.li.answer()

    def result(self, act: str, *args: str) -> Refusal | None:
        """What becomes of it, asked for by Li."""
        try:
            perform(self.acts, frozenset(Right), self.li, act, args)
        except Refused as refused:
            return refused.code
        return None

    def test_of_the_call_before(self) -> None:
        """None of them does anything to the caller who has come since."""
        before, events = self.li.status, len(self.shop.book.events)
        for act, args in SENT.items():
            self.assertIs(self.result(act, *args, "call-of-before"), Refusal.CALL_GONE, act)
        self.assertEqual((self.li.status, len(self.shop.book.events)), (before, events))

    def test_of_this_call(self) -> None:
        """With the id of the one in hand each does what it does without."""
        for act in ("hide_secret", "show_again", "send_keys"):
            self.assertIsNone(self.result(act, *SENT[act], self.call.id), act)
        for act, args in SENT.items():
            self.assertIsNot(self.result(act, *args, self.call.id), Refusal.CALL_GONE, act)
            self.setUp()

    def test_of_whatever_is_there(self) -> None:
        """Without an id each is of the call in hand: none of its own arguments is taken for one."""
        for act, args in SENT.items():
            self.assertIsNot(self.result(act, *args), Refusal.CALL_GONE, act)
            self.setUp()

    def test_all_that_could_hit_another(self) -> None:
        """Every act of calls names its call, or may; the others begin with none, or only look."""
        others = {"pick_up", "pick_up_group", "fetch", "grab", "dial", "dial_class", "list_parked"}
        self.assertEqual({name for name, act in self.acts.items() if act.of_call is None}, others)
        self.assertEqual({name for name, act in self.acts.items() if act.of_call is not None}, set(SENT))

    def test_emergency(self) -> None:
        """Who calls for help is not asked which call he has just had."""
        self.assertIsNone(self.result("consult", "number 110", "call-of-before"))
        self.assertIs(self.li.status.state, SeatState.DIALING)
