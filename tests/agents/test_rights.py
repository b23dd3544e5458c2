"""Rights are those of the moment: nobody has to log in again to lose one or to gain one."""

from callserver.acd.seats.acts import Act
from callserver.wire.refusals import Refusal
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.agents.channel_case import ChannelCase

LISTENED = "listening"


class ActTests(ChannelCase):
    def setUp(self) -> None:
        super().setUp()
        self.centre.acts["listen"] = Act(lambda seat: LISTENED, right=Right.LISTEN)
        self.client, _ = self.program()

    def test_given_and_taken(self) -> None:
        """An act that takes a right is refused without it, done with it, and refused the moment it is gone."""
        self.assertIs(self.refusal(self.client.ask("listen")).code, Refusal.NO_RIGHT)
        self.centre.staff.give("801", Right.LISTEN)
        self.assertEqual(self.ask(self.client.ask("listen")), LISTENED)
        self.centre.staff.take("801", Right.LISTEN)
        refused = self.refusal(self.client.ask("listen"))
        self.assertEqual((refused.code, refused.detail), (Refusal.NO_RIGHT, "16"))

    def test_of_another(self) -> None:
        """A right is his who holds it: a colleague's does not help."""
        self.centre.staff.give("802", Right.LISTEN)
        self.assertIs(self.refusal(self.client.ask("listen")).code, Refusal.NO_RIGHT)

    def test_refusals_are_told(self) -> None:
        """Each act that is refused is told to the event log: who, from where, what, and which right it takes."""
        self.refusal(self.client.ask("listen"))
        self.refusal(self.client.ask("listen"))
        self.assertEqual(self.centre.complaints, [("801", "192.0.2.1", "listen", "no-right: 16")] * 2)

    def test_right_before_arguments(self) -> None:
        """Who may not do a thing does not learn what it takes."""
        self.assertEqual(str(self.refusal(self.client.ask("listen", "802"))), "no-right: 16")


class AnswerTests(ChannelCase):
    def setUp(self) -> None:
        super().setUp()
        self.client, self.diary = self.program()
        self.offer = self.centre.ring("801")
        self.wires.settle()

    def test_taken_while_it_rings(self) -> None:
        """Right 3 is taken while a caller rings: it stops at once, the caller goes to somebody else."""
        self.centre.staff.take("801", Right.ANSWER_QUEUED)
        self.wires.settle()
        self.assertEqual(self.offer.declined, ["right_taken: 3"])
        self.assertEqual(self.diary.lines[-1], ("offer gone", "right_taken: 3"))
        self.assertEqual(self.state(), SeatState.IDLE_PC)
        self.assertIs(self.refusal(self.client.answer()).code, Refusal.NOT_NOW)

    def test_another_right_taken(self) -> None:
        """What rings by one right does not end with another."""
        self.centre.staff.take("801", Right.ANSWER_INTERNAL)
        self.ask(self.client.answer())
        self.assertEqual(self.state(), SeatState.TALKING)

    def test_taken_in_a_talk(self) -> None:
        """Right 3 is taken in a talk: it goes on, can be held and ended, and no other call comes."""
        self.ask(self.client.answer())
        self.centre.staff.take("801", Right.ANSWER_QUEUED)
        self.assertEqual(self.state(), SeatState.TALKING)
        self.ask(self.client.hold())
        self.ask(self.client.retrieve())
        self.assertEqual(self.offer.end, "")
        self.ask(self.client.hang_up())
        self.assertFalse([one for one in self.centre.seats.candidates() if Right.ANSWER_QUEUED in one.rights])

    def test_taken_and_not_yet_told(self) -> None:
        """The book has changed a moment ago and nobody was told: the answer is refused, and it is complained of."""
        self.centre.staff.forget("801", Right.ANSWER_QUEUED)
        refused = self.refusal(self.client.answer())
        self.assertEqual((refused.code, refused.detail), (Refusal.NO_RIGHT, "3"))
        self.assertEqual(self.centre.complaints, [("801", "192.0.2.1", "answer", "no-right: 3")])
        self.assertEqual(self.state(), SeatState.RINGING)

    def test_recall_without_the_right(self) -> None:
        """A party he holds rings him again also when he may not take new calls: the talk was his."""
        self.ask(self.client.answer())
        self.ask(self.client.hold())
        self.centre.staff.take("801", Right.ANSWER_QUEUED)
        self.ask(self.client.hang_up())
        self.assertEqual(self.state(), SeatState.RINGING)
        self.ask(self.client.answer())
        self.assertEqual(self.state(), SeatState.TALKING)


class SeatActTests(ChannelCase):
    def test_each_is_offered(self) -> None:
        """Every act that the client library asks for is known at the server, under the same name."""
        client, _ = self.program()
        for act in (
            client.answer(),
            client.reject(),
            client.hang_up(),
            client.hold(),
            client.retrieve(),
        ):
            self.assertEqual(str(self.refusal(act)), "not-now: idle, computer")
        self.ask(client.pause("lunch"))
        self.ask(client.ready())
        self.assertEqual(str(self.refusal(client.prolong_wrap_up(5))), "not-now: idle, computer")
        self.ask(client.log_out())
