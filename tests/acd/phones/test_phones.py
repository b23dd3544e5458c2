"""Agents at telephones: they dial in, hear their calls, and key what programs ask for; in a shop on virtual time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.moves.dialling import Dialling
from callserver.acd.phones.phones import Phones
from callserver.acd.phones.seat import words_of
from callserver.acd.phones.star_codes import Numbers
from callserver.acd.seats.acts import SEAT_ACTS, Act, perform
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.calls.calls_out import Dialler
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.wire.causes import Cause
from callserver.wire.dial_results import DialResult
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.shop import Agent, FewPrompts, VirtualShop, people

AGENT, CALLER = 0, 1  # whose line it is
PIN, OWN = "4711", "01087654321"


@dataclass(frozen=True)
class Record:
    """What the staff book has of somebody."""

    phone: str
    language: str


class Pins:
    """A staff book with one PIN for all."""

    def __init__(self) -> None:
        self.tried: list[tuple[str, str]] = []

    def check_pin(self, number: str, pin: str, address: str) -> Deferred[Any]:
        self.tried.append((number, address))
        return succeed(Agent(number)) if pin == PIN else fail(Refused(Refusal.LOG_IN))

    def person(self, number: str) -> Record:
        return Record(OWN, "") if number == "801" else Record("", "en")


class Greeting:
    """A menu that asks for one key for ever."""

    name = "shop"

    async def run(self, call: Any) -> None:
        while True:
            await call.collect("welcome", first_timeout_s=30.0)


class PhoneShop:
    """A shop with a queue, whose first line an agent may dial in on."""

    def __init__(self, n_seats: int = 2, acts: Mapping[str, Act] = SEAT_ACTS, at_once: bool = False) -> None:
        self.shop = VirtualShop(n_lines=3, n_seats=n_seats)
        self.clock, self.voice = self.shop.clock, Voice(FewPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]
        self.book, self.refused = Pins(), list[tuple[str, str, str]]()
        self.phones = Phones(
            self.clock,
            self.shop.seats,
            self.book,
            acts=lambda: acts,
            rights=self.shop.staff.rights,
            say=lambda call, prompts: Deferred.fromCoroutine(self.voice.say(call, prompts)).addCallback(lambda _: None),
            numbers=Numbers(
                is_seat=lambda number: number in ("801", "802"),
                group={"90": "service"}.get,
                queue={"91": "operator"}.get,
                menu={"92": "balance"}.get,
                is_office=lambda number: number == "3",
                waiting=lambda: [entry.call.id for entry in self.queue.waiting],
            ),
            complain=lambda number, line, act, refused: self.refused.append((line, act, str(refused))),
            at_once=at_once,
            dial=lambda number, who, told: self.shop.calls_out.dial(
                number, Dialler(who, allowed=frozenset({number})), told
            ),
        )
        self.queue = people(self.shop, wrap_up_s=0, retry_s=1)
        self.runner = MenuRunner(
            {"shop": Greeting()},
            self.menu_call,
            "operator",
            staff=lambda menu_call: self.phones.serve(menu_call.call, menu_call),
            staff_keys="*#",
        )

    def menu_call(self, call: Call) -> MenuCall:
        return MenuCall(call, self.voice, self, self.clock)

    async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
        return await self.queue.enter(call)

    def dials_in(self, line: int = AGENT) -> Call:
        """Somebody calls and hears the menu."""
        call = self.shop.answered_call(line, f"1380000000{line}")
        self.runner.serve(call, "shop")
        self.shop.wait(1.5)
        return call

    def logs_in(self, number: str = "801", line: int = AGENT) -> Seat:
        """He keys what makes the line his seat's telephone."""
        self.dials_in(line)
        self.key("*#", line)
        self.shop.wait(1.2)
        self.key(f"{number}#", line)
        self.shop.wait(1.2)
        self.key(f"{PIN}#", line)
        self.shop.wait(1.5)
        return self.shop.seats[number]

    def customer(self, line: int = CALLER) -> Call:
        """Somebody calls and waits for a person."""
        call = self.shop.answered_call(line)
        Deferred.fromCoroutine(self.queue.enter(call)).addErrback(lambda failure: None)
        self.shop.wait(0.5)
        return call

    def key(self, keys: str, line: int = AGENT) -> None:
        self.shop.press(keys, line)

    def hears(self, listener: int, speaker: int) -> bool:
        """Whether the one at a line hears the one at another."""
        return self.shop.line_hears(listener, speaker)


class PhoneTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.centre = PhoneShop()
        self.shop = self.centre.shop

    def talk(self) -> tuple[Seat, Call]:
        """The agent is at his telephone and talks with a customer; a colleague pauses."""
        seat = self.centre.logs_in()
        self.shop.agent("803").pause("lunch")
        call = self.centre.customer()
        self.centre.key("1")
        self.shop.wait(0.5)
        self.assertIs(seat.status.state, SeatState.TALKING)
        return seat, call


class LogInTests(PhoneTests):
    def test_dials_in(self) -> None:
        """Star and hash in any menu, staff number, PIN: the seat is ready, and the line stays up."""
        seat = self.centre.logs_in()
        self.assertIs(seat.status.state, SeatState.IDLE_PHONE)
        self.assertIs(self.shop.state(AGENT), LineState.TALKING)
        self.assertEqual(self.centre.book.tried, [("801", "telephone 13800000000")])
        self.assertIn("seat-logged-in", self.shop.prompts())

    def test_pin_is_secret(self) -> None:
        """Nobody can read the PIN anywhere, also not if it was typed ahead of its question."""
        self.centre.dials_in()
        self.centre.key("*#801#" + PIN + "#")
        self.shop.wait(4)
        self.assertIs(self.shop.seats["801"].status.state, SeatState.IDLE_PHONE)
        written = "".join(str(data) for _, data in self.shop.happened("key", "input"))
        self.assertNotIn(PIN, "".join(filter(str.isdigit, written)))

    def test_three_tries(self) -> None:
        """A wrong PIN is said; after the third the call is over."""
        call = self.centre.dials_in()
        self.centre.key("*#")
        for _ in range(3):
            self.shop.wait(2.5)
            self.centre.key("801#")
            self.shop.wait(1.2)
            self.centre.key("0000#")
        self.shop.wait(4)
        self.assertEqual(self.shop.prompts().count("seat-log-in-failed"), 3)
        self.assertIn("too-many-tries", self.shop.prompts())
        self.assertEqual(self.centre.refused, [("telephone 13800000000", "log in", "log-in")] * 3)
        self.assertIsNotNone(call.ended)

    def test_hangs_up(self) -> None:
        """Who puts his telephone down is logged out."""
        seat = self.centre.logs_in()
        self.shop.lines[AGENT].far_end.hang_up()
        self.shop.wait(0.1)
        self.assertIs(seat.status.state, SeatState.OFF)

    def test_logs_out(self) -> None:
        """*10: he is told, and his line is put on hook."""
        seat = self.centre.logs_in()
        self.centre.key("*10")
        self.shop.wait(3)
        self.assertIs(seat.status.state, SeatState.OFF)
        self.assertIn("seat-logged-out", self.shop.prompts())
        self.assertIs(self.shop.state(AGENT), LineState.IDLE)

    def test_language(self) -> None:
        """He is spoken to in the language of his record."""
        self.centre.logs_in("802")
        self.assertEqual(self.shop.happened("language"), [("language", {"language": "en"})])

    def test_all_seats_taken(self) -> None:
        """Without a free seat he is told so, and nobody is logged in."""
        self.shop.agent("803")
        self.shop.agent("804")
        call = self.centre.dials_in()
        self.centre.key(f"*#801#{PIN}#")
        self.shop.wait(5)
        self.assertIn("seat-not-now", self.shop.prompts())
        self.assertIsNotNone(call.ended)


