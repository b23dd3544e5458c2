"""The nearest office: found by what tells the region first, dialled in order, joined when somebody there wants it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.offices.cases import AtOffice, Case, list_cases
from callserver.acd.offices.regions import FoundBy, Known, named_in, places, region_of
from callserver.acd.offices.transfer import Around, OfficeTransfers, Outcome
from callserver.calls.call import Call
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.config import OfficesConfig
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.wire.causes import Cause, Reason
from callserver.wire.numbers import normal
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.acd.moving import MovingCase
from tests.shop import VirtualShop
from tests.store.inline import InlineStore

NORTH, SOUTH = "62345678", "63345678"


@dataclass(frozen=True)
class Office:
    number: str
    name: str
    phone: str
    calendar: str = ""


class Book:
    """Two offices of Beijing, one of which closes; a province without any; a place that is nobody's."""

    def __init__(self) -> None:
        self.closed: set[str] = set()
        north, south = Office("1", "north", NORTH, "days"), Office("2", "south", SOUTH)
        self.offices = {"北京": [north, south], "广东": [south], "广州": [south], "": []}
        self.codes = {"010": "北京", "020": "广州"}

    def region_names(self) -> list[str]:
        return [name for name in self.offices if name]

    def region_of(self, number: str) -> str:
        return next((region for code, region in self.codes.items() if number.startswith(code)), "")

    def offices_of(self, region: str) -> list[Office]:
        return self.offices[region]

    def office(self, number: str) -> Office | None:
        return next((one for offices in self.offices.values() for one in offices if one.number == number), None)

    def is_open(self, name: str, now: datetime) -> bool:
        return name not in self.closed


class RegionTests(SynchronousTestCase):
    def found(self, known: Known) -> tuple[str, FoundBy]:
        def place_of(number: str) -> Deferred[str]:
            return succeed(places(number, "cn"))

        answer: tuple[str, FoundBy] = self.successResultOf(Deferred.fromCoroutine(region_of(known, Book(), place_of)))
        return answer

    def test_the_first_that_tells(self) -> None:
        """Address before number, number before a keyed area code, that before what an agent was told."""
        keyed = Known("天河路1号", "62345678", "北京", lambda: succeed("020"))
        self.assertEqual(
            self.found(replace(keyed, address="北京市海淀区1号", number="02062345678")), ("北京", FoundBy.ADDRESS)
        )
        self.assertEqual(self.found(replace(keyed, number="02062345678")), ("广州", FoundBy.NUMBER))
        self.assertEqual(self.found(keyed), ("广州", FoundBy.AREA_CODE))
        self.assertEqual(self.found(replace(keyed, ask_area_code=lambda: succeed(""))), ("北京", FoundBy.ASKED))
        self.assertEqual(self.found(Known()), ("", FoundBy.NOTHING))

    def test_places_of_numbers(self) -> None:
        """A number that no code of the shop's fits is placed by its area code or its mobile prefix."""
        for number in ("075562345678", "13926512345"):  # Shenzhen, Dongguan
            self.assertEqual(self.found(Known(number=number)), ("广东", FoundBy.NUMBER))
        self.assertEqual(self.found(Known(ask_area_code=lambda: succeed("755"))), ("广东", FoundBy.AREA_CODE))

    def test_the_closest_name(self) -> None:
        """Chinese goes from the large to the small, English the other way."""
        self.assertEqual(named_in("广东省广州市天河区", ["广东", "广州"]), "广州")
        self.assertEqual(named_in("Tianhe, Guangzhou, Guangdong", ["Guangdong", "Guangzhou"]), "Guangzhou")
        self.assertEqual(named_in("", ["广东"]), "")

    def test_whole_names(self) -> None:
        """A region is named by its whole name: not by a letter of another's, nor by a street called after it."""
        for address, names, region in (
            ("Urumchi, Xinjiang", ["x"], ""),
            ("12 Nanjing East Road, Shanghai", ["Nanjing", "Shanghai"], "Shanghai"),
            ("上海市南京东路1号", ["上海", "南京"], "上海"),
            ("上海南汇区", ["海南"], ""),
            ("北京海淀区1号", ["海淀"], "海淀"),
            ("内蒙古呼和浩特市", ["呼和浩特"], "呼和浩特"),
            ("中国北京市海淀区", ["北京"], "北京"),
            ("100084北京市海淀区", ["北京"], "北京"),
            ("地址：上海市南汇", ["上海", "海南"], "上海"),
            ("深圳南山区", ["南山"], "南山"),
            ("深圳福田", ["深圳", "福田"], "福田"),
            ("深圳福田", ["福田"], ""),
            ("1 Nanjing Xi Lu, Shanghai", ["Nanjing", "Shanghai"], "Shanghai"),
            ("1 Nanjing Donglu, Shanghai", ["Nanjing", "Shanghai"], "Shanghai"),
            ("1 Nanjing E. Road, Shanghai", ["Nanjing", "Shanghai"], "Shanghai"),
            ("East-Nanjing, Shanghai", ["Nanjing", "Shanghai"], "Shanghai"),
            ("SHANGHAI-Pudong, SHANGHAI", ["Shanghai"], "Shanghai"),
            ("New Territories", ["New", "New Territories"], "New Territories"),
            ("广东省，广州", ["广州"], "广州"),
            ("上海市南京东路", ["", "南京"], ""),
        ):
            self.assertEqual(named_in(address, names), region, address)

    def test_a_number_and_a_letter(self) -> None:
        """A mobile of Xinjiang is not in region x, whatever codes x has; in a region called xinjiang it is."""
        book = Book()
        for name, found in (
            ("x", ("", FoundBy.NOTHING)),
            ("xinjiang", ("xinjiang", FoundBy.NUMBER)),
            ("XINJIANG", ("XINJIANG", FoundBy.NUMBER)),
        ):
            book.offices = {name: []}
            for code in ("0103", "0109", "0755", "1"):
                book.codes = {code: name} if code != "1" else {}
                asked = region_of(Known(number="13900000011"), book, lambda number: succeed(places(number, "cn")))
                self.assertEqual(self.successResultOf(Deferred.fromCoroutine(asked)), found)


