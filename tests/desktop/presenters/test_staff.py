"""A supervisor edits the staff book at his window."""

from __future__ import annotations

from typing import Any

from callserver.desktop.presenters.staff import StaffData, StaffEditor
from callserver.wire.catalogue import LANGUAGES, N_
from callserver.wire.messages import Access
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.desktop.presenters.work_case import EVERY_RIGHT, WorkCase

FLAGS = {"disabled": False, "locked": False, "must_change": False, "has_pin": False}


def both(words: str) -> dict[str, str]:
    """As the server tells it, whatever the language."""
    return dict.fromkeys(LANGUAGES, words)


def described(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """One setting, as `describe` tells it."""
    usual = {"of": "", "list": False, "unit": None, "low": "", "high": "", "choices": [], "default": ""}
    return {"key": key, "meaning": both(f"what {key} is"), "kind": kind, **usual, **more}


FIELDS = [
    described("name"),
    described("rights", list=True),
    described("skills", list=True),
    described("phone", "digits"),
    described("disabled", "yes or no", default="no"),
    described("wrap_up_s", "whole number", low="0", high="3600", unit=both("seconds")),
]


def person(number: str, name: str, rights: str = "answer-queued", **flags: Any) -> dict[str, Any]:
    settings = {"name": name, "rights": rights, "skills": "", "phone": "", "wrap_up_s": ""}
    settings["disabled"] = "yes" if flags.get("disabled") else "no"
    return {"name": number, "settings": settings, **FLAGS, **flags}


PEOPLE = [person("801", "王芳"), person("802", "刘洋", locked=True)]
GROUPS = [{"name": "orders", "settings": {"number": "", "members": "801/2, 803"}}]


class StaffCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[StaffData] = []
        self.editor = StaffEditor(self.work, self.shown.append)
        self.editor.start()
        self.addCleanup(self.editor.stop)
        self.editor.open()

    @property
    def now(self) -> StaffData:
        return self.shown[-1]

    def comes(self, people: list[dict[str, Any]] = PEOPLE) -> None:
        """The server tells all of it."""
        for answer in ({"key": "number", "fields": FIELDS[:2], "next": "2"}, people, GROUPS):
            self.client.answers(answer)
        self.client.answers({"key": "number", "fields": FIELDS[2:], "next": ""})
        self.client.asked.clear()

    def last(self) -> tuple[Any, ...]:
        return self.client.asked[-1]


class StaffTests(StaffCase):
    def test_list(self) -> None:
        """Everybody, and what keeps somebody from logging in; the first is shown with his rights and groups."""
        self.comes()
        self.assertEqual(self.now.people, (("801", "王芳", ""), ("802", "刘洋", "locked")))
        self.assertEqual((self.now.number, self.now.name), ("801", "王芳"))
        self.assertEqual([right for right, has in self.now.rights.items() if has], [Right.ANSWER_QUEUED])
        self.assertEqual(self.now.groups, (("orders", True),))

    def test_empty_fields(self) -> None:
        """What is typed into an empty field is shown in it, in his own language."""
        self.comes()
        empty = {one.key: one.empty for one in self.now.more}
        self.assertEqual((empty["skills"], empty["wrap_up_s"]), ("such as zh:5, en:2", "0–3600"))

    def test_document_s_order(self) -> None:
        """The 18 rights stand as the solution document numbers them."""
        self.comes()
        self.assertEqual(list(self.now.rights), list(Right))

    def test_right(self) -> None:
        """A right that is given goes to the server with those he has, and only what was changed."""
        self.comes()
        self.editor.grant(Right.LISTEN, True)
        self.editor.save()
        self.client.answers(PEOPLE)
        self.assertEqual(self.last(), ("save_staff", "801", {"rights": "answer-queued, listen"}))
        self.client.answers(person("801", "王芳", "answer-queued, listen"))
        self.assertEqual((self.now.note, self.now.may_save), ("Saved", False))

    def test_disabled(self) -> None:
        """Who is ticked off may not log in once that is saved; in the list he is greyed, and a word says why."""
        self.comes()
        self.editor.disable(True)
        self.assertEqual((self.now.is_disabled, self.now.out), (True, frozenset()))
        self.editor.save()
        self.client.answers(PEOPLE)
        self.assertEqual(self.last(), ("save_staff", "801", {"disabled": "yes"}))
        self.client.answers(person("801", "王芳", disabled=True))
        self.assertEqual((self.now.people[0], self.now.out), (("801", "王芳", "disabled"), {0}))
        self.editor.disable(False)
        self.editor.disable(True)
        self.assertFalse(self.now.may_save)

    def test_changed_meanwhile(self) -> None:
        """What another supervisor has set meanwhile is shown before it is written over."""
        self.comes()
        self.editor.type("name", "Wang")
        self.editor.save()
        theirs = [person("801", "王小芳"), PEOPLE[1]]
        self.client.answers(theirs)
        self.assertEqual([asked[0] for asked in self.client.asked], ["list_staff"])
        self.assertIn("Somebody else has changed name", self.now.problem)
        self.assertEqual(self.now.name, "Wang")
        self.editor.save()
        self.client.answers(theirs)
        self.assertEqual(self.last(), ("save_staff", "801", {"name": "Wang"}))

    def test_deleted_meanwhile(self) -> None:
        """Nobody is made anew by being changed."""
        self.comes()
        self.editor.type("name", "Wang")
        self.editor.save()
        self.client.answers(PEOPLE[1:])
        self.assertIn("deleted “801”", self.now.problem)

    def test_new(self) -> None:
        """Somebody new is shown with his first password, once."""
        self.comes()
        self.editor.new()
        self.editor.type("name", "陈静")
        self.editor.save()
        self.assertEqual(self.now.problem, "A new agent needs a staff number first")
        self.editor.name("803")
        self.editor.put_in("orders", True)
        self.editor.save()
        self.client.answers(PEOPLE)
        self.assertEqual(self.last(), ("save_staff", "803", {"name": "陈静"}))
        self.client.answers({**person("803", "陈静"), "password": "kite-57-lamp"})
        self.assertEqual(self.last(), ("save_groups", "orders", {"members+": "803"}))
        self.assertIn("kite-57-lamp", self.now.secret)
        self.assertEqual(self.now.number, "803")
        self.editor.choose("801")
        self.assertEqual(self.now.secret, "")

    def test_group_refused(self) -> None:
        """What is typed of a group stays until it is saved there: after a refusal it is saved again, and only that."""
        self.comes()
        self.editor.put_in("orders", False)
        self.editor.type("name", "Wang")
        self.editor.save()
        self.client.answers(PEOPLE)
        self.client.answers(person("801", "Wang"))
        self.assertEqual((self.now.groups, self.now.note), ((("orders", False),), ""))
        self.client.answers(Refused(Refusal.SERVER))
        self.assertTrue(self.now.problem)
        self.assertEqual((self.now.groups, self.now.may_save), ((("orders", False),), True))
        self.editor.save()
        self.client.answers([person("801", "Wang"), PEOPLE[1]])
        self.assertEqual(self.last(), ("save_groups", "orders", {"members-": "801"}))
        self.client.answers({"name": "orders", "settings": {"members": "802"}})
        self.assertEqual((self.now.note, self.now.may_save, self.editor.has_drafts), ("Saved", False, False))

    def test_typed_while_saving(self) -> None:
        """What is typed while the groups are being saved stays to be saved, and it does not say that all is."""
        self.comes()
        self.editor.put_in("orders", False)
        self.editor.save()
        self.client.answers(PEOPLE)
        self.editor.type("name", "Wang")
        self.client.answers({"name": "orders", "settings": {"members": "802"}})
        self.assertEqual((self.now.groups, self.now.note, self.now.may_save), ((("orders", False),), "", True))

    def test_taken_number(self) -> None:
        """A number that somebody has is nobody else's."""
        self.comes()
        self.editor.new()
        self.editor.name("802")
        self.editor.save()
        self.client.answers(PEOPLE)
        self.assertIn("“802” already", self.now.problem)

    def test_drafts_stay(self) -> None:
        """What is typed of one person is found again after looking at another."""
        self.comes()
        self.editor.type("phone", "8001")
        self.editor.choose("802")
        self.assertEqual(self.now.phone, "")
        self.editor.choose("801")
        self.assertEqual(self.now.phone, "8001")
        self.assertEqual(self.now.people[0][2], "not saved")
        self.editor.undo()
        self.assertEqual((self.now.phone, self.now.may_save), ("", False))

    def test_saved_twice(self) -> None:
        """Ctrl+S pressed twice saves once, and does not take his own change for somebody else's."""
        self.comes()
        self.editor.type("name", "Wang")
        self.editor.save()
        self.client.answers(PEOPLE)
        self.editor.save()
        saved = person("801", "Wang")
        self.client.answers(saved)
        self.client.answers([saved, PEOPLE[1]])
        self.assertEqual([one[0] for one in self.client.asked], ["list_staff", "save_staff", "list_staff"])
        self.assertEqual((self.now.note, self.now.problem), ("Saved", ""))

    def test_undone_while_saving(self) -> None:
        """What is undone before it went out is not sent any more."""
        self.comes()
        self.editor.type("name", "Wang")
        self.editor.save()
        self.editor.undo()
        self.client.answers(PEOPLE)
        self.assertEqual((self.last()[0], self.now.name), ("list_staff", "王芳"))

    def test_another_one_while_saving(self) -> None:
        """Who looks at somebody else, or begins somebody new, meanwhile has saved the one whom he meant."""
        self.comes()
        self.editor.type("name", "Wang")
        self.editor.save()
        self.editor.new()
        self.client.answers(PEOPLE)
        self.assertEqual((self.last(), self.now.problem), (("save_staff", "801", {"name": "Wang"}), ""))
        self.client.answers(person("801", "Wang"))
        self.editor.name("803")
        self.editor.save()
        self.editor.choose("802")
        self.client.answers(PEOPLE)
        self.assertEqual((self.last(), self.now.problem), (("save_staff", "803", {}), ""))

    def test_somebody_new(self) -> None:
        """Of somebody new nothing is there yet to be deleted or given another password; no dots stand for one."""
        self.comes()
        self.assertEqual((self.now.password, self.now.may_reset), ("••••••", True))
        self.editor.new()
        self.editor.ask_delete()
        self.editor.new_password()
        self.assertEqual((self.now.password, self.now.may_reset, self.now.heading), ("", False, "New agent"))
        self.assertEqual((self.now.question, self.client.asked), (None, []))

    def test_new_with_his_number_alone(self) -> None:
        """Somebody of whom nothing but the number is known is somebody, too, before his groups are written."""
        self.comes()
        self.editor.new()
        self.editor.name("803")
        self.editor.put_in("orders", True)
        self.editor.save()
        self.client.answers(PEOPLE)
        self.assertEqual(self.last(), ("save_staff", "803", {}))

    def test_heading(self) -> None:
        """Above his fields stands all that is the matter with him."""
        self.comes([person("801", "王芳", must_change=True, has_pin=True), PEOPLE[1]])
        self.assertEqual(self.now.heading, "801 王芳 · first password · telephone PIN")

    def test_deleted_with_a_draft(self) -> None:
        """What was typed of who is deleted is lost with him, and nobody is asked about it at the end."""
        self.comes()
        self.editor.type("name", "Wang")
        self.editor.ask_delete()
        self.editor.answer(True)
        self.client.answers()
        self.assertFalse(self.editor.has_drafts)

    def test_connection_back(self) -> None:
        """When the connection is back all of it is asked for again: somebody may have changed it meanwhile."""
        self.comes()
        self.log_in()
        self.assertEqual([one[0] for one in self.client.asked], ["list_staff", "list_groups"])

    def test_asked_twice(self) -> None:
        """Opened twice before the server has told it, each setting is there once."""
        self.editor.load()
        for _ in range(2):
            for answer in ({"key": "number", "fields": FIELDS, "next": ""}, PEOPLE, GROUPS):
                self.client.answers(answer)
        self.assertEqual([one["key"] for one in self.editor.fields], [one["key"] for one in FIELDS])

    def test_wrong_number(self) -> None:
        """What cannot be is said while it is typed, and not sent."""
        self.comes()
        self.editor.type("wrap_up_s", "9999")
        self.assertEqual([one.problem for one in self.now.more if one.key == "wrap_up_s"], ["Must be 0 to 3600"])
        self.editor.save()
        self.assertEqual(self.client.asked, [])

    def test_refused(self) -> None:
        """Why it was not saved stands there, and what was typed stays."""
        self.comes()
        self.editor.type("phone", "110")
        self.editor.save()
        self.client.answers(PEOPLE)
        self.client.answers(Refused(Refusal.NOT_SAVED, N_("it is the old one")))
        self.assertNotEqual(self.now.problem, "")
        self.assertEqual(self.now.phone, "110")

    def test_delete(self) -> None:
        """Asked first."""
        self.comes()
        self.editor.ask_delete()
        assert self.now.question is not None
        self.assertIn("801 王芳", self.now.question.words)
        self.editor.answer(False)
        self.assertEqual(self.client.asked, [])
        self.editor.ask_delete()
        self.editor.answer(True)
        self.client.answers()
        self.assertEqual(self.client.asked, [("delete_staff", "801")])
        self.assertEqual(self.now.number, "802")

    def test_new_password(self) -> None:
        """Gone when the editor is opened again."""
        self.comes()
        self.editor.new_password()
        self.client.answers("kite-57-lamp")
        self.assertIn("kite-57-lamp", self.now.secret)
        self.assertEqual(self.last()[0], "list_groups")  # his flags are others now
        self.editor.open()
        self.assertEqual(self.now.secret, "")

    def test_right_1_taken(self) -> None:
        """Who is no supervisor any more sees nothing of it."""
        self.comes([PEOPLE[0], person("802", "刘洋", disabled=True)])
        self.model.access(Access(frozenset({Right.LISTEN}), (), ()))
        self.assertIn("Needs the right", self.now.lacks)
        self.assertEqual((self.now.people, self.now.out), ((), frozenset()))


class NoSupervisorTests(StaffCase):
    rights = frozenset({Right.LISTEN})

    def test_nothing(self) -> None:
        """It says why, and the server is not asked."""
        self.assertIn("Needs the right “supervisor”", self.now.lacks)
        self.assertEqual(self.client.asked, [])

    def test_given(self) -> None:
        """Who is made a supervisor while he looks at it sees the staff."""
        self.model.access(Access(EVERY_RIGHT, (), ()))
        self.assertIn("list_staff", [one[0] for one in self.client.asked])
