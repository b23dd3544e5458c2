"""The staff log in with a number and a password, and nobody learns anything from failing."""

from datetime import UTC, datetime, timedelta
from unicodedata import normalize
from unittest.mock import patch

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.logger import LogPublisher, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.acd.organisation.staff_tables import AttemptRow, StaffRow
from callserver.acd.staff import passwords
from callserver.acd.staff.book import Staff, StaffBook, StaffError
from callserver.acd.staff.day_caps import DayCap
from callserver.calls.dial_guard import DialClass
from callserver.calls.event_log import EventLog
from callserver.store.database import Store
from callserver.store.opening import StoreError
from callserver.store.tables import EventRow
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.alarms import Alarms
from tests.once import DEAR_N
from tests.shop import MemoryBook
from tests.store import postgres
from tests.store.inline import InlineStore

GOOD, OTHER = "tea-and-cups", "walnuts+dates"
RIGHTS = frozenset((Right.ANSWER_QUEUED, Right.PLAY_RECORDINGS))


class StaffTests(SynchronousTestCase):
    def setUp(self) -> None:
        cheap = patch.object(passwords, "N", 2)
        cheap.start()
        self.addCleanup(cheap.stop)
        self.store = InlineStore()
        self.clock = self.store.reactor
        self.began = datetime(2026, 1, 5, 9, tzinfo=UTC)
        self.book = self.open_book()
        self.li = self.successResultOf(self.book.add("801", "李明", GOOD, RIGHTS, {"zh": 5, "en": 2}))

    def open_book(self) -> StaffBook:
        now = lambda: self.began + timedelta(seconds=self.clock.seconds())  # noqa: E731
        return StaffBook(self.store, self.clock, now)  # type: ignore[arg-type]

    def refused(self, asked: Deferred[Staff]) -> Refusal:
        self.clock.advance(1.0)
        failure = self.failureResultOf(asked, Refused)
        return failure.value.code

    def log_in(self, number: str = "801", password: str = GOOD, address: str = "10.0.0.7") -> Deferred[Staff]:
        return self.book.log_in(number, password, address)

    def test_log_in(self) -> None:
        """The right password gives the person with his rights and skills."""
        person = self.successResultOf(self.log_in())
        self.assertEqual(person, Staff("801", "李明", RIGHTS, {"zh": 5, "en": 2}))
        self.assertEqual(self.successResultOf(self.book.everybody()), [self.li])

    def test_disabled_while_judged(self) -> None:
        """Who is disabled while his password is being judged is not let in: nobody would put him out afterwards."""

        def matches(password: str, kept: str | None) -> bool:
            self.successResultOf(self.open_book().disable("801"))
            return True

        with patch.object(passwords, "matches", matches):
            self.assertIs(self.refused(self.log_in()), Refusal.LOG_IN)

    def test_rights_are_followed_whatever_breaks(self) -> None:
        """Rights changed by another process hold within two seconds, also after one change could not be carried out."""

        def broken(number: str, before: frozenset[Right], after: frozenset[Right]) -> None:
            raise ZeroDivisionError

        follower = StaffBook(self.store, self.clock, on_rights=broken)  # type: ignore[arg-type]
        follower.startService()
        self.addCleanup(follower.stopService)
        for rights in ({Right.LISTEN}, {Right.SUPERVISOR}):
            self.successResultOf(self.book.set_rights("801", rights))
            self.clock.advance(2)
            self.assertEqual(follower.rights("801"), rights)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 3)

    def test_rights_as_they_are(self) -> None:
        """Rights are those of this moment: given and taken they hold at once, and whoever carries them out is told."""
        told: list[tuple[str, frozenset[Right], frozenset[Right]]] = []
        self.book = StaffBook(self.store, self.clock, on_rights=lambda *change: told.append(change))  # type: ignore[arg-type]
        self.assertEqual(self.book.rights("801"), frozenset())
        self.successResultOf(Deferred.fromCoroutine(self.book.follow()))
        self.assertEqual(self.book.rights("801"), RIGHTS)
        self.successResultOf(self.book.set_rights("801", {Right.PICK_UP}))
        self.assertEqual(self.book.rights("801"), {Right.PICK_UP})
        self.assertEqual(told, [("801", frozenset(), RIGHTS), ("801", RIGHTS, frozenset({Right.PICK_UP}))])
        self.assertEqual(self.book.rights("999"), frozenset())
        self.successResultOf(Deferred.fromCoroutine(self.book.follow()))
        self.assertEqual(len(told), 2, "nothing has changed since")
        self.successResultOf(self.book.add("802", "王芳", OTHER, RIGHTS))
        self.assertEqual(self.book.rights("802"), RIGHTS)

    def test_rights_changed_elsewhere(self) -> None:
        """What another process writes into the book holds within two seconds."""
        self.book.startService()
        self.addCleanup(self.book.stopService)
        elsewhere = self.open_book()
        self.successResultOf(elsewhere.set_rights("801", ()))
        self.clock.advance(2.0)
        self.assertEqual(self.book.rights("801"), frozenset())

    def test_book_cannot_be_read(self) -> None:
        """While the database does not answer, rights stay as they were; then they are followed again."""
        self.book.startService()
        self.addCleanup(self.book.stopService)
        with patch.object(self.book, "everybody", side_effect=StoreError("locked")):
            self.clock.advance(2.0)
        self.assertEqual(len(self.flushLoggedErrors(StoreError)), 1)
        self.assertEqual(self.book.rights("801"), RIGHTS)
        self.successResultOf(self.open_book().set_rights("801", ()))
        self.clock.advance(2.0)
        self.assertEqual(self.book.rights("801"), frozenset())

    def test_wrong_unknown_and_locked_are_one(self) -> None:
        """The same words, not before half a second has passed, and a password is hashed in each case."""
        for _ in range(5):
            self.refused(self.log_in(password=OTHER, address="10.0.0.9"))
        hashed: list[str] = []
        with patch.object(passwords, "_key", lambda password, salt: hashed.append(password) or b""):
            for asked in (
                lambda: self.log_in(password=OTHER),
                lambda: self.log_in(number="999"),
                lambda: self.log_in(number="'; DROP TABLE staff; --"),
                lambda: self.log_in(address="10.0.0.9"),
            ):
                answer = asked()
                self.clock.advance(0.49)
                self.assertNoResult(answer)
                self.assertEqual(str(self.failure_after(answer, 0.02)), "log-in")
        self.assertEqual(len(hashed), 4)

    def failure_after(self, answer: Deferred[Staff], seconds: float) -> Exception:
        self.clock.advance(seconds)
        error = self.failureResultOf(answer, Refused).value
        assert isinstance(error, Refused)
        return error

    def test_locked_is_locked_for_the_right_password_too(self) -> None:
        """After five wrong ones even the right password is refused from there, for a quarter of an hour."""
        for _ in range(5):
            self.refused(self.log_in(password=OTHER))
        self.assertEqual(self.refused(self.log_in()), Refusal.LOG_IN)
        self.successResultOf(self.log_in(address="10.0.0.8"))
        self.clock.advance(15 * 60)
        self.successResultOf(self.log_in())

    def test_the_lock_survives_a_restart(self) -> None:
        """It is in the database: whoever makes the server start again has won nothing."""
        for _ in range(5):
            self.refused(self.log_in(password=OTHER))
        self.book = self.open_book()
        self.assertEqual(self.refused(self.log_in()), Refusal.LOG_IN)

    def test_the_clock_was_wrong(self) -> None:
        """Wrong passwords that are stamped in the future count for nothing, now and when that time comes."""
        for years in (1, 20):
            self.began += timedelta(days=365 * years)
            for _ in range(5):
                self.refused(self.log_in(password=OTHER))
            self.assertEqual(self.refused(self.log_in()), Refusal.LOG_IN)
            self.began -= timedelta(days=365 * years)
            self.successResultOf(self.log_in())
            self.began += timedelta(days=365 * years)
            self.successResultOf(self.log_in())
            self.began -= timedelta(days=365 * years)

    def test_the_clock_was_slow(self) -> None:
        """Set forward, what was long ago is forgotten; set back a little, five wrong ones lock from then on."""
        for _ in range(5):
            self.refused(self.log_in(password=OTHER))
        self.began += timedelta(days=400)
        self.successResultOf(self.log_in())
        self.began -= timedelta(hours=1)
        for _ in range(5):
            self.refused(self.log_in(password=OTHER))
        self.assertEqual(self.refused(self.log_in()), Refusal.LOG_IN)

    def test_a_hundred_stamped_in_the_future(self) -> None:
        """They lock no account for good: the account is locked by those of one day, as the clock has it then."""
        self.began += timedelta(days=3650)
        for n in range(60):
            self.refused(self.log_in(password=OTHER, address=f"10.1.0.{n}"))
            self.clock.advance(6)
        self.began -= timedelta(days=3650)
        for n in range(60):
            self.refused(self.log_in(password=OTHER, address=f"10.1.1.{n}"))
            self.clock.advance(6)
        self.successResultOf(self.log_in(address="10.2.0.1"))

    def test_an_address_is_cleared(self) -> None:
        """Twenty wrong ones in an hour lock an address for everybody; an admin clears it."""
        for n in range(20):
            self.refused(self.log_in(number=f"7{n}"))
        self.assertEqual(self.refused(self.log_in()), Refusal.LOG_IN)
        self.assertEqual(self.successResultOf(self.book.unlock_address("10.0.0.7")), 20)
        self.successResultOf(self.log_in())

    def test_two_change_at_once(self) -> None:
        """An admin gives him a new password while his own change is worked on: the admin's holds, his is refused."""
        self.clock.thread_s = 0.3
        own = self.book.change_password("801", GOOD, OTHER, "10.0.0.7")
        self.clock.advance(0.4)  # his password was right; the new one is being hashed
        with patch.object(self.clock, "thread_s", 0.0):
            self.successResultOf(self.open_book().set_password("801", "by-the-admin"))
        self.clock.pump([0.1] * 10)
        self.assertEqual(self.failureResultOf(own, Refused).value.code, Refusal.LOG_IN)
        self.clock.thread_s = 0.0
        self.assertEqual(self.refused(self.log_in(password=OTHER)), Refusal.LOG_IN)
        self.assertEqual(self.refused(self.log_in(password="by-the-admin")), Refusal.MUST_CHANGE)

    def test_typed_in_two_ways(self) -> None:
        """A password is the same whether its accents were typed as characters of their own or not."""
        composed = "crème brûlée"
        decomposed = normalize("NFD", composed)
        self.assertNotEqual(composed, decomposed)
        self.successResultOf(self.book.change_password("801", GOOD, decomposed, "10.0.0.7"))
        self.successResultOf(self.log_in(password=composed))
        self.successResultOf(self.book.change_password("801", composed, OTHER, "10.0.0.7"))
        number = self.successResultOf(self.log_in(number=" ８０１ ", password=OTHER)).number
        self.assertEqual(number, "801")

    def test_the_number_is_anothers(self) -> None:
        """Deleted and added again between two looks at the book: whoever is logged in under the number is told of."""
        gone: list[str] = []
        follower = StaffBook(self.store, self.clock, on_gone=gone.append)  # type: ignore[arg-type]
        self.successResultOf(Deferred.fromCoroutine(follower.follow()))
        self.successResultOf(self.book.delete("801"))
        self.successResultOf(self.book.add("801", "王芳", OTHER, RIGHTS))
        self.successResultOf(Deferred.fromCoroutine(follower.follow()))
        self.assertEqual(gone, ["801"])

    def test_renamed(self) -> None:
        """Somebody who gets another name, or another telephone, is not put out of his seat; what was set holds."""
        gone: list[str] = []
        follower = StaffBook(self.store, self.clock, on_gone=gone.append)  # type: ignore[arg-type]
        self.successResultOf(Deferred.fromCoroutine(follower.follow()))
        settings = {"name": "李小明", "phone": "010 8765 4321", "caps": "national 10min 3calls", "wrap_up_s": "30"}
        self.successResultOf(self.book.save("801", settings))
        self.successResultOf(Deferred.fromCoroutine(follower.follow()))
        self.assertEqual(gone, [])
        li = follower.person("801")
        assert li is not None
        self.assertEqual(
            (li.name, li.phone, li.wrap_up_s, li.skills), ("李小明", "01087654321", 30, {"zh": 5, "en": 2})
        )
        self.assertEqual(li.caps, {DialClass.NATIONAL: DayCap(minutes=10, calls=3)})
        self.successResultOf(self.log_in())
        self.assertIsNone(follower.person("899"))

    def test_set_in_words(self) -> None:
        """What cannot be set is said with what can; nothing of it is set."""
        for settings, said in (
            ({"phone": "none"}, "person 801, phone: is no telephone number"),
            ({"caps": "national 10"}, "'national 10' is no limit; write local 120min 40calls"),
            ({"caps": "emergency 0calls"}, "there are international, local, national"),
            ({"skills": "zh:11"}, "needs a whole number from 0 to 10"),
            ({"rights": "anser-queued"}, "did you mean 'answer-queued'?"),
            ({"language": "xx"}, "there are en, zh"),
            ({"name": "", "phone": "1"}, "is no name"),
            ({"pin": "1234"}, "no such setting"),
        ):
            problem = self.failureResultOf(self.book.save("801", settings)).value
            self.assertIn(said, str(problem))
            self.assertEqual(self.successResultOf(self.book.everybody()), [self.li])

    def check_pin(self, pin: str, number: str = "801") -> Deferred[Staff]:
        return self.book.check_pin(number, pin, "line 3 13912345678")

    def test_pin(self) -> None:
        """With it he logs in from a telephone: kept as a password is, and never one's number."""
        self.assertEqual(self.refused(self.check_pin("4711")), Refusal.LOG_IN)
        for pin in ("123", "801", "47a1", "", "1234567890123"):
            self.assertEqual(self.refused(self.book.set_pin("801", pin)), Refusal.WEAK_PASSWORD, pin)
        self.assertTrue(self.successResultOf(self.book.set_pin("801", "4711")).number)
        self.assertEqual(self.successResultOf(self.check_pin("4711")).number, "801")
        kept = self.store.run(lambda: StaffRow.get_by_id("801").pin)
        self.assertTrue(kept.startswith("scrypt$") and "4711" not in kept)
        self.assertEqual(self.refused(self.check_pin("4712")), Refusal.LOG_IN)
        self.assertEqual(self.refused(self.check_pin("4711", "802")), Refusal.LOG_IN)
        self.assertEqual(self.refused(self.log_in(password="4711")), Refusal.LOG_IN)
        self.successResultOf(self.book.disable("801"))
        self.assertEqual(self.refused(self.check_pin("4711")), Refusal.LOG_IN)
        self.successResultOf(self.book.enable("801"))
        self.successResultOf(self.book.set_pin("801", None))
        self.assertEqual(self.refused(self.check_pin("4711")), Refusal.LOG_IN)

    def test_pin_and_password_share_their_limits(self) -> None:
        """Guesses at a PIN lock as guesses at a password do; a hundred a day of both lock the account."""
        self.successResultOf(self.book.set_pin("801", "4711"))
        for n in range(5):
            self.refused(self.check_pin(f"000{n}"))
        self.assertEqual(self.refused(self.check_pin("4711")), Refusal.LOG_IN)
        self.successResultOf(self.log_in())
        for n in range(100):
            self.refused(self.book.check_pin("801", "0000", f"line {n}"))
            self.clock.advance(6)
        self.assertEqual(self.refused(self.log_in()), Refusal.LOG_IN)

    def test_who_did_it(self) -> None:
        """Changes are in the event log with who made them, and without any secret."""
        book = StaffBook(self.store, self.clock, events=EventLog(MemoryBook(), self.clock, "x"))  # type: ignore[arg-type]
        self.successResultOf(book.save("801", {"phone": "62345678"}, by="900"))
        self.successResultOf(book.set_pin("801", "4711", by="900"))
        self.successResultOf(book.set_password("801", OTHER))
        rows = self.store.run(lambda: [(row.person, row.data) for row in EventRow.select().order_by(EventRow.seq)])
        self.assertEqual([person for person, _ in rows], ["900", "900", None])
        for act, (_, data) in zip(("save_staff", "new_pin", "new_password"), rows, strict=True):
            self.assertIn(act, data)
            self.assertNotIn("4711", data)
            self.assertNotIn(OTHER, data)

    def test_guesses_at_the_same_moment(self) -> None:
        """A hundred at once are judged one after the other, so no more than five of them are judged."""
        self.clock.thread_s = 0.1
        answers = [self.log_in(password=f"guess number {n}") for n in range(100)]
        self.clock.pump([0.1] * 110)
        for answer in answers:
            self.failureResultOf(answer, Refused)
        self.assertEqual(self.store.run(count_failures), 5)

    def test_a_hundred_a_day_need_a_supervisor(self) -> None:
        """Locked for every address, also the next day, until a supervisor unlocks."""
        for n in range(100):
            self.refused(self.log_in(password=OTHER, address=f"10.1.0.{n}"))
            self.clock.advance(6)
        self.clock.advance(3 * 86400)
        self.assertEqual(self.refused(self.log_in(address="10.2.0.1")), Refusal.LOG_IN)
        self.successResultOf(self.book.unlock("801"))
        self.successResultOf(self.log_in(address="10.2.0.1"))

    def test_no_password_in_any_log(self) -> None:
        """Neither right nor wrong ones, nor what was typed as a number."""
        events: list[object] = []
        observer = events.append
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.refused(self.log_in(password=OTHER))
        self.refused(self.log_in(number=GOOD))
        self.successResultOf(self.log_in())
        self.assertTrue(events)
        self.assertIsInstance(globalLogPublisher, LogPublisher)
        for secret in (GOOD, OTHER):
            self.assertNotIn(secret, repr(events))

    def test_what_is_stored(self) -> None:
        """A salted scrypt hash: the same password twice gives two different ones, and none contains it."""
        first, second = passwords.stored(GOOD), passwords.stored(GOOD)
        self.assertNotEqual(first, second)
        self.assertNotIn(GOOD, first)
        self.assertTrue(passwords.matches(GOOD, first) and passwords.matches(GOOD, second))
        self.assertFalse(passwords.matches(GOOD + "x", first))
        self.assertFalse(passwords.matches("", None))
        self.assertGreaterEqual(128 * DEAR_N * passwords.R, 16 * 2**20, "bytes: too cheap to guess")

    def test_weak_passwords(self) -> None:
        """8 characters, a supervisor 12; neither one key held down nor one's own number."""
        for weak in ("short", "aaaaaaaaaa", "80180180", "x" * 200):
            self.assertEqual(self.refused(self.book.add("802", "王芳", weak, RIGHTS)), Refusal.WEAK_PASSWORD, weak)
        supervisor = RIGHTS | {Right.SUPERVISOR}
        self.assertEqual(self.refused(self.book.add("802", "王芳", "tea+cups", supervisor)), Refusal.WEAK_PASSWORD)
        self.successResultOf(self.book.add("802", "王芳", "tea+cups", RIGHTS))

    def test_numbers_and_names(self) -> None:
        """A number belongs to one person; names are printable."""
        for number, name in (("801", "王芳"), ("", "王芳"), ("8o2", "王芳"), ("802", ""), ("802", "王\x07芳")):
            self.failureResultOf(self.book.add(number, name, OTHER, RIGHTS), StaffError)

    def test_changes(self) -> None:
        """A new password replaces the old one; rights hold from the next log-in; nobody's cannot be changed."""
        self.successResultOf(self.book.change_password("801", GOOD, OTHER, "10.0.0.7"))
        self.assertEqual(self.refused(self.log_in()), Refusal.LOG_IN)
        self.successResultOf(self.book.set_rights("801", [Right.LISTEN]))
        self.assertEqual(self.successResultOf(self.log_in(password=OTHER)).rights, {Right.LISTEN})
        for change in (self.book.set_password("9", OTHER), self.book.set_rights("9", []), self.book.unlock("9")):
            self.failureResultOf(change, StaffError)


