"""Sound between an agent's program and the other party of his call, and nowhere else."""

from callserver.wire.states import SeatState
from tests.agents.channel_case import BLOCK, ChannelCase

VOICE = bytes(range(1, 161)) * 2
ENOUGH = 12  # blocks: some lie ready for late ones before the first goes out


class SoundTests(ChannelCase):
    def setUp(self) -> None:
        super().setUp()
        self.client, self.diary = self.program()
        offer = self.centre.ring("801")
        self.call, self.caller = offer.call, offer.caller
        self.wires.settle()

    def both_talk(self, blocks: int = ENOUGH) -> None:
        """Agent and caller speak at once, 20 ms at a time."""
        for _ in range(blocks):
            self.client.send_audio(VOICE)
            self.caller.says(BLOCK)
            self.pass_blocks(1)

    def forget(self) -> None:
        self.diary.sound.clear()
        self.caller.heard.clear()

    def test_both_ways(self) -> None:
        """In a talk each hears the other, sample for sample, and not himself."""
        self.ask(self.client.answer())
        self.both_talk()  # it is faded in
        self.forget()
        self.both_talk()
        self.assertTrue(len(self.caller.heard) > 5 < len(self.diary.sound))
        self.assertEqual(set(self.caller.heard[1:]), {VOICE})  # the first fades in
        self.assertEqual(set([block for block in self.diary.sound if any(block)][1:]), {BLOCK})

    def test_not_before_the_answer(self) -> None:
        """While it rings nobody hears anybody, whatever a program sends."""
        for _ in range(ENOUGH):
            self.client._perspective.callRemote("audio", VOICE, pbanswer=False)  # type: ignore[union-attr]
            self.caller.says(BLOCK)
            self.pass_blocks(1)
        self.assertEqual((self.caller.heard, self.diary.sound), ([], []))

    def test_not_while_held(self) -> None:
        """The party that is held does not hear the agent, nor he it; retrieved, both are back."""
        self.ask(self.client.answer())
        self.both_talk()
        self.ask(self.client.hold())
        self.both_talk(1)  # what was heard fades out
        self.forget()
        self.both_talk()
        self.assertEqual(self.caller.heard, [])
        self.assertEqual(any(map(any, self.diary.sound)), False)
        self.ask(self.client.retrieve())
        self.both_talk(1)
        self.forget()
        self.both_talk()
        self.assertEqual(set(self.caller.heard), {VOICE})

    def test_not_after_the_call(self) -> None:
        """The call is over: an idle agent costs no sound, and nobody listens into his room."""
        self.ask(self.client.answer())
        self.both_talk()
        self.ask(self.client.hang_up())
        self.forget()
        said = self.reach()
        self.both_talk()
        self.assertEqual((self.caller.heard, self.diary.sound, said), ([], [], []))
        self.assertEqual(self.centre.bay.legs, [])

    def test_not_while_it_rings_again(self) -> None:
        """A held party that rings its agent again is not heard before he answers, and no silence is sent."""
        self.ask(self.client.answer())
        self.ask(self.client.hold())
        self.ask(self.client.hang_up())
        self.assertIs(self.state(), SeatState.RINGING)
        self.forget()
        self.both_talk()
        self.assertEqual((self.caller.heard, self.diary.sound), ([], []))

    def test_not_a_colleagues(self) -> None:
        """A second call at the next seat: neither hears anything of the first."""
        other, other_diary = self.program("802")
        other_caller = self.centre.ring("802").caller
        self.wires.settle()
        self.ask(self.client.answer())
        self.ask(other.answer())
        self.both_talk()
        self.assertEqual(other_caller.heard, [])
        self.assertFalse(any(map(any, other_diary.sound)))