class TalkTests(PhoneTests):
    def test_takes_a_call(self) -> None:
        """A call is announced in his ear; 1 takes it, and the two hear each other."""
        self.talk()
        self.assertIn("seat-call-for-you", self.shop.prompts())
        self.assertTrue(self.centre.hears(CALLER, AGENT))
        self.assertTrue(self.centre.hears(AGENT, CALLER))

    def test_does_not_take_it(self) -> None:
        """2 leaves it to others."""
        seat = self.centre.logs_in()
        self.centre.customer()
        self.centre.key("2")
        self.shop.wait(0.1)
        self.assertIs(seat.status.state, SeatState.IDLE_PHONE)

    def test_caller_hangs_up(self) -> None:
        """After the talk his line is up and quiet, and the next call finds it."""
        seat, _ = self.talk()
        self.shop.lines[CALLER].far_end.hang_up()
        self.shop.wait(3)
        self.assertIs(seat.status.state, SeatState.IDLE_PHONE)
        self.centre.customer(2)
        self.centre.key("1")
        self.shop.wait(0.5)
        self.assertTrue(self.centre.hears(2, AGENT))

    def test_hold_and_retrieve(self) -> None:
        """*21: the caller hears music and not the agent; *22: he is back."""
        seat, _ = self.talk()
        self.centre.key("*21")
        self.shop.wait(1)
        self.assertIs(seat.status.state, SeatState.HELD)
        self.assertFalse(self.centre.hears(CALLER, AGENT))
        self.assertFalse(self.centre.hears(AGENT, CALLER))
        self.centre.key("*22")
        self.shop.wait(1)
        self.assertTrue(self.centre.hears(CALLER, AGENT))
        self.assertTrue(self.centre.hears(AGENT, CALLER))

    def test_ends_the_talk(self) -> None:
        """*20 ends the talk and not the telephone."""
        seat, call = self.talk()
        self.centre.key("*20")
        self.shop.wait(1)
        assert call.ended is not None
        self.assertIs(call.ended.cause, Cause.AGENT_HUNG_UP)
        self.assertIs(seat.status.state, SeatState.IDLE_PHONE)

    def test_customer_does_not_hear_codes(self) -> None:
        """Of a code the caller hears the first sixtieth of a second; then silence until it is over, then the agent."""
        self.talk()
        self.centre.key("*")
        self.assertFalse(self.centre.hears(CALLER, AGENT))
        self.shop.wait(7)
        self.assertTrue(self.centre.hears(CALLER, AGENT))

    def test_line_pulled_out_in_a_talk(self) -> None:
        """The caller goes back to the queue at once, the agent is out."""
        seat, call = self.talk()
        self.shop.lines[AGENT].far_end.unplug()
        self.shop.wait(0.1)
        self.assertIs(seat.status.state, SeatState.OFF)
        self.assertIsNone(call.ended)
        self.assertIn(call, [entry.call for entry in self.centre.queue.waiting])

    def test_hangs_up_in_a_talk(self) -> None:
        """Whose telephone is put down in a talk leaves a caller who waits for somebody else, also a held one."""
        for held in (False, True):
            with self.subTest(held=held):
                self.setUp()
                seat, call = self.talk()
                if held:
                    self.centre.key("*21")
                    self.shop.wait(1)
                self.shop.lines[AGENT].far_end.hang_up()
                self.shop.wait(0.1)
                self.assertIs(seat.status.state, SeatState.OFF)
                self.assertIsNone(call.ended)
                self.assertIn(call, [entry.call for entry in self.centre.queue.waiting])

    def test_right_is_asked_at_the_key(self) -> None:
        """Without right 3 by now he cannot take the call that rings; he is told, and it is complained of."""
        seat = self.centre.logs_in()
        self.centre.customer()
        self.shop.staff.held["801"] = frozenset(Right) - {Right.ANSWER_QUEUED}
        self.centre.key("1")
        self.shop.wait(0.5)
        self.assertIs(seat.status.state, SeatState.RINGING)
        self.assertIn("seat-not-allowed", self.shop.prompts())
        self.assertEqual(self.centre.refused, [("line 1", "answer", "no-right: 3")])

    def test_pause_and_ready(self) -> None:
        """*12 and a digit: a pause with this reason, and no calls; *11: ready."""
        seat = self.centre.logs_in()
        self.centre.key("*123")
        self.shop.wait(1)
        self.assertEqual((seat.status.state, seat.status.reason), (SeatState.PAUSED, "meal"))
        self.centre.key("*11")
        self.shop.wait(1)
        self.assertIs(seat.status.state, SeatState.IDLE_PHONE)
        self.assertEqual(self.shop.prompts()[-2:], ["seat-is-paused", "seat-is-ready"])

    def test_nonsense(self) -> None:
        """A code there is not, or what is not possible now, is said, and changes nothing."""
        seat = self.centre.logs_in()
        for keys, word in (("*99", "invalid-keys"), ("*129", "invalid-keys"), ("*21", "seat-not-now")):
            with self.subTest(keys=keys):
                self.centre.key(keys)
                self.shop.wait(1)
                self.assertEqual(self.shop.prompts()[-1], word)
                self.assertIs(seat.status.state, SeatState.IDLE_PHONE)


