"""Messages between colleagues: to whom they go, who is told now, what is kept and for how long."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from callserver.acd.organisation.staff_tables import StaffRow
from callserver.acd.seats.acts import perform
from callserver.features.contacts.said import KEPT
from callserver.features.contacts.tables import SaidRow
from callserver.features.contacts.talking import Talking
from callserver.wire.messages import Said
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.features.recordings.log_case import LogCase

GROUP = "group orders"


class TalkingTests(LogCase):
    def setUp(self) -> None:
        super().setUp()
        for number in ("801", "802", "803", "804"):
            row = {"number": number, "name": f"name {number}", "password": "", "rights": "[]", "skills": "[]"}
            self.store.run(StaffRow.insert(disabled=number == "804", **row).execute)
        self.there, self.rights = {"802"}, {Right.SUPERVISOR}
        self.told: list[tuple[str, Said]] = []
        store: Any = self.store
        members = {"orders": ["801", "802", "804"], "alone": ["801", "804"]}
        self.talking = Talking(
            store, self.events, self.tell_program, lambda number: self.rights, lambda group: members.get(group, [])
        )

    def tell_program(self, number: str, said: Said) -> bool:
        if number in self.there:
            self.told.append((number, said))
        return number in self.there

    def ask(self, act: str, *args: Any, person: str = "801") -> Any:
        """The answer, or the refusal's code."""
        seat: Any = SimpleNamespace(number=person)
        found: list[Any] = []
        perform(self.talking.acts(), (), seat, act, args).addBoth(found.append)
        why = getattr(found[0], "value", None)
        return why.code if isinstance(why, Refused) else found[0]

    def test_to_everybody(self) -> None:
        """To all who work here but the sender; who may write so is decided now, whatever else is in the list."""
        answer = self.ask("tell_people", ["everybody"], "fire drill")
        self.assertEqual((answer["told"], answer["kept"]), (["802"], ["803"]))
        self.rights = set()
        for whom in (["everybody"], ["802", "everybody"]):
            self.assertEqual(self.ask("tell_people", whom, "hello"), Refusal.NO_RIGHT)

    def test_to_a_group(self) -> None:
        """To those of it who still work here, without a right; never to oneself."""
        self.rights = set()
        answer = self.ask("tell_people", [GROUP], "hello")
        self.assertEqual((answer["told"], answer["kept"]), (["802"], []))
        self.assertEqual(self.told[0][1].to, GROUP)

    def test_who_has_left(self) -> None:
        """Who may not log in any more is written to by nobody."""
        self.assertEqual(self.ask("tell_people", ["804"], "hello"), Refusal.NOT_SAVED)

    def test_nobody_in_it(self) -> None:
        """A group that there is not, or in which nobody is, is said to be none: the message is not lost in silence."""
        self.assertEqual(self.ask("tell_people", ["group nowhere"], "hello"), Refusal.NOT_SAVED)
        self.assertEqual(self.ask("tell_people", [GROUP, "group nowhere"], "hello"), Refusal.NOT_SAVED)

    def test_alone_in_his_group(self) -> None:
        """Who writes to a group of which he is all that is left writes to nobody, not to the whole house."""
        self.rights = set()
        self.assertEqual(self.ask("tell_people", ["group alone"], "hello"), Refusal.NOT_SAVED)
        self.assertEqual(self.store.run(lambda: SaidRow.select().count()), 0)

    def test_group_and_others(self) -> None:
        """A group and somebody else: who of the group works here no more keeps nobody from having it."""
        answer = self.ask("tell_people", [GROUP, "803"], "hello")
        self.assertEqual((answer["told"], answer["kept"]), (["802"], ["803"]))
        self.assertEqual(self.told[0][1].to, "", "it is not the group's alone")
        self.assertEqual(len(self.ask("list_said", "", "", person="803")["found"]), 1)

    def test_named_twice(self) -> None:
        """Who is named twice has it once."""
        self.assertEqual(self.ask("tell_people", ["802", "802"], "hello")["told"], ["802"])
        self.assertEqual(len(self.told), 1)

    def test_told_once(self) -> None:
        """What his program has had is not told again when he logs in anew."""
        self.ask("tell_people", ["802"], "hello")
        self.talking.arrived("802")
        self.assertEqual(len(self.told), 1)

    def test_with_one_colleague(self) -> None:
        """With one colleague: what he has written and has had; nothing of others."""
        self.ask("tell_people", ["802"], "to Wang")
        self.ask("tell_people", ["801"], "from Wang", person="802")
        self.ask("tell_people", ["801"], "from another", person="803")
        found = self.ask("list_said", "802", "")["found"]
        self.assertEqual([one["text"] for one in found], ["from Wang", "to Wang"])

    def test_pages(self) -> None:
        """The newest fifty, then those behind them; each once."""
        for n in range(60):
            self.ask("tell_people", ["802"], f"{n}")
        first = self.ask("list_said", "", "")
        second = self.ask("list_said", "", first["next"])
        texts = [one["text"] for one in (*first["found"], *second["found"])]
        self.assertEqual(texts, [f"{59 - n}" for n in range(60)])
        self.assertEqual((len(first["found"]), second["next"]), (50, ""))

    def test_full(self) -> None:
        """A hundred wait for who is out, and not one more."""
        for n in range(100):
            self.assertEqual(self.ask("tell_people", ["803"], f"{n}")["kept"], ["803"])
        self.assertEqual(self.ask("tell_people", ["803"], "one more")["full"], ["803"])

    def test_one_to_several(self) -> None:
        """What was written to several stands once in the sender's list."""
        self.ask("tell_people", ["802", "803"], "hello")
        self.assertEqual(len(self.ask("list_said", "", "")["found"]), 1)
        self.assertEqual(len(self.ask("list_said", "803", "")["found"]), 1)

    def test_old(self) -> None:
        """After a month a message is gone from the disk."""
        self.ask("tell_people", ["802"], "old")
        self.now += KEPT + timedelta(minutes=1)
        self.ask("tell_people", ["802"], "new")
        self.assertEqual([row.text for row in self.store.run(lambda: list(SaidRow.select()))], ["new"])

    def test_arrives(self) -> None:
        """What waits is told when his program comes, once."""
        self.ask("tell_people", ["803"], "hello")
        self.there.add("803")
        self.talking.arrived("803")
        self.talking.arrived("803")
        self.assertEqual([(number, one.text, one.name) for number, one in self.told], [("803", "hello", "name 801")])
