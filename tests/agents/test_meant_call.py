"""A command that names its call does nothing to another one, however late it comes."""

from __future__ import annotations

from random import Random

from callserver.acd.seats.acts import SEAT_ACTS
from callserver.wire.refusals import Refusal
from callserver.wire.states import SeatState
from tests.agents.channel_case import ChannelCase
from tests.agents.small_centre import Offer

NAMES_ITS_CALL = sorted(name for name, act in SEAT_ACTS.items() if act.of_call is not None)


class LateTests(ChannelCase):
    def setUp(self) -> None:
        super().setUp()
        self.client, _ = self.program()

    def talk(self) -> Offer:
        """A caller rings, and is answered at the server: the program may not have heard of it yet."""
        offer = self.centre.ring("801")
        self.centre.seats["801"].answer()
        return offer

    def test_hang_up_for_the_call_before(self) -> None:
        """His caller goes, the next is there when his hang-up arrives: the next one talks on, and he is told."""
        first = self.talk()
        self.wires.settle()
        asked = self.client.hang_up(call_id=first.call.id)
        first.caller.hangs_up()
        second = self.talk()
        refused = self.refusal(asked)
        self.assertIs(refused.code, Refusal.CALL_GONE)
        self.assertEqual(refused.text("en"), "that call is not here any more; nothing was done")
        self.assertEqual((second.end, self.state()), ("", SeatState.TALKING))
        self.assertEqual(self.centre.complaints, [("801", "192.0.2.1", "hang_up", "call-gone")])
        self.ask(self.client.hang_up(call_id=second.call.id))
        self.assertEqual(second.end, "agent_hung_up")

    def test_which_acts(self) -> None:
        """All acts of a seat that work on a call take its id; pauses and the like are about none."""
        self.assertEqual(
            NAMES_ITS_CALL,
            ["answer", "cancel", "hang_up", "hold", "join", "reject", "retrieve", "swap", "three_way"],
        )

    def test_no_call_any_more(self) -> None:
        """Nor is anything done when there is none by then."""
        offer = self.talk()
        offer.caller.hangs_up()
        for act in NAMES_ITS_CALL:
            self.assertIs(self.refusal(self.client.ask(act, call_id=offer.call.id)).code, Refusal.CALL_GONE, act)

    def test_one_that_rings(self) -> None:
        """What rings is taken by its id, too; a late answer takes nobody else's call."""
        first = self.centre.ring("801")
        asked = self.client.answer(call_id=first.call.id)
        first.caller.hangs_up()
        second = self.centre.ring("801")
        self.assertIs(self.refusal(asked).code, Refusal.CALL_GONE)
        self.assertIs(self.state(), SeatState.RINGING)
        self.ask(self.client.answer(call_id=second.call.id))
        self.assertIs(self.state(), SeatState.TALKING)

    def test_without(self) -> None:
        """A program that names none, as the text terminal, means whatever is there."""
        first = self.talk()
        asked = self.client.hang_up()
        first.caller.hangs_up()
        second = self.talk()
        self.ask(asked)
        self.assertEqual(second.end, "agent_hung_up")

    def test_no_id(self) -> None:
        """Something that can be no call's id is a bad argument, and nothing is done."""
        offer = self.talk()
        for bad in ("", "x" * 65, 7, None, ["call-1"]):
            self.assertEqual(str(self.refusal(self.client.ask("hang_up", bad))), "bad-argument: meant_call")
        self.assertEqual(str(self.refusal(self.client.ask("hang_up", offer.call.id, "x"))), "bad-argument: meant_call")
        self.assertEqual(offer.end, "")


class AnyOrderTests(ChannelCase):
    def test_any_order(self) -> None:
        """However commands, goings and new callers follow each other: an agent ends no call but one that he meant."""
        client, _ = self.program()
        seat, draw, calls = self.centre.seats["801"], Random(17), [self.centre.ring("801")]
        seat.answer()
        meant: set[str] = set()
        for _ in range(400):
            what, shown = draw.choice(("press", "goes", "next", "arrives")), client.seat.call
            if what == "press" and shown is not None:
                meant.add(shown.call_id)
                client.hang_up(call_id=shown.call_id).addErrback(lambda refused: None)
            elif what == "goes" and not calls[-1].end:
                calls[-1].caller.hangs_up()
            elif what == "next" and calls[-1].end:
                calls.append(self.centre.ring("801"))
                seat.answer()
            elif what == "arrives":
                self.wires.settle()
        self.wires.settle()
        ended = {one.call.id for one in calls if one.end == "agent_hung_up"}
        self.assertGreater(len(ended), 5)
        self.assertLess(len(ended), len(meant))
        self.assertLessEqual(ended, meant)