class TwoPlacesTests(PhoneTests):
    """One person, one seat: what becomes of the other telephone, the program, the talk."""

    def test_newer_telephone(self) -> None:
        """Who logs in at another telephone works by that one; the first is put on hook."""
        seat = self.centre.logs_in()
        self.assertIs(self.centre.logs_in(line=2), seat)
        self.shop.wait(2)
        self.assertEqual([self.shop.state(line) for line in (AGENT, 2)], [LineState.IDLE, LineState.TALKING])
        self.centre.customer()
        self.centre.key("1", 2)
        self.shop.wait(0.5)
        self.assertTrue(self.centre.hears(CALLER, 2))

    def test_beside_his_program(self) -> None:
        """Who is at his program and dials in works by the telephone; the program goes on showing all."""
        seat = self.shop.agent("801")
        self.assertIs(self.centre.logs_in(), seat)
        self.assertIs(seat.status.state, SeatState.IDLE_PHONE)

    def test_in_a_talk(self) -> None:
        """Not while he talks by his headset: he is told, and the talk goes on."""
        seat = self.shop.agent("801")
        self.centre.customer()
        seat.answer()
        self.centre.logs_in()
        self.assertIn("seat-not-now", self.shop.prompts())
        self.assertIs(seat.status.state, SeatState.TALKING)
        self.assertTrue(self.shop.hears(CALLER, seat))

    def test_sent_away(self) -> None:
        """Who may not work here any more is out at once; his caller waits again, his line is put on hook."""
        seat, call = self.talk()
        self.shop.seats.dismiss("801")
        self.shop.wait(3)
        self.assertIs(seat.status.state, SeatState.OFF)
        self.assertIn(call, [entry.call for entry in self.centre.queue.waiting])
        self.assertIn("seat-logged-out", self.shop.prompts())
        self.assertIs(self.shop.state(AGENT), LineState.IDLE)

    def test_line_disabled(self) -> None:
        """An admin who needs the line now has it: as if it were pulled out."""
        seat, call = self.talk()
        self.shop.in_service[AGENT].disable(now=True)
        self.shop.wait(0.1)
        self.assertIs(seat.status.state, SeatState.OFF)
        self.assertIn(call, [entry.call for entry in self.centre.queue.waiting])