def offices(shop: VirtualShop, book: Book, store: InlineStore, **around: Any) -> OfficeTransfers:
    """Transfers of a shop of eight lines that tells nobody anything."""
    usual: dict[str, Any] = {
        "say": lambda call, prompts: succeed(None),
        "write": store.write,
        "place_of": lambda number: succeed(""),
        "normal": lambda number: normal(number, "cn"),
        "now": shop.events.now,
        "new_id": iter(f"case-{n}" for n in range(99)).__next__,
        "n_lines": lambda: 8,
        "settings": OfficesConfig,
        "alarm": shop.events.alarm,
    }
    return OfficeTransfers(shop.clock, shop.calls_out, book, Around(**usual | around))  # type: ignore[arg-type]


class TransferTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(n_lines=8)
        self.store, self.book, self.settings = InlineStore(), Book(), OfficesConfig()
        self.said: list[str] = []
        self.offices = offices(self.shop, self.book, self.store, say=self.say, settings=lambda: self.settings)

    def say(self, call: Call, prompts: Any) -> Deferred[None]:
        self.said += prompts
        return succeed(None)

    def caller(self, line: int = 0, number: str = "01066666666") -> tuple[Call, Deferred[Outcome]]:
        """Somebody calls and is to be connected with his office."""
        call = self.shop.answered_call(line, number)
        done = self.offices.transfer(call, Known(number=number), "no water")
        self.addCleanup(self.is_over, call, done)
        return call, done

    def is_over(self, call: Call, done: Deferred[Outcome]) -> None:
        done.addErrback(lambda failure: failure.trap(CancelledError))
        call.end("server", Reason(Cause.SERVER_STOPPED))

    def rings(self, line: int) -> None:
        self.shop.dial_tone(line)
        self.shop.exchange("ringback", 6, line)

    def lifts(self, line: int, key: str = "1") -> None:
        self.rings(line)
        self.shop.answer_there(line)
        self.shop.wait(0.3)
        if key:
            self.shop.press(key, line)
            self.shop.wait(0.3)

    def turned_away(self, line: int) -> None:
        self.shop.dial_tone(line)
        self.shop.exchange("busy", 6, line)
        self.shop.wait(0.1)

    def kept(self) -> tuple[Case, list[AtOffice]]:
        ((case, attempts),) = self.successResultOf(self.store.read(list_cases))
        return case, attempts

    def hears(self, line: int, of: int) -> bool:
        """Whether the far end of one line hears what the far end of another says."""
        self.shop.lines[line].far_end.heard.clear()
        self.shop.hear(loud(), of)
        return self.shop.loudest(line) > 0.2

    def test_connected(self) -> None:
        """A word, music, the office's yes; then both talk, on two lines, for half an hour at most."""
        call, done = self.caller()
        self.assertEqual(self.said, ["office-connecting"])
        case, attempts = self.kept()
        self.assertEqual((case.region, case.found_by, case.note), ("北京", "number", "no water"))
        self.assertEqual([(one.office, one.number, one.result) for one in attempts], [("1", NORTH, None)])
        self.assertEqual(self.shop.lines[1].far_end.dialled, [])  # kept before
        self.lifts(1, key="")
        self.assertFalse(self.hears(1, of=0))
        self.shop.press("1", 1)
        self.shop.wait(0.3)
        self.assertTrue(self.hears(1, of=0))
        self.assertTrue(self.hears(0, of=1))
        self.assertNoResult(done)
        case, attempts = self.kept()
        self.assertEqual((case.result, case.office, attempts[0].result), ("answered", "1", "answered"))
        self.shop.lines[1].far_end.hang_up()
        self.assertIs(call.ended.cause, Cause.CALLED_HUNG_UP)
        self.assertIs(self.successResultOf(done), Outcome.ANSWERED)
        self.shop.wait(1.5)
        for line in (0, 1):
            self.assertIs(self.shop.state(line), LineState.IDLE)

    def test_lifts_without_a_word(self) -> None:
        """Nobody speaks there, and two seconds later the accept key is pressed: that is an answer, and the yes."""
        call, _ = self.caller()
        self.rings(1)
        self.shop.wait(2)
        self.shop.press("1", 1)
        self.shop.wait(0.3)
        self.assertTrue(self.hears(1, of=0))
        self.assertIs(call.stage, Stage.TALK)
        self.assertEqual([one.result for one in self.kept()[1]], ["answered"])

    def test_another_key_without_a_word(self) -> None:
        """Any key is an answer; only the accept key is the yes."""
        self.caller()
        self.rings(1)
        self.shop.wait(2)
        self.shop.press("5", 1)
        self.shop.wait(0.3)
        self.assertIn("office-accept", self.said)
        self.assertFalse(self.hears(1, of=0))

    def test_half_an_hour(self) -> None:
        """Then the lines are needed by others."""
        call, _ = self.caller()
        self.lifts(1)
        self.shop.clock.advance(1790)
        self.assertIsNone(call.ended)
        self.shop.clock.advance(20)
        self.assertEqual(call.ended, Reason(Cause.LIMIT_REACHED, "bridged"))

    def test_dial_tone_ends_it(self) -> None:
        """The office has gone, and the exchange asks for a number: the caller gets no free call."""
        call, _ = self.caller()
        self.lifts(1)
        self.shop.exchange("dial", 2.5, 1)
        self.assertIs(call.ended.cause, Cause.CALLED_HUNG_UP)

    def test_keys_of_the_caller(self) -> None:
        """What the caller keys does not reach the other line: behind an office that has gone it would dial a number."""
        self.caller()
        self.lifts(1)
        self.shop.wait(3)
        self.shop.press("5", 0)
        self.shop.lines[1].far_end.heard.clear()
        self.shop.press("5120", 0)
        self.assertLess(self.shop.loudest(1), 0.01)
        self.shop.wait(3.5)
        self.assertTrue(self.hears(1, of=0))

    def test_next_office(self) -> None:
        """Busy here, a mailbox there that presses no key, one that is closed: each tried in order, then given back."""
        call, done = self.caller()
        self.turned_away(1)
        self.lifts(2, key="")
        self.shop.wait(30)
        self.assertIs(self.successResultOf(done), Outcome.NOT_REACHED)
        case, attempts = self.kept()
        self.assertEqual([one.result for one in attempts], ["busy", "not_accepted"])
        self.assertEqual((case.result, case.office), ("not_reached", None))
        self.assertIsNone(call.ended)
        self.assertIs(call.stage, Stage.MENU)
        self.assertIs(self.shop.state(0), LineState.TALKING)

    def test_closed(self) -> None:
        """An office outside its hours is not dialled; the next one is."""
        self.book.closed.add("days")
        self.caller()
        self.lifts(1)
        self.assertEqual(self.shop.lines[1].far_end.dialled, [SOUTH])
        self.assertEqual([one.result for one in self.kept()[1]], ["closed", "answered"])

    def test_no_office(self) -> None:
        """A region without any: the caller is back at once, with the case kept."""
        call, done = self.caller(number="13912345678")
        self.assertIs(self.successResultOf(done), Outcome.NO_OFFICE)
        self.assertEqual(self.kept()[0].result, "no_office")
        self.assertIsNone(call.ended)

    def test_limit(self) -> None:
        """A quarter of eight lines are two transfers; the third caller is back at once."""
        for line in (0, 5):
            self.caller(line)
        _, third = self.caller(6)
        self.assertIs(self.successResultOf(third), Outcome.TOO_MANY)

    def test_caller_hangs_up(self) -> None:
        """The office's call is given up with him, and the case says so."""
        _, done = self.caller()
        self.rings(1)
        self.shop.lines[0].far_end.hang_up()
        self.failureResultOf(done)
        self.shop.wait(1.5)
        self.assertIs(self.shop.state(1), LineState.IDLE)
        case, attempts = self.kept()
        self.assertEqual((case.result, attempts[0].result), ("gave_up", "gave_up"))

    def test_no_line(self) -> None:
        """All lines outside the reserve are taken: said so, nothing dialled."""
        self.shop.dialling = replace(self.shop.dialling, reserve=8)
        _, done = self.caller()
        self.assertIs(self.successResultOf(done), Outcome.NOT_REACHED)
        self.assertEqual([one.result for one in self.kept()[1]], ["no_line", "no_line"])

    def test_without_a_key(self) -> None:
        """Where the shop asks for no key, whoever answers is joined."""
        self.settings = replace(self.settings, accept_key="")
        self.caller()
        self.lifts(1, key="")
        self.assertTrue(self.hears(1, of=0))

    def test_database_that_does_not_answer(self) -> None:
        """The caller is helped all the same, and people are told."""
        self.offices._around = replace(self.offices._around, write=lambda *_: fail(OSError("locked")))
        self.caller()
        self.lifts(1)
        self.assertTrue(self.hears(1, of=0))
        self.assertIn("could not be kept", self.shop.alarms()[0])
        self.flushLoggedErrors(OSError)

    def test_database_that_is_slow(self) -> None:
        """Until it has answered, five seconds at most, the caller hears music, and no silence."""
        self.offices._around = replace(self.offices._around, write=lambda *_: Deferred())
        call, _ = self.caller()
        for _ in range(4):
            self.assertIs(call.parts[call.first].role, Role.HELD)
            self.shop.lines[0].far_end.heard.clear()
            self.shop.wait(1)
            self.assertGreater(self.shop.loudest(0), 0.005)
        self.assertEqual(self.said, [])
        self.shop.wait(1.5)
        self.assertEqual(self.said, ["office-connecting"])

    def test_place_that_is_slow(self) -> None:
        """Where a number is from may take a while to look up: music from the beginning on."""
        place: Deferred[str] = Deferred()
        self.offices._around = replace(self.offices._around, place_of=lambda number: place)
        call, _ = self.caller(number="13912345678")
        self.assertIs(call.parts[call.first].role, Role.HELD)
        place.callback("北京")
        self.assertEqual(self.said, ["office-connecting"])

    def test_asked_and_then_slow(self) -> None:
        """Who is asked for his area code hears the question, and music from his answer on."""
        code: Deferred[str] = Deferred()
        self.offices._around = replace(self.offices._around, write=lambda *_: Deferred())
        call = self.shop.answered_call(0, "13912345678")
        done = self.offices.transfer(call, Known(ask_area_code=lambda: code), "no water")
        self.addCleanup(self.is_over, call, done)
        self.assertIs(call.parts[call.first].role, Role.ALONE)
        code.callback("010")
        self.assertIs(call.parts[call.first].role, Role.HELD)

    def test_nowhere_to_go(self) -> None:
        """No office for him: he is alone with his menu again."""
        call, done = self.caller(number="0231234567")
        self.assertIs(self.successResultOf(done), Outcome.NO_OFFICE)
        self.assertEqual((call.stage, call.parts[call.first].role), (Stage.MENU, Role.ALONE))


