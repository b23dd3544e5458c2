"""The headset is open in calls, and it rings while one is offered."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.headset import Headset
from callserver.desktop.headset.ring import Ring
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.presenters.talk_sound import TalkSound
from callserver.wire.messages import Card, SeatStatus
from callserver.wire.states import SeatState
from tests.desktop.headset.fakes import BLOCK, FakeSound


class TalkSoundTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.sound = Clock(), FakeSound()
        devices = Devices(self.sound, lambda phrase: None, {Use.RING: "l2"})
        self.headset = Headset(self.clock, self.sound, devices, lambda block: None, lambda phrase: None)
        self.ring = Ring(self.clock, self.sound, devices, lambda phrase: None)
        self.talk = TalkSound(self.headset, self.ring)

    def goes(self, *states: SeatState) -> list[list[str]]:
        """The devices that are open in each of these states, one after the other."""
        opened = []
        for state in states:
            self.talk.status(SeatStatus("801", state=state))
            self.clock.advance(0)
            opened.append(sorted(self.sound.running))
        return opened

    def test_a_call(self) -> None:
        """Offered it rings, on its own loudspeaker; answered and held the headset is open; then all is let go."""
        states = (SeatState.IDLE_PC, SeatState.RINGING, SeatState.TALKING, SeatState.HELD, SeatState.PAUSED)
        self.assertEqual(self.goes(*states), [[], ["l2"], ["l1", "m1"], ["l1", "m1"], []])

    def test_dialled(self) -> None:
        """Who dials hears the line from the beginning."""
        self.assertEqual(self.goes(SeatState.DIALING, SeatState.RINGBACK), [["l1", "m1"]] * 2)

    def test_heard(self) -> None:
        """What comes from the server is played."""
        self.goes(SeatState.TALKING)
        self.talk.audio(BLOCK)
        self.assertEqual(self.sound.stream("l1").written, BLOCK)

    def test_muted_over_hold(self) -> None:
        """Held and retrieved, who was muted still is; in the next call he is not."""
        self.goes(SeatState.TALKING)
        self.talk.mute(True)
        self.goes(SeatState.HELD, SeatState.TALKING)
        self.assertTrue(self.headset.is_muted)
        self.goes(SeatState.IDLE_PC, SeatState.TALKING)
        self.assertFalse(self.headset.is_muted)

    def test_muted_over_a_lost_connection(self) -> None:
        """The connection comes back in the same call: who was muted still is, so that nobody hears him unawares."""
        self.goes(SeatState.TALKING)
        self.talk.mute(True)
        self.talk.lost(NotConnected("gone"))
        self.goes(SeatState.TALKING)
        self.assertTrue(self.headset.is_muted)

    def test_old_offer(self) -> None:
        """A call that is still offered when the connection is back does not ring again; the next one does."""
        self.offers("call-1")
        self.talk.lost(NotConnected("gone"))
        self.offers("call-1")
        self.assertFalse(self.ring.rings)
        self.offers("call-2")
        self.assertTrue(self.ring.rings)

    def test_offered_again(self) -> None:
        """Who was rung, was not there, and is rung by the same call again hears it."""
        self.offers("call-1")
        self.goes(SeatState.PAUSED)
        self.offers("call-1")
        self.assertTrue(self.ring.rings)

    def test_hushed(self) -> None:
        """What was made silent stays so when more is learned about the caller."""
        self.offers("call-1")
        self.talk.hush()
        self.offers("call-1")
        self.assertFalse(self.ring.rings)

    def offers(self, call_id: str) -> None:
        self.talk.status(SeatStatus("801", state=SeatState.RINGING, call=Card(call_id, "139")))

    def test_server_gone(self) -> None:
        """Without a server nothing rings and no microphone stays open."""
        for state in (SeatState.RINGING, SeatState.TALKING):
            self.goes(state)
            self.talk.lost(NotConnected("gone"))
            self.assertEqual(self.sound.running, [])
        self.goes(SeatState.TALKING)
        self.talk.logged_out("")
        self.assertEqual((self.sound.running, self.clock.getDelayedCalls()), ([], []))

    def test_by_telephone(self) -> None:
        """Who talks on a telephone has nothing sound or open here."""
        self.talk = TalkSound(self.headset, self.ring, by_telephone=True)
        self.assertEqual(self.goes(SeatState.RINGING, SeatState.TALKING), [[], []])
