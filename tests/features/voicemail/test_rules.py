"""Boxes, messages, PINs, calls to owners: the rules, on a database in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.voicemail import rules
from callserver.features.voicemail.rules import Box, BoxError, Left, Message, Sounding, WeakPin
from callserver.features.voicemail.rules.pins import lock_ms
from callserver.features.voicemail.tables import BoxKind, GreetingKind, SoundRow
from callserver.features.voicemail.visit import Visit, Who
from callserver.wire.catalogue import Complaint
from tests.store.inline import InlineStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE_MS = 60_000


def sounds() -> set[str]:
    return {row.id for row in SoundRow.select()}


class RulesCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.store = InlineStore()
        self.addCleanup(self.store.database.close)
        self.numbers = count(1)
        self.store.run(rules.add_box, Box("12", "Li"))

    def put(self, box: str = "12", minutes: int = 0, **about: object) -> Message:
        id_ = f"m{next(self.numbers)}"
        message = Message(id_, box, Sounding(id_, 4.0), NOW + timedelta(minutes=minutes), **about)  # type: ignore[arg-type]
        self.assertEqual(self.store.run(rules.put, [message]), [id_])
        return message

    def ids(self, box: str = "12") -> list[str]:
        return [one.id for one in self.store.run(rules.messages, box)]


class MessageTests(RulesCase):
    def test_order(self) -> None:
        """New ones first, urgent ones of these before the others, each as they came; then old ones."""
        first, second = self.put(minutes=0), self.put(minutes=1)
        urgent = self.put(minutes=2, urgent=True)
        self.store.run(rules.leave, "12", Left(heard=frozenset((first.id,))))
        self.assertEqual(self.ids(), [urgent.id, second.id, first.id])

    def test_twice(self) -> None:
        """Put into its box once more, after a kill, it is there once."""
        message = self.put()
        self.assertEqual(self.store.run(rules.put, [message]), [])
        self.assertEqual(self.ids(), [message.id])

    def test_box_that_is_gone(self) -> None:
        """A message for it is put nowhere."""
        self.assertEqual(self.store.run(rules.put, [Message("x", "77", Sounding("x", 4.0), NOW)]), [])

    def test_shared_sound(self) -> None:
        """A sound in several boxes is stored once, and goes with the last message that plays it."""
        self.store.run(rules.add_box, Box("13", "Wang"))
        sound = Sounding("shared", 4.0)
        for id_, box in (("a", "12"), ("b", "13")):
            self.store.run(rules.put, [Message(id_, box, sound, NOW)])
        self.assertEqual(self.store.run(sounds), {"shared"})
        self.assertEqual(self.store.run(rules.leave, "12", Left(deleted=frozenset("a"))), [])
        self.assertEqual(self.store.run(rules.leave, "13", Left(deleted=frozenset("b"))), ["shared"])

    def test_too_old(self) -> None:
        """Heard ones that came before a day go, with their sounds; new ones, younger ones and bulletins stay."""
        self.store.run(rules.add_box, Box("60", "News", BoxKind.BULLETIN))
        old, new, young, news = self.put(), self.put(), self.put(minutes=2), self.put("60")
        for box, heard in (("12", (old.id, young.id)), ("60", (news.id,))):
            self.store.run(rules.leave, box, Left(heard=frozenset(heard)))
        self.assertEqual(self.store.run(rules.delete_old, NOW + timedelta(minutes=1)), (1, [old.id]))
        self.assertEqual(set(self.ids() + self.ids("60")), {new.id, young.id, news.id})

    def test_of_another_box(self) -> None:
        """Who leaves a box does nothing to messages of others."""
        self.store.run(rules.add_box, Box("13", "Wang"))
        other = self.put("13")
        self.store.run(rules.leave, "12", Left(heard=frozenset((other.id,)), deleted=frozenset((other.id,))))
        (kept,) = self.store.run(rules.messages, "13")
        self.assertFalse(kept.heard)

    def test_taken(self) -> None:
        """The first who fetches it has it."""
        message = self.put()
        self.assertEqual(self.store.run(rules.take, message.id, "801", "Li"), ("801", "Li"))
        self.assertEqual(self.store.run(rules.take, message.id, "802", "Wang"), ("801", "Li"))

    def test_ids(self) -> None:
        """By the beginning of an id; none, several, and nothing typed are told."""
        message = self.put()
        self.put()
        self.assertEqual(self.store.run(rules.find_message, message.id).id, message.id)
        for typed in ("m", "x", ""):
            self.assertRaises(Complaint, self.store.run, rules.find_message, typed)

    @given(st.lists(st.tuples(st.sampled_from("hdk"), st.integers(0, 4)), max_size=12))
    @settings(max_examples=40, deadline=None)
    def test_nothing_happens_before_he_leaves(self, acts: list[tuple[str, int]]) -> None:
        """Whatever an owner does, in any order: what was last said of a message counts, and only when he leaves."""
        box = Box("12", "Li")
        messages = [Message(f"{n}", "12", Sounding(f"{n}", 4.0), NOW) for n in range(5)]
        visit = Visit.of(box, Who(), messages)
        deleted, kept = set[str](), set[str]()
        for act, n in acts:
            one = messages[n]
            if act == "h":
                visit.hear(one)
            elif act == "d":
                deleted ^= {one.id}
                kept.discard(one.id)
                self.assertEqual(visit.delete(one), one.id in deleted)
            else:
                visit.keep_new(one)
                kept.add(one.id)
                deleted.discard(one.id)
        left = visit.left()
        self.assertEqual((left.deleted, left.kept_new), (deleted, kept))
        self.assertFalse(left.deleted & left.kept_new)


class BoxTests(RulesCase):
    def refused(self, box: Box) -> str:
        with self.assertRaises(BoxError) as raised:
            self.store.run(rules.add_box, box)
        return str(raised.exception)

    def test_bad_boxes(self) -> None:
        """Numbers that can be dialled, that are taken, none at all; names; settings: each with what is wrong."""
        for box, why in (
            (Box("12", "Wang"), "there is a mailbox 12 already"),
            (Box("1234567", "Wang"), "one to six digits"),
            (Box("1'; --", "Wang"), "one to six digits"),
            (Box("110", "Wang"), "can be dialled outside"),
            (Box("10086", "Wang"), "can be dialled outside"),
            (Box("13", ""), "a name of 1 to 40"),
            (Box("13", "Wang", message_s=1), "message_s = 1: 10 to 600"),
            (Box("13", "Wang", mail_to="nobody"), "is no mail address"),
            (Box("13", "Wang", deliver_at="25:00"), "is no time of day"),
            (Box("13", "Wang", tell_number="0012125550123"), "local and national numbers"),
            (Box("13", "Wang", parent="99", key="1"), "there is no mailbox '99'"),
            (Box("13", "Wang", parent="12"), "needs key=1 to 9"),
            (Box("13", "Wang", language="fr"), "there is no language"),
            (Box("13", "Wang", messages_max=True), "messages_max=True: does not fit"),
            (Box("13", "Wang", deliver_at=5), "deliver_at=5: does not fit"),  # type: ignore[arg-type]
        ):
            self.assertIn(why, self.refused(box))
        self.assertEqual(self.store.run(rules.box_numbers), {"12"})

    def test_below(self) -> None:
        """Two levels, a key each; a box with others below it is not removed."""
        self.store.run(rules.add_box, Box("13", "Tea", parent="12", key="3"))
        self.assertIn("leads to another", self.refused(Box("14", "Cups", parent="12", key="3")))
        self.assertIn("two levels", self.refused(Box("14", "Cups", parent="13", key="1")))
        self.assertRaises(BoxError, self.store.run, rules.remove_box, "12")
        self.store.run(rules.remove_box, "13")
        self.store.run(rules.remove_box, "12")

    def test_removed(self) -> None:
        """With its greetings and messages; their sounds may go."""
        self.store.run(rules.set_greeting, "12", GreetingKind.NAME, Sounding("name", 1.0))
        message = self.put()
        self.assertEqual(set(self.store.run(rules.remove_box, "12")), {"name", message.id})
        self.assertEqual(self.store.run(sounds), set())

    def test_greeting_in_turn(self) -> None:
        """Absence while it is switched on, then busy where he was busy, then the name, then the standard one."""
        every = set(GreetingKind)
        away, here = Box("12", "Li", away=True), Box("12", "Li")
        self.assertEqual(rules.chosen(away, every, busy=True), GreetingKind.ABSENCE)
        self.assertEqual(rules.chosen(here, every, busy=True), GreetingKind.BUSY)
        self.assertEqual(rules.chosen(here, every, busy=False), GreetingKind.NAME)
        self.assertEqual(rules.chosen(here, {GreetingKind.STANDARD}, busy=True), GreetingKind.STANDARD)
        self.assertIsNone(rules.chosen(away, (), busy=True))

    def test_another_greeting(self) -> None:
        """The one before is played by nothing any more."""
        self.store.run(rules.set_greeting, "12", GreetingKind.NAME, Sounding("old", 1.0))
        self.assertEqual(self.store.run(rules.set_greeting, "12", GreetingKind.NAME, Sounding("new", 1.0)), ["old"])
        self.assertEqual(self.store.run(rules.greetings, "12"), {GreetingKind.NAME: Sounding("new", 1.0)})


class PinTests(RulesCase):
    def guess(self, number: str | None = "13912345678", minutes: float = 0, box: str = "12") -> bool:
        """Whether a guess is judged at all."""
        attempt = self.store.run(rules.begin_try, box, number, NOW + timedelta(minutes=minutes))
        return attempt.kept is not None

    def test_guessed_from_many_numbers(self) -> None:
        """Three wrong ones lock the box, wherever each came from; the lock grows, and holds for who calls anew."""
        self.store.run(rules.set_pin, "12", "kept")
        self.assertEqual([self.guess(f"1390000000{n}") for n in range(4)], [True, True, True, False])
        self.assertFalse(self.guess("13700000000", minutes=14))
        self.assertEqual([self.guess(f"1380000000{n}", minutes=16) for n in range(4)], [True, True, True, False])
        self.assertFalse(self.guess("13600000000", minutes=16 + 29))
        self.assertTrue(self.guess("13600000000", minutes=16 + 31))

    def test_ten_a_day(self) -> None:
        """Then it is locked until it gets another PIN."""
        self.store.run(rules.set_pin, "12", "kept")
        judged = sum(self.guess(f"139{n:08}", minutes=60 * n / 6) for n in range(140))
        self.assertEqual(judged, 10)
        self.assertFalse(self.guess("13700000000", minutes=60 * 24 * 30))
        self.store.run(rules.set_pin, "12", "another")
        self.assertTrue(self.guess("13700000000", minutes=60 * 24 * 30))

    def test_right_one(self) -> None:
        """It takes the count of the box back, and one of the number's; a killed try has counted."""
        self.store.run(rules.set_pin, "12", "kept")
        self.guess()
        attempt = self.store.run(rules.begin_try, "12", "13912345678", NOW)
        self.assertTrue(self.store.run(rules.end_try, attempt, True))
        self.assertEqual([self.guess("13700000000") for _ in range(3)], [True, True, True])

    def test_clock_set_right(self) -> None:
        """A clock set back a second forgives nothing; what was counted by one that ran days ahead is forgotten."""
        self.store.run(rules.set_pin, "12", "kept")
        for minutes in (1, 1, 1):
            self.guess(minutes=minutes)
        self.assertFalse(self.guess("13700000000", minutes=59 / 60))
        self.assertTrue(self.guess("13700000000", minutes=-60 * 24 * 2))

    def test_one_number_many_boxes(self) -> None:
        """A number that tries box after box is locked after six."""
        for n in range(20, 30):
            self.store.run(rules.add_box, Box(str(n), "Li"))
            self.store.run(rules.set_pin, str(n), "kept")
        self.assertEqual([self.guess(box=str(n)) for n in range(20, 30)], [True] * 6 + [False] * 4)

    def test_lock_grows(self) -> None:
        """15 minutes, 30, an hour, two, four, and no more."""
        self.assertEqual([lock_ms(n, 3) // MINUTE_MS for n in (1, 3, 6, 9, 12, 15, 18)], [0, 15, 30, 60, 120, 240, 240])

    def test_weak(self) -> None:
        """Short ones, runs, birthdays, the number of the box: others would try these first."""
        for pin in (
            "12345",
            "111111",
            "123456",
            "654321",
            "112112",
            "199001",
            "19900131",
            "258012",
            "000012",
            "",
            "12a456",
        ):
            self.assertRaises(WeakPin, rules.check_new_pin, pin, "0012")
        for pin in ("730462", "481516234"):
            rules.check_new_pin(pin, "12")
        for _ in range(20):
            rules.check_new_pin(rules.first_pin("12", "801"), "12", "801")


class TellingTests(RulesCase):
    def test_when(self) -> None:
        """Soon; or at the time that is set, today or tomorrow, by the shop's clock."""
        china = timezone(timedelta(hours=8))
        self.assertEqual(rules.due_at("", NOW, china), NOW + timedelta(minutes=1))
        self.assertEqual(rules.due_at("17:30", NOW, china), datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
        self.assertEqual(rules.due_at("17:00", NOW, china), datetime(2026, 3, 3, 9, 0, tzinfo=UTC))

    def test_three_tries(self) -> None:
        """Half an hour apart; who has heard his messages is called no more."""
        self.store.run(rules.set_box, "12", {"tell_number": "62345678"})
        message = self.put()
        self.store.run(rules.want_telling, "12", NOW, UTC)
        at = NOW + timedelta(minutes=1)
        for _ in range(3):
            (due,) = self.store.run(rules.due_tellings, at)
            self.assertEqual((due.number, due.plays), ("62345678", False))
            self.assertTrue(self.store.run(rules.try_telling, "12", at, 3, timedelta(minutes=30)))
            self.assertEqual(self.store.run(rules.due_tellings, at), [])
            at += timedelta(minutes=30)
        self.assertEqual(self.store.run(rules.due_tellings, at), [])
        self.store.run(rules.want_telling, "12", at, UTC)
        self.store.run(rules.leave, "12", Left(heard=frozenset((message.id,))))
        self.assertFalse(self.store.run(rules.try_telling, "12", at, 3, timedelta(minutes=30)))

    def test_two_messages(self) -> None:
        """Several that come one after the other are told by one call, a minute after the first."""
        self.store.run(rules.set_box, "12", {"tell_number": "62345678"})
        for minutes in (0, 0.5):
            self.put()
            self.store.run(rules.want_telling, "12", NOW + timedelta(minutes=minutes), UTC)
        (due,) = self.store.run(rules.due_tellings, NOW + timedelta(minutes=1))
        self.assertEqual(due.box, "12")
        self.assertEqual(self.store.run(rules.due_tellings, NOW + timedelta(seconds=59)), [])

    def test_nobody_to_call(self) -> None:
        """Without a number nothing is due."""
        self.put()
        self.store.run(rules.want_telling, "12", NOW, UTC)
        self.assertEqual(self.store.run(rules.due_tellings, NOW + timedelta(days=2)), [])

    def test_kinds(self) -> None:
        """What is in the database is the kind again."""
        self.store.run(rules.add_box, Box("13", "News", BoxKind.BULLETIN))
        self.assertEqual([box.kind for box in self.store.run(rules.all_boxes)], [BoxKind.PERSON, BoxKind.BULLETIN])