class DialledTests(PhoneTests):
    """The telephone of the staff record, for an agent at his program."""

    def setUp(self) -> None:
        super().setUp()
        self.seat = self.shop.agent("801")
        self.causes: list[str] = []
        self.shop.seats.watch(lambda change: self.causes.append(change.status.cause))

    def asks(self, number: str = OWN) -> None:
        """His program asks for it."""
        acts = self.centre.phones.acts()
        perform(acts, frozenset(Right), self.seat, "use_telephone", (number,))

    def answers(self) -> None:
        """He takes the telephone off the hook."""
        self.asks()
        self.shop.dial_tone()
        self.shop.exchange("ringback", 6)
        self.shop.answer_there()
        self.shop.wait(1.5)

    def dialled(self) -> list[str]:
        """What the lines have dialled."""
        return [number for line in self.shop.lines for number in line.far_end.dialled]

    def test_works_by_it(self) -> None:
        """It is dialled, he presses 1, and calls come there; his program shows them and can end them."""
        self.answers()
        self.assertEqual(self.dialled(), [OWN])
        self.centre.key("1")
        self.shop.wait(1)
        self.assertIs(self.seat.status.state, SeatState.IDLE_PHONE)
        call = self.centre.customer()
        self.seat.answer()
        self.shop.wait(0.5)
        self.assertTrue(self.centre.hears(CALLER, AGENT))
        self.assertTrue(self.centre.hears(AGENT, CALLER))
        self.assertEqual(self.seat.status.call and self.seat.status.call.call_id, call.id)
        self.seat.hang_up()
        self.assertIs(self.seat.status.state, SeatState.IDLE_PHONE)

    def test_back_to_the_headset(self) -> None:
        """An empty number: the line is put on hook, and the headset is his voice again."""
        self.answers()
        self.centre.key("1")
        self.shop.wait(1)
        self.asks("")
        self.shop.wait(3)
        self.assertIs(self.seat.status.state, SeatState.IDLE_PC)
        self.assertIs(self.shop.state(AGENT), LineState.IDLE)
        self.centre.customer()
        self.seat.answer()
        self.assertTrue(self.shop.hears(CALLER, self.seat))

    def test_nobody_presses_the_key(self) -> None:
        """A mailbox that answers is no agent: after half a minute the line is free, and he works on as before."""
        self.answers()
        self.shop.wait(40)
        self.assertEqual(self.causes, ["telephone_not_reached: no_answer"])
        self.assertIs(self.seat.status.state, SeatState.IDLE_PC)
        self.assertIs(self.shop.state(AGENT), LineState.IDLE)
        self.assertGreater(self.shop.prompts().count("seat-connect-telephone"), 2)

    def test_only_his_own(self) -> None:
        """Another number than that of his record, or one while he has none, is refused and not dialled."""
        for number in ("01012345678", "110", "x", "1" * 30):
            with self.subTest(number=number), self.assertRaises(Refused) as caught:
                self.asks(number)
            self.assertIs(caught.exception.code, Refusal.BAD_ARGUMENT)
        self.assertEqual(self.dialled(), [])

    def test_not_now(self) -> None:
        """Not twice, not in a talk, not without a free line, and no headset without a telephone."""
        with self.assertRaises(Refused):
            self.asks("")
        for line in (AGENT, 2):
            self.shop.in_service[line].disable()
        self.centre.customer()
        self.seat.reject()
        with self.assertRaises(Refused) as caught:
            self.asks()
        self.assertEqual(caught.exception.detail, DialResult.NO_LINE.value)
        self.shop.in_service[AGENT].enable()
        self.shop.wait(6)
        self.seat.answer()
        with self.assertRaises(Refused):
            self.asks()
        self.seat.hang_up()
        self.asks()
        with self.assertRaises(Refused):
            self.asks()

    def test_busy(self) -> None:
        """He is told what came of it, and works on as before."""
        self.asks()
        self.shop.dial_tone()
        self.shop.exchange("busy", 4)
        self.shop.wait(3)
        self.assertIs(self.seat.status.state, SeatState.IDLE_PC)
        self.assertEqual(self.causes, ["telephone_not_reached: busy"])

    def test_goes_while_it_is_dialled(self) -> None:
        """Who logs out meanwhile is not rung any more."""
        self.asks()
        self.seat.log_out()
        self.shop.wait(3)
        self.assertIs(self.shop.state(AGENT), LineState.IDLE)

    def test_line_lost(self) -> None:
        """His caller goes back to the queue; he has a program, so he is paused and not out, and hears by headset."""
        self.shop.agent("803").pause("lunch")
        self.answers()
        self.centre.key("1")
        self.shop.wait(1)
        call = self.centre.customer()
        self.seat.answer()
        self.shop.lines[AGENT].far_end.unplug()
        self.shop.wait(0.1)
        self.assertEqual((self.seat.status.state, self.seat.status.reason), (SeatState.PAUSED, "telephone lost"))
        self.assertIn(call, [entry.call for entry in self.centre.queue.waiting])
        self.seat.ready()
        self.shop.wait(1.5)
        self.seat.answer()
        self.assertTrue(self.shop.hears(CALLER, self.seat))

    def test_program_gone(self) -> None:
        """At a telephone he needs no program: the talk goes on without it, and the next call comes."""
        self.answers()
        self.centre.key("1")
        self.shop.wait(1)
        self.centre.customer()
        self.centre.key("1")
        self.seat.station.plug_in(None)
        self.seat.client_lost()
        self.shop.wait(60)
        self.assertIs(self.seat.status.state, SeatState.TALKING)
        self.centre.key("*20")
        self.shop.wait(1)
        self.assertIs(self.seat.status.state, SeatState.IDLE_PHONE)


