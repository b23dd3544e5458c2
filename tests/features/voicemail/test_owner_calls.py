"""Owners are called by telephone: within the shop's rules, so often as it has set; what whoever lifts there hears."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, time, timedelta
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.calls_out import Dialler
from callserver.calls.dial_guard import classify
from callserver.config import Hours, VoicemailConfig
from callserver.features.voicemail import rules
from callserver.features.voicemail.flow import MailboxCalls
from callserver.features.voicemail.owner_calls import OwnerCalls
from callserver.features.voicemail.rules import Telling
from callserver.features.voicemail.tables import BoxKind, TellingRow
from callserver.wire.dial_results import DialResult
from callserver.wire.refusals import Refusal, Refused
from tests.features.voicemail.mail_room import NOW, PIN, ListedCall, MailRoom

THERE = "62345678"


class Lines:
    """The shop's lines out; `result` is what comes of a call, `refusal` what stops it before."""

    def __init__(self) -> None:
        self.dialled: list[tuple[str, Dialler]] = []
        self.free, self.refusal = True, None
        self.result: DialResult | None = DialResult.BUSY
        self.ended: list[str] = []
        self.over: Deferred[None] = Deferred()

    def classify(self, number: str) -> Any:
        return classify(number)

    def has_line_for(self, asks: Dialler) -> bool:
        return self.free and not asks.may_use_reserve

    def dial(self, number: str, asks: Dialler, told: Any) -> Any:
        if self.refusal is not None:
            raise Refused(self.refusal)
        self.dialled.append((number, asks))
        if self.result is DialResult.ANSWERED:
            told.answered_there()
        elif self.result is not None:
            told.not_reached(self.result)
        id_ = f"out-{len(self.dialled)}"
        return SimpleNamespace(
            id=id_, enter=lambda stage: None, when_ended=lambda: self.over, end=lambda *why: self.ended.append(id_)
        )


class OwnerCallTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.room, self.lines, self.served = MailRoom(self), Lines(), []
        self.room.add_box("12", tell_number=THERE)
        self.settings = VoicemailConfig(call_hours=())
        self.room.house.settings = lambda: SimpleNamespace(voicemail=self.settings)
        self.room.house.calls_out = lambda: self.lines
        self.room.house.serve = lambda call, menu: self.served.append((call.id, menu))
        self.calls = OwnerCalls(self.room.house, self.room.store, self.room.events, UTC, "mailbox-calls")  # type: ignore[arg-type]
        self.addCleanup(lambda: self.calls.running and self.calls.stopService())

    def comes(self, box: str = "12") -> None:
        """Something new, of which its owner is to be told."""
        self.room.put(box)
        self.room.store.run(rules.want_telling, box, self.room.now(), UTC)

    def passes(self, minutes: float) -> list[str]:
        """So long; whom the server calls meanwhile."""
        n_before = len(self.lines.dialled)
        if not self.calls.running:
            self.calls.startService()
        for _ in range(round(minutes * 3)):
            self.room.clock.advance(20)
        return [number for number, _ in self.lines.dialled[n_before:]]

    def n_waiting(self) -> int:
        return self.room.store.run(lambda: TellingRow.select().count())  # type: ignore[no-any-return]

    def test_so_often_as_the_shop_has_set(self) -> None:
        """Two tries, ten minutes apart, the first after a minute; then nobody calls until something new comes."""
        self.settings = replace(self.settings, call_tries=2, call_again_min=10)
        self.comes()
        self.assertEqual(self.passes(0.8), [])
        self.assertEqual(self.passes(1), [THERE])
        self.assertEqual(self.passes(9), [])
        self.assertEqual(self.passes(2), [THERE])
        self.assertEqual((self.passes(600), self.n_waiting()), ([], 0))
        self.comes()
        self.assertEqual(self.passes(2), [THERE])

    def test_who_dials(self) -> None:
        """By the shop's own right to this number, and no other, outside the reserve."""
        self.comes()
        self.passes(2)
        (_, asks), *_ = self.lines.dialled
        self.assertEqual((asks.allowed, asks.rights, asks.may_use_reserve), (frozenset((THERE,)), frozenset(), False))

    def test_class(self) -> None:
        """A number of a class that the shop does not call is not called, and the shop is told, once."""
        self.settings = replace(self.settings, call=("national",))
        self.comes()
        self.assertEqual((self.passes(120), self.n_waiting()), ([], 0))
        self.assertEqual(self.room.alarms, [
            f"the owner of mailbox 12 is not called at {THERE}: [voicemail] call does not have it"
        ])  # fmt: skip

    def test_hours(self) -> None:
        """At night nobody is called; in the morning he is."""
        at = NOW.time()
        self.settings = replace(self.settings, call_hours=(Hours(1, 7, at.replace(hour=at.hour + 2), time(23)),))
        self.comes()
        self.assertEqual((self.passes(110), self.n_waiting()), ([], 1))
        self.assertEqual(self.passes(15), [THERE])

    def test_no_line(self) -> None:
        """While no line is free no try is lost."""
        self.lines.free = False
        self.comes()
        self.assertEqual(self.passes(200), [])
        self.lines.free = True
        self.assertEqual(self.passes(1), [THERE])

    def test_refused(self) -> None:
        """The dial guard says no: a try; others are called."""
        self.room.add_box("13", tell_number="62345679")
        self.lines.refusal = Refusal.NO_RIGHT
        for box in ("12", "13"):
            self.comes(box)
        self.passes(2)
        self.assertEqual([row.tries for row in self.room.store.run(lambda: list(TellingRow.select()))], [1, 1])

    def test_heard_meanwhile(self) -> None:
        """Who has heard it at his program is not called."""
        self.comes()
        (one,) = self.room.messages()
        self.room.store.run(rules.leave, "12", rules.Left(heard=frozenset((one.id,))))
        self.assertEqual((self.passes(5), self.n_waiting()), ([], 0))

    def test_lifts(self) -> None:
        """Served by the menu that knows for which box; when the call is over it is ended, and forgotten."""
        self.lines.result = DialResult.ANSWERED
        self.comes()
        self.passes(2)
        self.assertEqual(self.served, [("out-1", "mailbox-calls")])
        telling = self.calls.telling_of("out-1")
        assert telling is not None
        self.assertEqual((telling.box, telling.plays), ("12", False))
        self.lines.over.callback(None)
        self.assertEqual((self.calls.telling_of("out-1"), self.lines.ended), (None, ["out-1"]))

    def test_server_stops(self) -> None:
        """The call under way ends with it."""
        self.lines.result = None
        self.comes()
        self.passes(2)
        self.calls.stopService()
        self.assertEqual((self.lines.ended, self.calls.telling_of("out-1")), (["out-1"], None))


