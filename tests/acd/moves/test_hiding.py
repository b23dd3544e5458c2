"""A secret that an agent lets his caller key in: silence for him and for the recording, a sign, an end in any case."""

from callserver.wire.states import SeatState
from tests.acd.moves.test_recording_on_demand import OnDemandCase


class HidingTests(OnDemandCase):
    def setUp(self) -> None:
        super().setUp()
        self.hiding = self.moves.hiding

    def agent_hears_caller(self) -> bool:
        line, own = self.shop.in_service[0].leg, self.seat.station.leg
        assert line is not None
        assert own is not None
        return self.shop.bay.gain(line, own) == 1

    def test_hidden(self) -> None:
        """He hears silence and sees a sign; the caller hears nobody; keys are masked; then all is as before."""
        self.hiding.hide(self.seat)
        self.assertFalse(self.agent_hears_caller())
        self.assertFalse(self.shop.hears(0, self.seat))
        self.assertTrue(self.seat.status.hidden)
        self.assertEqual(self.shown(self.seat), (SeatState.TALKING, "answered"))
        self.shop.press("4738#")
        self.hiding.show_again(self.seat)
        self.assertTrue(self.is_with(self.seat))
        self.assertFalse(self.seat.status.hidden)
        self.assertEqual({data["digit"] for _, data in self.shop.happened("key")}, {"?"})
        self.assertEqual(
            [kind for kind, _ in self.shop.happened("hide_secret", "show_again")], ["hide_secret", "show_again"]
        )

    def test_shown_at_once(self) -> None:
        """The sign comes and goes with the secret, with no other change."""
        shown: list[tuple[bool, str]] = []
        self.shop.seats.watch(lambda change: shown.append((change.status.hidden, change.status.cause)))
        self.hiding.hide(self.seat)
        self.hiding.show_again(self.seat)
        self.assertEqual(shown, [(True, "secret_begins"), (False, "secret_ends")])

    def test_of_a_menu(self) -> None:
        """What a menu asks for in secret shows the agent the same sign, and only the menu ends it."""
        with self.call.secret():
            self.assertTrue(self.seat.status.hidden)
            self.assertEqual(self.refusal(self.hiding.show_again, self.seat), "no-secret")
            self.hiding.hide(self.seat)
            self.hiding.show_again(self.seat)
            self.assertTrue(self.seat.status.hidden)
            self.assertFalse(self.agent_hears_caller())
        self.assertFalse(self.seat.status.hidden)
        self.assertTrue(self.agent_hears_caller())

    def test_recording(self) -> None:
        """The recording has silence of equal length."""
        self.start()
        self.say(1)
        self.hiding.hide(self.seat)
        self.say(1)
        self.hiding.show_again(self.seat)
        self.say(1)
        self.stop()
        length_s, heard_s = self.heard_in("recording 1")
        self.assertApproximates(length_s, 3, 0.05)
        self.assertApproximates(heard_s, 2, 0.1)

    def test_forgotten(self) -> None:
        """After a minute it is over by itself; asked again meanwhile, the minute begins anew."""
        self.hiding.hide(self.seat)
        self.shop.wait(40)
        self.hiding.hide(self.seat)
        self.shop.wait(59)
        self.assertTrue(self.seat.status.hidden)
        self.shop.wait(1.1)
        self.assertFalse(self.seat.status.hidden)
        self.assertTrue(self.is_with(self.seat))
        self.assertEqual(self.refusal(self.hiding.show_again, self.seat), "no-secret")

    def test_held_meanwhile(self) -> None:
        """Held and retrieved in between, he is with the agent again when it is over, and hears no music before."""
        self.hiding.hide(self.seat)
        self.seat.hold()
        self.seat.retrieve()
        self.assertFalse(self.agent_hears_caller())
        self.hiding.show_again(self.seat)
        self.assertTrue(self.is_with(self.seat))

    def test_sent_on(self) -> None:
        """Who lets his caller go ends it: the next agent hears him, and sees no sign."""
        self.hiding.hide(self.seat)
        self.moves.transfers.transfer(self.seat, "seat 802")
        self.other.answer()
        self.assertFalse(self.other.status.hidden)
        self.assertTrue(self.is_with(self.other))
        self.shop.wait(70)
        self.assertTrue(self.is_with(self.other))

    def test_hung_up(self) -> None:
        """The caller goes in the middle of it: nothing is left, and the next call begins without a sign."""
        self.hiding.hide(self.seat)
        self.shop.lines[0].far_end.hang_up()
        self.assertFalse(self.seat.status.hidden)
        self.shop.wait(2)
        self.call = self.caller()
        ringing = self.seat if self.seat.status.state is SeatState.RINGING else self.other
        ringing.answer()
        self.assertFalse(ringing.status.hidden)
        self.assertTrue(self.is_with(ringing))
        self.shop.wait(70)
        self.assertTrue(self.is_with(ringing))

    def test_no_talk(self) -> None:
        """There must be a call in hand, and a secret to end."""
        self.assertEqual(self.refusal(self.hiding.hide, self.other), "not-now: idle, computer")
        self.assertEqual(self.refusal(self.hiding.show_again, self.seat), "no-secret")