class WordsTests(SynchronousTestCase):
    def test_what_is_refused_is_no_trouble(self) -> None:
        """A colleague who is busy, a place there is not: he is told so, and not that the system has failed."""
        for code, word in (
            (Refusal.NOT_AVAILABLE, "seat-not-now"),
            (Refusal.SEVERAL, "seat-not-now"),
            (Refusal.NOBODY_HEARS, "seat-not-now"),
            (Refusal.NOWHERE, "invalid-keys"),
            (Refusal.ONESELF, "invalid-keys"),
            (Refusal.NOT_YOURS, "seat-not-allowed"),
            (Refusal.SERVER, "system-trouble"),
        ):
            self.assertEqual(words_of(Refused(code)), word)


class EmergencyTests(PhoneTests):
    """No line is free for a 110 that an agent keys at his telephone."""

    def dial(self, seat: Seat) -> None:
        dialling = Dialling(self.shop.seats, self.shop.staff, self.shop.calls, self.shop.calls_out, self.centre.runner)
        dialling.dial(seat, "110")

    def test_his_own_telephone_is_not_ended_for_it(self) -> None:
        """The oldest telephone of a colleague is put on hook instead, though his own has been up for longer."""
        seat, other = self.centre.logs_in(), self.centre.logs_in("802", line=1)
        self.shop.trunks = self.shop.trunks[:2]
        self.dial(seat)
        self.assertEqual((seat.status.state, other.status.state), (SeatState.DIALING, SeatState.OFF))
        self.shop.wait(2)
        self.shop.dial_tone(1)
        self.assertEqual(self.shop.lines[1].far_end.dialled, ["110"])
        self.shop.exchange("ringback", 6, 1)
        self.shop.answer_there(1)
        self.assertTrue(self.centre.hears(1, AGENT))

    def test_no_other_line(self) -> None:
        """Where his own telephone is all that could be ended, he is told so, and stays there."""
        seat = self.centre.logs_in()
        self.shop.trunks = self.shop.trunks[:1]
        with self.assertRaises(Refused) as caught:
            self.dial(seat)
        self.assertEqual(str(caught.exception), "not-now: no_line")
        self.assertEqual((seat.status.state, self.shop.state(AGENT)), (SeatState.IDLE_PHONE, LineState.TALKING))


class AtOnceTests(SynchronousTestCase):
    def test_takes_it_by_itself(self) -> None:
        """Where the shop has set so, a call is his after a tone, without a key."""
        centre = PhoneShop(at_once=True)
        seat = centre.logs_in()
        centre.customer()
        self.assertIs(seat.status.state, SeatState.TALKING)
