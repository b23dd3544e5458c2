"""A supervisor sets up the shop's work from his own program; others are refused, and told nothing."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.organisation.acts import OrganisationActs
from callserver.acd.organisation.book import OrganisationBook
from callserver.acd.organisation.parts import CALLED, Part
from callserver.acd.organisation.taking_over import take_over
from callserver.acd.seats.acts import perform
from callserver.acd.staff import passwords
from callserver.acd.staff.book import StaffBook
from callserver.agents.perspective import is_plain
from callserver.calls.event_log import EventLog
from callserver.config import QueueConfig, system_zone
from callserver.store.tables import EventRow
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.shop import MemoryBook
from tests.store.inline import InlineStore

PASSWORD = "tea-and-cups-and-cakes"


class OrganisationActTests(SynchronousTestCase):
    def setUp(self) -> None:
        cheap = patch.object(passwords, "N", 2)
        cheap.start()
        self.addCleanup(cheap.stop)
        self.store, self.book = InlineStore(), MemoryBook()
        clock = self.store.reactor
        events = EventLog(self.book, clock, "test")
        self.staff = StaffBook(self.store, clock, events=events)  # type: ignore[arg-type]
        self.organisation = OrganisationBook(self.store, clock, events, system_zone)  # type: ignore[arg-type]
        self.successResultOf(self.staff.add("900", "Zhao Gang", PASSWORD, [Right.SUPERVISOR]))
        self.store.run(take_over, {"operator": QueueConfig()})
        self.successResultOf(Deferred.fromCoroutine(self.organisation.follow()))
        self.acts = OrganisationActs(self.organisation, self.staff, events).acts()

    def ask(self, act: str, *args: object, rights: frozenset[Right] = frozenset({Right.SUPERVISOR})) -> Deferred[Any]:
        seat: Any = SimpleNamespace(number="900")
        return maybeDeferred(perform, self.acts, rights, seat, act, args)

    def answer(self, act: str, *args: object) -> Any:
        found = self.successResultOf(self.ask(act, *args))
        self.assertTrue(is_plain(found), found)
        return found

    def refused(self, act: str, *args: object) -> Refused:
        problem = self.failureResultOf(self.ask(act, *args), Refused).value
        assert isinstance(problem, Refused)
        return problem

    def test_all_by_right_1(self) -> None:
        """Each needs right 1 and no other right will do; nothing happens without it."""
        for name, act in self.acts.items():
            others = frozenset(Right) - {Right.SUPERVISOR}
            fitting = [{"ring_s": "20"} if check.__name__ == "settings" else "operator" for check in act.takes]
            problem = self.failureResultOf(self.ask(name, *fitting, rights=others), Refused).value
            self.assertEqual((problem.code, problem.detail), (Refusal.NO_RIGHT, "1"), name)
        self.assertEqual(self.organisation.settings["operator"].ring_s, 15)

    def test_every_kind(self) -> None:
        """Listed, made, changed, deleted; what is listed can be sent back."""
        made = {
            "groups": ("sales", {"number": "700", "members": "900"}),
            "hours": ("main", {"hours": "mon-fri 09:00-18:00"}),
            "queues": ("tea", {"ring_s": "20"}),
            "offices": ("1", {"phone": "01062345678"}),
            "regions": ("beijing", {"codes": "010"}),
            "callers": ("vip", {"priority": "5"}),
        }
        self.assertEqual(set(made), set(CALLED.values()))
        for called, (name, settings) in made.items():
            row = self.answer(f"save_{called}", name, settings)
            self.assertEqual({key: row["settings"][key] for key in settings}, settings)
            (listed,) = [one for one in self.answer(f"list_{called}") if one["name"] == name]
            self.assertEqual(listed, row)
            self.assertEqual(self.answer(f"save_{called}", name, listed["settings"]), row)
            self.answer(f"delete_{called}", name)
            self.assertNotIn(name, [one["name"] for one in self.answer(f"list_{called}")])

    def test_what_may_be_a_slip(self) -> None:
        """It is saved, and remarked on in both languages."""
        self.answer("save_regions", "jiangsu", {"codes": "139"})
        row = self.answer("save_regions", "suzhou", {"codes": "1390620"})
        (remark,) = row["remarks"]
        self.assertIn("1390620 begins with 139", remark["en"])
        self.assertIn("1390620 以 139 开头", remark["zh"])

    def test_mistakes_in_words(self) -> None:
        """What cannot be is told in the language of whoever asked, wherever the words were made."""
        problem = self.refused("save_queues", "operator", {"ring_s": "1"})
        again = Refused.from_wire(str(problem))
        self.assertEqual(again.text("en"), "not saved: queue operator, ring_s: needs a number from 3 to 120")
        self.assertEqual(again.text("zh"), "未保存：队列 operator，ring_s：需要 3 到 120 的数")
        self.assertIn("there is no group sales", self.refused("save_queues", "tea", {"group": "sales"}).text("en"))
        self.assertIn("needs a queue", self.refused("delete_queues", "operator").text("en"))
        self.assertEqual(Refused(Refusal.NOT_SAVED, "no JSON").text("en"), "not saved: no JSON")

    def test_bad_arguments(self) -> None:
        """Only texts by text reach the books."""
        for settings in ({"ring_s": 20}, {1: "x"}, [], "ring_s=20", {"a" * 33: ""}, {"hours": "x" * 10_001}, None):
            self.assertIs(self.refused("save_queues", "operator", settings).code, Refusal.BAD_ARGUMENT)
        for name in ("", 1, None, "x" * 33, "a\0"):
            self.assertIs(self.refused("delete_queues", name).code, Refusal.BAD_ARGUMENT)

    def test_staff(self) -> None:
        """Somebody new has a first password, shown once; what is set of him holds; nobody deletes himself."""
        row = self.answer("save_staff", "801", {"name": "Li Mei", "rights": "answer-queued", "phone": "62345678"})
        self.assertEqual((row["settings"]["rights"], row["must_change"]), ("answer-queued", True))
        person = self.staff.person("801")
        assert person is not None
        self.assertEqual(person.phone, "62345678")
        first = self.staff.log_in("801", row["password"], "10.0.0.7")
        self.store.reactor.advance(1)
        self.assertIs(self.failureResultOf(first, Refused).value.code, Refusal.MUST_CHANGE)
        self.assertNotIn("password", self.answer("save_staff", "801", {"skills": "zh:5"}))
        self.assertEqual(self.staff.skills("801"), {"zh": 5})
        self.assertRegex(self.answer("new_pin", "801"), "^[0-9]{6}$")
        self.assertTrue(self.answer("list_staff")[0]["has_pin"])
        self.assertNotEqual(self.answer("new_password", "801"), row["password"])
        self.assertIn("nobody deletes himself", self.refused("delete_staff", "900").text("en"))
        self.assertIn("is no name", self.refused("save_staff", "802", {}).text("en"))
        self.answer("delete_staff", "801")
        self.assertEqual([one["name"] for one in self.answer("list_staff")], ["900"])

    def test_disabled(self) -> None:
        """Whom a supervisor disables is out at once and stays in the book; he lets him in again in the same way."""
        out: list[str] = []
        self.staff._on_gone = out.append
        self.answer("save_staff", "801", {"name": "Li Mei", "rights": "answer-queued"})
        row = self.answer("save_staff", "801", {"disabled": "yes", "phone": "62345678"})
        self.assertEqual((row["disabled"], row["settings"]["disabled"], out), (True, "yes", ["801"]))
        self.assertNotIn("801", self.staff)
        row = self.answer("save_staff", "801", {"disabled": "no"})
        self.assertEqual((row["disabled"], row["settings"]["phone"]), (False, "62345678"))
        self.assertIn("801", self.staff)

    def test_nobody_disables_himself(self) -> None:
        """He would be out with no way back; nor is the shop left without a supervisor who may log in."""
        self.answer("save_staff", "901", {"name": "Sun Li", "rights": "supervisor"})
        self.assertIn("nobody disables himself", self.refused("save_staff", "900", {"disabled": "yes"}).text("en"))
        self.assertIn("900", self.staff)
        self.answer("save_staff", "901", {"disabled": "yes"})
        problem = self.failureResultOf(self.staff.save("900", {"disabled": "yes"})).value
        self.assertIn("is the only supervisor", str(problem))

    def test_noted(self) -> None:
        """Who did what, and what was refused, is in the event log; no password is."""
        row = self.answer("save_staff", "801", {"name": "Li Mei"})
        self.answer("save_groups", "sales", {"members": "801"})
        self.refused("delete_staff", "801")
        kept = self.store.run(lambda: [(row.person, row.data) for row in EventRow.select().order_by(EventRow.seq)])
        self.assertEqual([person for person, _ in kept[1:]], ["900", "900"])
        self.assertNotIn(row["password"], repr(kept))
        (event,) = self.book.events
        self.assertEqual((event.person, event.data["act"], event.data["target"]), ("900", "delete_staff", "seat 801"))
        self.assertIn("is named by", Refused.from_wire(str(event.data["result"])).text("en"))

    def test_parts_have_commands_and_acts(self) -> None:
        """Whatever can be set at the command line can be set here."""
        for part in Part:
            for verb in ("list", "save", "delete"):
                self.assertIn(f"{verb}_{CALLED[part]}", self.acts)
