"""Who hears whom when an agent works by telephone: measured on every line and seat by a tone of its own."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.phones.telephone import Telephone
from callserver.acd.seats.seat import Seat
from callserver.acd.supervision.supervision import Supervision
from callserver.calls.stages import Stage
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.tones import dtmf, tone
from callserver.wire.states import SeatState
from tests.acd import test_who_hears_whom as scenes
from tests.acd.phones.test_phones import AGENT, CALLER, PhoneShop
from tests.hearing import Room, all_to_all, with_listener
from tests.shop import Agent

PHONE, CUSTOMER = "line 1", "line 2"
TALK = all_to_all(PHONE, CUSTOMER)


class HearingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.centre = PhoneShop(n_seats=5)
        self.shop, self.room = self.centre.shop, Room(self.centre.shop)
        self.seat = self.centre.logs_in()

    def talks(self) -> Seat:
        """He talks with a customer."""
        self.centre.customer()
        self.centre.key("1")
        self.assertIs(self.seat.status.state, SeatState.TALKING)
        return self.seat

    def test_between_calls(self) -> None:
        """A line that is kept up hears nobody, and nobody hears it, also while others talk."""
        self.assertEqual(self.room.hears(), {})
        other = self.room.seat("802")
        self.seat.pause("busy")
        self.centre.customer()
        other.answer()
        self.assertEqual(self.room.hears(), all_to_all(CUSTOMER, "seat 802"))

    def test_offered(self) -> None:
        """While a call rings in his ear the two do not hear each other."""
        self.centre.customer()
        self.assertEqual(self.room.hears(), {})

    def test_talk_and_hold(self) -> None:
        """They hear each other and nobody else; held, nobody hears anybody."""
        self.talks()
        self.assertEqual(self.room.hears(), TALK)
        self.centre.key("*21")
        self.shop.wait(0.5)
        self.assertEqual(self.room.hears(), {})
        self.centre.key("*22")
        self.shop.wait(0.5)
        self.assertEqual(self.room.hears(), TALK)

    def test_while_he_keys(self) -> None:
        """He hears the caller, who does not hear him."""
        self.talks()
        self.centre.key("*2")
        self.assertEqual(self.room.hears(), {PHONE: {CUSTOMER}})

    def test_star(self) -> None:
        """Of the star the caller hears 20 ms at most, wherever in a block it begins; a voice goes through."""
        self.talks()
        for offset in range(0, BLOCK_SAMPLES, 20):
            sound = np.concatenate((np.zeros(offset, np.float32), dtmf("*")))
            with self.subTest(offset=offset):
                self.assertLess(self.heard_ms(sound), 21)
            self.centre.key("*22")  # refused: nobody is held
            self.shop.wait(2)
        voice = tone([300, 700, 1100], RATE_HZ, -12.0)
        self.assertGreater(self.heard_ms(voice), 950)

    def heard_ms(self, sound: FloatArray) -> float:
        """So much of it comes to the caller, as waves that swing."""
        line, heard = self.shop.lines[AGENT], self.shop.lines[CALLER].far_end.heard
        heard.clear()
        data = line.codec.encode(sound).tobytes()
        for start in range(0, len(data), BLOCK_SAMPLES):
            line.far_end.speak(data[start : start + BLOCK_SAMPLES].ljust(BLOCK_SAMPLES, b"\xff"))
            self.shop.pass_block()
        self.shop.wait(0.2)
        waves = np.abs(np.diff(line.codec.decode(np.frombuffer(bytes(heard), np.uint8))))
        return float(np.convolve(waves > 0.02, np.ones(8), "same").astype(bool).sum() * 1000 / RATE_HZ)

    def test_after_the_talk(self) -> None:
        """His line hears nobody again; with the next caller he hears that one alone."""
        self.talks()
        self.shop.lines[CALLER].far_end.hang_up()
        self.assertEqual(self.room.hears(), {})
        self.shop.answered_call(CALLER + 1)
        self.assertEqual(self.room.hears(), {})

    def test_listened_to(self) -> None:
        """A supervisor at his program hears both; neither hears him."""
        supervisor = self.room.seat("900")
        self.talks()
        supervision = Supervision(
            self.shop.seats,
            self.shop.calls,
            self.shop.staff,
            tone=tone([1400], 2400, -15.0),
            queues=("operator",),
            find_person=lambda call, queue: None,
            set_priority=lambda call_id, priority: None,
        )
        supervision.listen(supervisor, "seat 801")
        self.assertEqual(self.room.hears(), with_listener(TALK, "seat 900"))
        supervision.barge_in(supervisor, "")
        self.assertEqual(self.room.hears(), all_to_all(PHONE, CUSTOMER, "seat 900"))


class PhoneScene(scenes.Scene):
    """The same people as in every other scene; agent, colleague and supervisor work by telephone."""

    n_lines = 6

    def seat(self, number: str) -> Seat:
        line = {"801": 3, "802": 4, "900": 5}.get(number)
        if line is None:
            return super().seat(number)
        base = self.shop.answered_call(line)
        base.enter(Stage.SEAT)
        seat = self.shop.seats.log_in_by_phone(Agent(number), Telephone(base))
        self.room.voices[f"seat {number}"] = self.room.voices.pop(f"line {line + 1}")
        return seat


class SituationsByPhoneTests(scenes.SituationTests):
    """Who hears whom, and that nothing clicks, is the same by telephone in each situation there is."""

    make = PhoneScene
