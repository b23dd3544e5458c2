"""What cannot work is said when it is set, and not at the first caller whom it costs his call."""

from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.organisation.book import OrganisationBook
from callserver.acd.organisation.parts import Part
from callserver.acd.organisation.surroundings import Surroundings
from callserver.acd.organisation.taking_over import take_over
from callserver.acd.staff.book import StaffBook
from callserver.config import DiallingConfig, Hours, QueueConfig, overlap, read_hours, system_zone
from callserver.wire.catalogue import Complaint
from tests.store.inline import InlineStore


class FaultTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.menus = ["shop", "fault"]
        self.menu_numbers, self.named = {"61": "shop"}, dict[str, str]()
        self.dialling = DiallingConfig(premium=("900", "6299"))
        self.book = OrganisationBook(
            self.store,  # type: ignore[arg-type]
            self.store.reactor,
            None,
            system_zone,
            around=self.around,
        )
        self.staff = StaffBook(self.store, self.store.reactor, around=self.around)  # type: ignore[arg-type]
        self.successResultOf(self.staff.add("801", "Li Mei", "tea-and-cups", ()))
        self.store.run(take_over, {"operator": QueueConfig()})
        self.successResultOf(Deferred.fromCoroutine(self.book.follow()))

    def around(self) -> Surroundings:
        return Surroundings(
            lambda: self.menus, dialling=self.dialling, menu_numbers=self.menu_numbers, named=lambda: self.named
        )

    def save(self, part: Part, called: str, **settings: str) -> None:
        self.successResultOf(self.book.save(part, called, settings))

    def refused(self, part: Part, called: str, **settings: str) -> str:
        """What is said; nothing has changed."""
        before = self.book.now
        said = str(self.failureResultOf(self.book.save(part, called, settings), Complaint).value)
        self.assertEqual(self.book.now, before)
        return said

    def test_numbers_that_no_line_dials(self) -> None:
        """A premium number, one the shop has barred, one too short, one of the house: none is an office's."""
        for phone, why in (
            ("16812345", "16812345 is never dialled: it is a premium number, or no whole one"),
            ("62991234", "62991234 is never dialled"),
            ("010-1234567", "0101234567 is never dialled"),
            ("801", "801 is an internal number, which no line dials"),
        ):
            self.assertIn(f"office 1, phone: {why}", self.refused(Part.OFFICE, "1", phone=phone))
            if phone != "010-1234567":
                self.assertIn(
                    f"queue operator, on_full: {why}", self.refused(Part.QUEUE, "operator", on_full=f"number {phone}")
                )
            problem = self.failureResultOf(self.staff.save("801", {"phone": phone}), Complaint).value
            self.assertIn(f"person 801, phone: {why}", str(problem))
        self.save(Part.OFFICE, "1", phone="010-62345678")
        self.save(Part.QUEUE, "operator", on_full="number 62345678")
        self.assertEqual(self.successResultOf(self.staff.save("801", {"phone": "62345678"})).phone, "62345678")

    def test_places_that_there_are_not(self) -> None:
        """A menu nobody has, a mailbox, an office's region: with what there is."""
        self.save(Part.REGION, "north")
        for place, why in (
            ("menu falt", "there is no menu falt; did you mean 'fault'?"),
            ("box 700", "there is no mailbox 700, nor any other: leave it empty, and a message is taken"),
            ("office nroth", "there is no region nroth; did you mean 'north'?"),
        ):
            self.assertEqual(self.refused(Part.QUEUE, "operator", on_nobody=place), f"queue operator, on_nobody: {why}")
        for place in ("menu fault", "office north", "office"):
            self.save(Part.QUEUE, "operator", on_nobody=place)
        self.assertIn("region north is named by queue operator", self.region_stays_while_named())

    def region_stays_while_named(self) -> str:
        self.save(Part.QUEUE, "operator", on_nobody="office north")
        return str(self.failureResultOf(self.book.delete(Part.REGION, "north"), Complaint).value)

    def test_a_seat_may_be_a_group(self) -> None:
        """A queue sends callers to a person or a group by number; who is in a group is a person."""
        self.save(Part.GROUP, "tea", number="90", members="801")
        for seat in ("seat 801", "seat 90"):
            self.save(Part.QUEUE, "operator", on_nobody=seat)
        self.assertIn("there is no person 91", self.refused(Part.QUEUE, "operator", on_nobody="seat 91"))
        self.assertIn("there is no person 90", self.refused(Part.GROUP, "cups", members="90"))

    def test_round_and_round(self) -> None:
        """Callers who have waited too long in one queue, then in the next, do not come back to the first."""
        self.save(Part.QUEUE, "tea", on_timeout="queue operator")
        said = self.refused(Part.QUEUE, "operator", on_timeout="queue tea")
        self.assertEqual(
            said,
            "queue operator, on_timeout: callers would go round and round: operator > tea > operator; "
            "send them elsewhere",
        )
        self.refused(Part.QUEUE, "operator", on_closed="queue tea")
        self.save(Part.QUEUE, "operator", exit_key="9", on_exit="queue tea")  # who presses a key wants it

    def test_an_office_by_its_number(self) -> None:
        """A queue may name an office itself, which then stays; a region of that name comes first."""
        self.save(Part.OFFICE, "3", phone="62345678")
        self.save(Part.QUEUE, "operator", on_nobody="office 3")
        problem = str(self.failureResultOf(self.book.delete(Part.OFFICE, "3"), Complaint).value)
        self.assertIn("named by queue operator (on_nobody)", problem)
        self.save(Part.REGION, "3", codes="010")
        self.successResultOf(self.book.delete(Part.OFFICE, "3"))
        problem = str(self.failureResultOf(self.book.delete(Part.REGION, "3"), Complaint).value)
        self.assertIn("named by queue operator (on_nobody)", problem)

    def test_hours_that_overlap(self) -> None:
        """In a week, over midnight, on a special day; hours that only touch are all right."""
        for hours, said in (
            ("mon-fri 09:00-18:00, fri 17:00-20:00", "fri 17:00-20:00 overlaps mon-fri 09:00-18:00"),
            ("sun 22:00-02:00, mon 01:00-03:00", "mon 01:00-03:00 overlaps sun 22:00-02:00"),
        ):
            self.assertIn(
                f"calendar main, hours: {said}: write each hour once", self.refused(Part.CALENDAR, "main", hours=hours)
            )
        self.save(Part.CALENDAR, "main", days="2026-10-01 12:00-15:00 09:00-12:00")
        said = self.refused(Part.CALENDAR, "main", days="2026-10-01 09:00-12:00 11:00-15:00")
        self.assertEqual(said, "calendar main, days: hours of 2026-10-01 overlap: write each hour once")
        self.save(
            Part.CALENDAR, "main", hours="mon-fri 09:00-12:00, mon-fri 12:00-18:00, sat 22:00-24:00, sun 00:00-02:00"
        )

    def test_regions_that_overlap(self) -> None:
        """A town in its province is meant so; a code within another region's is saved, and remarked on."""
        self.save(Part.REGION, "jiangsu", codes="139")
        self.save(Part.REGION, "suzhou", codes="1390620")
        (remark,) = self.book.remarks(Part.REGION, ())
        self.assertEqual(
            str(remark),
            "region suzhou, codes: overlaps region jiangsu: 1390620 begins with 139, so its callers are suzhou's; "
            "if suzhou lies in jiangsu, set its parent",
        )
        (told,) = self.book.remarks(Part.REGION, ["jiangsu"])
        self.assertIn("region jiangsu, codes: overlaps region suzhou: 1390620 begins with 139", str(told))
        self.save(Part.REGION, "suzhou", parent="jiangsu")
        self.save(Part.REGION, "wuxi", codes="13905", parent="jiangsu")
        self.save(Part.REGION, "kunshan", codes="13906201", parent="suzhou")  # in jiangsu by way of suzhou
        self.assertEqual(list(self.book.remarks(Part.REGION, ())), [])

    def test_how_much_shorter(self) -> None:
        """By one digit, or all but one."""
        self.save(Part.REGION, "north", codes="0, 13")
        self.save(Part.REGION, "south", codes="010, 139")
        said = [str(remark).partition("north: ")[2].partition(",")[0] for remark in self.book.remarks(Part.REGION, ())]
        self.assertEqual(said, ["010 begins with 0", "139 begins with 13"])

    def test_one_number_in_many_ways(self) -> None:
        """A caller's number is one however it is written: it has one class, and stands there once."""
        self.save(Part.CALLERS, "vip", numbers="13912345678")
        for written in ("013912345678", "+86 139 1234 5678", "008613912345678", "8613912345678"):
            said = self.refused(Part.CALLERS, "vip2", numbers=written)
            self.assertIn("is in class vip already", said)
        self.assertIn("in the list twice", self.refused(Part.CALLERS, "vip", **{"numbers+": "+8613912345678"}))
        self.save(Part.CALLERS, "vip2", numbers="+86 139 8765 4321")

    def test_two_things_by_one_key(self) -> None:
        """A key of a queue does one thing."""
        said = self.refused(Part.QUEUE, "operator", exit_key="5", call_back_key="5")
        self.assertEqual(said, "queue operator, exit_key: 5 is its call_back_key too: one key does one thing")
        self.save(Part.QUEUE, "operator", exit_key="5", call_back_key="6")

    def test_numbers_of_menus(self) -> None:
        """What telephones key for a menu is nobody else's number; an office is told of its own as an office."""
        self.assertEqual(
            self.refused(Part.GROUP, "bad", number="61"),
            "group bad, number: 61 is menu shop's already: choose another",
        )
        problem = self.failureResultOf(self.staff.add("61", "Wang", "tea-and-cups", ()), Complaint).value
        self.assertEqual(str(problem), "number 61 is menu shop's already: Wang needs another")
        self.save(Part.GROUP, "tea", number="90")
        for number, owner in (("90", "group tea"), ("61", "menu shop"), ("801", "Li Mei")):
            said = self.refused(Part.OFFICE, number, phone="62345678")
            self.assertEqual(said, f"office {number}: the number is {owner}'s already: choose another")

    def test_a_person_before_a_menu(self) -> None:
        """Where both have a number already, the person is reached, and so it is his."""
        self.successResultOf(self.staff.add("62", "Wang", "tea-and-cups", ()))
        self.menu_numbers["62"] = "fault"
        self.assertIn("62 is Wang's already", self.refused(Part.GROUP, "tea", number="62"))

    def test_an_offices_own_number(self) -> None:
        """Its number in the house is not one of outside: that is said, and nothing of premium numbers."""
        self.assertIn("8008 is an internal number", self.refused(Part.OFFICE, "8008", phone="8008"))

    def test_hours_that_end_when_they_begin(self) -> None:
        """A whole day or nothing? It is said how a whole day is written."""
        for settings in ({"hours": "mon 09:00-09:00"}, {"days": "2026-12-24 09:00-09:00"}):
            said = self.refused(Part.CALENDAR, "main", **settings)
            self.assertIn("09:00-09:00 ends when it begins: write 00:00-24:00 for a whole day", said)
        self.save(Part.CALENDAR, "main", hours="mon 00:00-24:00", days="2026-12-24 00:00-24:00")

    def test_no_such_time(self) -> None:
        """What is no time is said in our own words, in any language."""
        for hours in ("thu 08:00-08:60", "thu 25:00-26:00"):
            self.assertIn(f"'{hours}' is no time span", self.refused(Part.CALENDAR, "main", hours=hours))

    def test_numbers_abroad(self) -> None:
        """A number that no country has is saved, and remarked on: nobody would answer there."""
        self.save(Part.QUEUE, "operator", on_full="number 0016812345")
        (remark,) = self.book.remarks(Part.QUEUE, ["operator"])
        self.assertEqual(
            str(remark),
            "queue operator, on_full: 0016812345 is no whole number of any country: nobody would answer",
        )
        for possible in ("0012125550123", "62345678", "4008123456", "13912345678"):
            self.save(Part.QUEUE, "operator", on_full=f"number {possible}")
            self.assertEqual(list(self.book.remarks(Part.QUEUE, ["operator"])), [], possible)

    def test_an_office_abroad(self) -> None:
        """The same of an office; who asks about others, or about queues, is not told of it."""
        self.save(Part.OFFICE, "1", phone="0016812345")
        self.save(Part.OFFICE, "2", phone="62345678")
        (remark,) = self.book.remarks(Part.OFFICE, ["1"])
        self.assertIn("office 1, phone: 0016812345 is no whole number", str(remark))
        for part, name in ((Part.OFFICE, "2"), (Part.QUEUE, "1"), (Part.REGION, "1")):
            self.assertEqual(list(self.book.remarks(part, [name])), [])

    def test_the_first_queue_goes(self) -> None:
        """One that a menu sends callers to stays; else it is said where callers come now."""
        self.save(Part.QUEUE, "tea")
        self.named = {"queue operator": "repair.py:12"}
        problem = self.failureResultOf(self.book.delete(Part.QUEUE, "operator"), Complaint).value
        self.assertEqual(str(problem), "queue operator is named by repair.py:12: change that first")
        self.named = {}
        (said,) = self.successResultOf(self.book.delete(Part.QUEUE, "operator"))
        self.assertEqual(str(said), "Callers whom no menu sends to a queue wait in tea from now on.")

    def test_an_office_of_a_menu(self) -> None:
        """One that a menu leads callers to stays."""
        self.save(Part.OFFICE, "1", phone="62345678")
        self.named = {"office 1": "front.ini:9"}
        problem = self.failureResultOf(self.book.delete(Part.OFFICE, "1"), Complaint).value
        self.assertEqual(str(problem), "office 1 is named by front.ini:9: change that first")

    def test_what_was_broken_before(self) -> None:
        """A menu that has gone, a number barred later: what does not touch them can be set all the same."""
        self.save(Part.OFFICE, "1", phone="62345678")
        self.save(Part.QUEUE, "operator", on_nobody="menu fault")
        self.menus.remove("fault")
        self.successResultOf(self.staff.save("801", {"phone": "62345678"}))
        self.dialling = DiallingConfig(premium=("6234",))
        self.assertEqual(self.successResultOf(self.staff.save("801", {"name": "Li"})).phone, "62345678")
        self.save(Part.GROUP, "sales", members="801")
        self.save(Part.QUEUE, "operator", ring_s="20")
        self.save(Part.OFFICE, "1", name="Beijing")
        self.assertIn("no menu fault", self.refused(Part.QUEUE, "operator", on_full="menu fault"))


SPANS = st.builds(
    "{}-{} {:02}:{:02}-{:02}:{:02}".format,
    st.sampled_from(("mon", "wed", "fri", "sun")),
    st.sampled_from(("mon", "tue", "sat", "sun")),
    st.integers(0, 23),
    st.sampled_from((0, 30)),
    st.integers(0, 23),
    st.sampled_from((0, 30)),
)


def open_minutes(one: Hours) -> list[int]:
    """Counted one by one."""
    begins, ends = one.opens.hour * 60 + one.opens.minute, one.closes.hour * 60 + one.closes.minute
    ends += 1440 if ends <= begins else 0
    days, day = [one.first_day], one.first_day
    while day != one.last_day:
        day = day % 7 + 1
        days.append(day)
    return [(minute + (day - 1) * 1440) % 10080 for day in days for minute in range(begins, ends, 30)]


class OverlapTests(TestCase):
    @given(SPANS, SPANS)
    def test_as_counted_by_the_half_hour(self, one: str, other: str) -> None:
        """Two spans overlap where a half hour of the week is in both."""
        first, second = read_hours(f"{one}, {other}")
        self.assertEqual(bool(overlap((first, second))), not set(open_minutes(first)).isdisjoint(open_minutes(second)))
