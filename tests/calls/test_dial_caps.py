"""Limits of a day: of one person, one line, all together; and what is asked of calls abroad."""

from dataclasses import dataclass, replace
from typing import Any

from callserver.calls.calls_out import Dialler
from callserver.calls.dial_caps import Use, country_of
from callserver.calls.dial_guard import DialClass
from callserver.config import read_hours
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.calls.test_calls_out import NUMBER, CallsOutCase
from tests.shop import ANYBODY, Told

ABROAD = "0014155550123"
WORKER = Dialler("801", frozenset(Right) - {Right.SUPERVISOR})
DAY_S = 86400.0


@dataclass(frozen=True)
class PersonalCap:
    minutes: int | None = None
    calls: int | None = None


class CapsCase(CallsOutCase):
    def limit(self, **settings: Any) -> None:
        self.shop.dialling = replace(self.shop.dialling, **settings)

    def talk(self, number: str = NUMBER, who: Dialler = ANYBODY, seconds: float = 0.0) -> None:
        """One call on line 1, answered, of so many seconds from the answer on; then all is quiet."""
        call, told = self.shop.call_out(number, who=who)
        self.shop.answer_there()
        self.assertEqual(told.of, ["rings", "answered"])
        self.shop.clock.advance(seconds)
        call.end("agent", Reason(Cause.AGENT_HUNG_UP))
        self.shop.wait(1.5)
        self.shop.trunks = self.shop.trunks[:1]  # the one that is used again

    def refused(self, number: str = NUMBER, who: Dialler = ANYBODY) -> str:
        refused = self.assertRaises(Refused, self.shop.calls_out.dial, number, who, Told())
        return refused.text("en")


class CapsTests(CapsCase):
    def test_calls_of_a_person(self) -> None:
        """The third is refused, to him alone, and tomorrow he may again."""
        self.limit(person_calls={"": 2})
        for _ in range(2):
            self.talk()
        self.assertEqual(self.refused(), "beyond the limit: calls of one person in a day")
        self.talk(who=replace(ANYBODY, who="802"))
        self.shop.clock.advance(DAY_S)
        self.talk()

    def test_classes(self) -> None:
        """A limit of one class stops no call of another."""
        self.limit(person_calls={"national": 1})
        self.talk("01062345678")
        self.talk()
        self.assertIn("beyond the limit", self.refused("01062345678"))

    def test_minutes_run_from_the_answer(self) -> None:
        """Nobody answers: no minute is used. What is left bounds the next talk, which ends in the middle."""
        self.limit(day_minutes={"": 10})
        self.talk(seconds=8 * 60)
        call, _ = self.shop.call_out()
        self.shop.answer_there()
        self.shop.clock.advance(100)
        self.assertIsNone(call.ended)
        self.shop.clock.advance(25)
        self.assertEqual(call.ended, Reason(Cause.LIMIT_REACHED, "dialling"))
        self.assertEqual(self.refused(), "beyond the limit: minutes of all together in a day")

    def test_past_midnight(self) -> None:
        """A talk that goes on since yesterday was yesterday's call: today one more may go out."""
        self.limit(person_calls={"": 1})
        self.shop.clock.advance(15 * 3600 - 60)
        late, _ = self.shop.call_out()
        self.shop.answer_there()
        self.assertIn("beyond the limit", self.refused())
        self.shop.clock.advance(60)
        self.shop.call_out(line=1)
        self.assertIn("beyond the limit", self.refused())
        self.assertIsNone(late.ended)

    def test_minutes_given_meanwhile(self) -> None:
        """A limit that is set higher in a talk lets it go on, up to the new one."""
        self.limit(day_minutes={"": 10})
        call, _ = self.shop.call_out()
        self.shop.answer_there()
        self.limit(day_minutes={"": 20})
        self.shop.clock.advance(601)
        self.assertIsNone(call.ended)
        self.shop.clock.advance(600)
        self.assertEqual(call.ended, Reason(Cause.LIMIT_REACHED, "dialling"))

    def test_the_bound_of_a_talk_ends_no_other(self) -> None:
        """When the minutes are over that a talk had, its line may long have somebody else, who is left alone."""
        self.limit(day_minutes={"": 10})
        first, _ = self.shop.call_out()
        self.shop.answer_there()
        self.shop.clock.advance(60)
        first.end("agent", Reason(Cause.AGENT_HUNG_UP))
        self.shop.wait(8)
        caller = self.shop.answered_call(0)
        second, _ = self.shop.call_out(line=1)
        self.shop.answer_there(1)
        self.shop.clock.advance(700)
        self.assertEqual(second.ended, Reason(Cause.LIMIT_REACHED, "dialling"))
        self.assertIsNone(caller.ended)

    def test_a_line_that_has_done_its_day(self) -> None:
        """Another line is taken; when all have, none is free."""
        self.limit(line_calls={"": 1})
        names = []
        for _ in range(2):
            call = self.shop.calls_out.dial(NUMBER, ANYBODY, Told())
            names.append(call.first.name)
            call.end("agent", Reason(Cause.GAVE_UP))
        self.shop.wait(1.5)
        self.assertEqual(names, ["line 1", "line 2"])
        self.assertIn("no line was free", self.refused())

    def test_a_person_of_his_own(self) -> None:
        """What stands in a person's record counts beside what counts for all."""
        self.shop.caps._own = lambda who: {DialClass.LOCAL: PersonalCap(calls=1)} if who == "801" else {}
        self.talk()
        self.assertIn("calls of one person", self.refused())
        self.talk(who=replace(ANYBODY, who="802"))

    def test_what_was_before_the_start(self) -> None:
        """A restart gives nobody a new day."""
        self.limit(person_calls={"": 1})
        self.shop.caps.restore([Use("801", "line 1", DialClass.LOCAL, self.shop.local_now().date(), 0.0, 60.0)], ())
        self.assertIn("beyond the limit", self.refused())