def loud() -> FloatArray:
    """200 ms that are no key and no tone."""
    return np.tile(np.array([0.3, -0.3, 0.3, 0.3, -0.3], np.float32), 2 * BLOCK_SAMPLES)


class AgentTests(MovingCase):
    """An agent sends his caller to an office."""

    n_lines = 4

    def services(self) -> dict[str, Any]:
        self.offices = offices(self.shop, Book(), InlineStore())
        return {"offices": self.offices}

    def setUp(self) -> None:
        super().setUp()
        self.seat, self.call = self.talk()
        self.addCleanup(self.shop.calls.end_all, "server", Reason(Cause.SERVER_STOPPED))

    def busy_there(self, line: int) -> None:
        self.shop.dial_tone(line)
        self.shop.exchange("busy", 6, line)
        self.shop.wait(0.1)

    def test_sent_there(self) -> None:
        """The agent is free at once; the office takes the caller."""
        self.moves.transfers.transfer(self.seat, "office 广州")
        self.assertIs(self.seat.status.state, SeatState.IDLE_PC)
        self.shop.dial_tone(1)
        self.shop.exchange("ringback", 6, 1)
        self.shop.answer_there(1)
        self.shop.wait(0.3)
        self.shop.press("1", 1)
        self.shop.wait(0.3)
        self.assertIs(self.call.stage, Stage.TALK)
        self.assertEqual([party.name for party in self.call.parts], ["line 1", "line 2"])

    def test_this_office(self) -> None:
        """An office has a number: that one is called, wherever the caller lives, and no other."""
        self.assertEqual(self.refusal(self.moves.transfers.transfer, self.seat, "office 7"), "nowhere: office 7")
        self.moves.transfers.transfer(self.seat, "office 2")
        self.busy_there(1)
        self.assertEqual(self.shop.lines[1].far_end.dialled, [SOUTH])
        self.assertEqual(self.shown(self.seat), (SeatState.RINGING, "came_back: not_reached"))

    def test_nobody_there(self) -> None:
        """The caller comes back to who sent him, and he sees why."""
        self.moves.transfers.transfer(self.seat, "office 广州")
        self.busy_there(1)
        self.assertEqual(self.shown(self.seat), (SeatState.RINGING, "came_back: not_reached"))
        self.seat.answer()
        self.assertIs(self.call.stage, Stage.TALK)

    def test_offices_that_break(self) -> None:
        """A fault of the server's own on the way there: the caller comes back all the same."""
        self.patch(self.offices, "transfer", lambda call, known, note: fail(ZeroDivisionError("a fault of ours")))
        self.moves.transfers.transfer(self.seat, "office 广州")
        self.shop.wait(0.1)
        self.assertEqual(self.shown(self.seat), (SeatState.RINGING, "came_back: not_reached"))
        self.assertTrue(self.hears_music())
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_fault(self) -> None:
        """What the caller has told goes with him, by the region he names, another telephone's, or his own."""
        for where, region in (("广州", "广州"), ("02088888888", "广州")):
            told: list[tuple[str, str]] = []

            def passed(call: Call, known: Known, note: str, told: list[tuple[str, str]] = told) -> Deferred[Outcome]:
                told.append((known.asked or Book().region_of(known.number), note))
                return Deferred()

            self.patch(self.offices, "transfer", passed)
            self.moves.transfers.report_fault(self.seat, where, " no picture ")
            self.assertEqual(told, [(region, "no picture")])
            self.assertIs(self.seat.status.state, SeatState.IDLE_PC)
            self.call.end("caller", Reason(Cause.CALLER_HUNG_UP))
            self.shop.wait(3)
            self.seat, self.call = self.talk()
        self.assertEqual(
            self.refusal(self.moves.transfers.report_fault, self.seat, "上海", "x"), "nowhere: office 上海"
        )

    def test_no_such_region(self) -> None:
        """Refused, and nothing has changed."""
        refused = self.assertRaises(Refused, self.moves.transfers.transfer, self.seat, "office 上海")
        self.assertIs(refused.code, Refusal.NOWHERE)
        self.assertIs(self.seat.status.state, SeatState.TALKING)

    def test_right(self) -> None:
        """It is a transfer in the house: right 9."""
        self.shop.staff.held["801"] = frozenset(Right) - {Right.DIAL_INTERNAL}
        refused = self.assertRaises(Refused, self.moves.transfers.transfer, self.seat, "office")
        self.assertIs(refused.code, Refusal.NO_RIGHT)