class PostgresTests(TestCase):
    """The same statements on PostgreSQL, with real threads and the real cost of a password."""

    timeout = 60
    if reason := postgres.missing():
        skip = reason

    async def test_a_day_at_the_desk(self) -> None:
        """Added, logged in, mistyped, locked, unlocked."""
        store = Store(postgres.new_database(), reactor, Alarms())
        await store.start()
        self.addCleanup(store.stop)
        book = StaffBook(store, reactor)
        li = await book.add("801", "李明", GOOD, RIGHTS, {"zh": 5})
        await self.assertFailure(book.add("801", "王芳", GOOD, RIGHTS), StaffError)
        self.assertEqual(await book.log_in("801", GOOD, "10.0.0.7"), li)
        await gatherResults([self.assertFailure(book.log_in("801", OTHER, "10.0.0.7"), Refused) for _ in range(5)])
        await self.assertFailure(book.log_in("801", GOOD, "10.0.0.7"), Refused)
        await book.unlock("801")
        await book.set_pin("801", "4711")
        await book.save("801", {"phone": "62345678"})
        self.assertEqual((await book.check_pin("801", "4711", "line 1")).phone, "62345678")
        li = await book.save("801", {"phone": ""})
        self.assertEqual(await book.log_in("801", GOOD, "10.0.0.7"), li)


def count_failures() -> int:
    return int(AttemptRow.select().where(~AttemptRow.ok).count())