class AbroadTests(CapsCase):
    def test_first_call_to_a_country(self) -> None:
        """It is a supervisor's; when somebody has answered there, anybody with the right may call that country."""
        self.assertEqual(self.refused(ABROAD, WORKER), "not allowed: supervisor")
        self.talk(ABROAD, ANYBODY)
        self.talk(ABROAD, WORKER)
        self.assertEqual(self.refused("00442071234567", WORKER), "not allowed: supervisor")
        self.limit(countries=("44",))
        self.talk("00442071234567", WORKER)

    def test_one_at_a_time(self) -> None:
        """The second one has to wait for the end of the first."""
        call = self.shop.calls_out.dial(ABROAD, ANYBODY, Told())
        self.assertEqual(self.refused(ABROAD), "beyond the limit: international calls at the same time")
        call.end("agent", Reason(Cause.GAVE_UP))
        self.shop.calls_out.dial(ABROAD, ANYBODY, Told())

    def test_an_hour_a_day(self) -> None:
        """Sixty minutes of one person, by default."""
        self.talk(ABROAD, seconds=3600)
        self.assertEqual(self.refused(ABROAD), "beyond the limit: minutes of one person in a day")
        self.talk()

    def test_hours(self) -> None:
        """None goes out when the shop is closed."""
        self.limit(international_hours=read_hours("mon-fri 10:00-18:00"))
        self.assertEqual(self.refused(ABROAD), "beyond the limit: international calls outside their hours")
        self.shop.clock.advance(3600)
        self.shop.calls_out.dial(ABROAD, ANYBODY, Told())

    def test_countries(self) -> None:
        """The code is found behind 00 and a carrier's prefix."""
        for number, code in ((ABROAD, "1"), ("1791100442071234567", "44"), ("0085223456789", "852"), ("00", "")):
            self.assertEqual(country_of(number), code)

    def test_refusal_has_a_code(self) -> None:
        """A limit is refused as one."""
        self.limit(person_calls={"": 0})
        refused = self.assertRaises(Refused, self.shop.calls_out.dial, NUMBER, ANYBODY, Told())
        self.assertIs(refused.code, Refusal.LIMIT)