class LiftsTests(SynchronousTestCase):
    """The menu for whoever lifts where a box's owner was called."""

    language = "zh"

    def setUp(self) -> None:
        self.room = MailRoom(self, self.language)

    def lifts(self, *does: str, box: str = "12", plays: bool = False) -> ListedCall:
        telling = Telling(box, THERE, NOW + timedelta(minutes=1), 0, plays)
        mail = self.room.mailboxes
        call = ListedCall(self.room, does, THERE, self.language)
        self.room._told(MailboxCalls(lambda call_id: telling, mail.access, mail.owner).run(call))
        return call

    def test_presses_nothing(self) -> None:
        """A machine, or a stranger: three times who calls, and nothing of any message."""
        self.room.add_box("12")
        self.room.put()
        self.assertEqual(self.lifts("", "5", "").told, ["mail-shop-calls"] * 3)
        told = self.lifts("", "1", "111119").told
        self.assertEqual(("mail-log-in-failed" in told, "mail-new-are" in told), (True, False))

    def test_pin(self) -> None:
        """1 and the PIN: his box, all of it."""
        self.room.add_box("12")
        self.room.put()
        call = self.lifts("1", PIN, "6", "*")
        self.assertEqual((len(call.heard_s), call.told[-1]), (1, "goodbye"))
        self.assertIn("mail-main-keys", call.told)

    def test_delivered(self) -> None:
        """At the set time: 1, and it is played; a group's, too, and nobody has taken it by that."""
        self.room.add_box("20", kind=BoxKind.GROUP, owner="service", pin="", deliver_at="17:30", tell_number=THERE)
        self.room.put("20")
        call = self.lifts("1", "6", box="20", plays=True)
        self.assertEqual((len(call.heard_s), call.told[-1], "enter-pin" in call.told), (1, "goodbye", False))
        (heard,) = self.room.messages("20")
        self.assertEqual((heard.heard, heard.taken_by), (True, ""))
        self.assertNotIn("service", [event.person for event in self.room.book.events])

    def test_no_such_box(self) -> None:
        """Removed while it rang: nobody says anything of it."""
        self.assertEqual(self.lifts("1", box="77").told, [])


class EnglishLiftsTests(LiftsTests):
    language = "en"
