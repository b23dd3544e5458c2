"""Calls of before made once more: only what the menu itself has changed is told as another end."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.paths.again import Again
from callserver.ivr.paths.replay import Replayed, replay
from callserver.ivr.paths.walked import Walked, walked
from callserver.ivr.trying.beside import Outcome
from callserver.ivr.trying.call import Heard
from callserver.ivr.trying.keys import Asks
from callserver.wire.records import CallRecord
from tests.ivr.paths.test_figures import AT, events

RECORD = CallRecord("c", "in", "line 1", "13912345678", None, AT)
Menu = Callable[[Again], Outcome]


def python_call(*answers: tuple[str, str], ended: str = "menu_over") -> Walked:
    """A call of a menu in Python: questions with what was keyed."""
    asked = [(n * 3.0, "input", {"digits": keys, "prompts": [question]}) for n, (question, keys) in enumerate(answers)]
    last = (99.0, "menu_end", {"menu": "shop", "why": "over"}), (99.0, "end", {"reason": ended})
    found = walked("shop", events((0.0, "menu", {"name": "shop", "version": "v1"}), *asked, *last))
    assert found is not None
    return found


def menu(*questions: str, ended: str = "over") -> Menu:
    """One in Python that asks these, whatever is answered."""

    def ask(call: Again) -> Outcome:
        trace: list[Heard] = []
        for question in questions:
            try:
                act = call.script.next(question)
            except Asks:
                return Outcome("asks", trace, {})
            if act.hangs_up:
                return Outcome("caller", trace, {})
            trace.append(Heard(0.0, "keys", {"asked": question, "keys": act.keys}))
        return Outcome(ended, trace, {})

    return ask


class ReplayTests(SynchronousTestCase):
    call = python_call(("main", "1"), ("item", "1001"), ("more", "2"))

    def again(self, now: Menu, before: Menu | None, call: Walked | None = None) -> Replayed:
        return replay(now, call or self.call, RECORD, before)

    def test_as_before(self) -> None:
        """The same questions, the same end."""
        same = menu("main", "item", "more")
        self.assertEqual(self.again(same, same).result, "same")
        self.assertEqual(self.again(same, None).result, "same")

    def test_other_data(self) -> None:
        """Sold out since then: with the version of then it is no other, so nobody can say what the menu would do."""
        sold_out = menu("main", "item", "reserve", ended="person")
        self.assertEqual(self.again(sold_out, sold_out), Replayed("unjudged", "item", "over", "person"))
        self.assertEqual(self.again(sold_out, menu("main", "item", "reserve", ended="person")).result, "unjudged")

    def test_other_menu(self) -> None:
        """The version of then, with the same data, goes another way: that is the menu's doing, told with its step."""
        other = menu("main", "quantity", ended="person")
        sold_out = menu("main", "item", "reserve")
        self.assertEqual(self.again(other, sold_out), Replayed("other", "main", "over", "person"))

    def test_a_question_less(self) -> None:
        """A menu that does not ask any more what it asked then goes another way."""
        self.assertEqual(self.again(menu("main", "more"), menu("main", "item", "more")).result, "other")

    def test_version_not_kept(self) -> None:
        """Of a menu whose version of then nobody has kept nothing else can be said."""
        self.assertEqual(self.again(menu("main", "quantity"), None).result, "unjudged")

    def test_a_fax_in_between(self) -> None:
        """What a fax has asked is no question of the menu's; those behind it have their own answers."""
        call = python_call(("main", "5"), ("fax-enter-document", "12"), ("fax-send-or-other", "1"), ("main", ""))
        found: list[str] = []

        def ask(again: Again) -> Outcome:
            found.extend(again.script.next("main").keys for _ in range(2))
            return Outcome("over", [Heard(0.0, "keys", {"asked": "main"})] * 2, {})

        self.assertEqual(self.again(ask, ask, call).result, "same")
        self.assertEqual(found, ["5", ""])

    def test_secret(self) -> None:
        """Up to a PIN, which nobody has written down."""
        call = python_call(("main", "3"), ("pin", "****"), ("back", "2"), ended="caller_hung_up")
        same = menu("main", "pin", "back")
        self.assertEqual(self.again(same, same, call).result, "secret")
        self.assertEqual(self.again(menu("person"), same, call).result, "other")

    def test_not_reached(self) -> None:
        """No office had him and the queue was closed: so it is when his call is made again."""
        told = (
            (0.0, "menu", {"name": "shop", "version": ""}),
            (1.0, "office_case", {"case": "1"}),
            (2.0, "leave", {"queue": "operator", "outcome": "closed"}),
            (3.0, "entry", {"queue": "operator"}),
        )
        found = walked("shop", events(*told))
        assert found is not None
        self.assertEqual(found.targets, (("office nearest", "closed"), ("queue operator", "answered")))

    @given(st.lists(st.sampled_from(["main", "item", "more", "pin"]), max_size=6), st.sampled_from(["over", "person"]))
    def test_unchanged(self, questions: list[str], ended: str) -> None:
        """Whatever has become of the shop's data, of a menu that nobody has changed no call ends otherwise."""
        today = menu(*questions, ended=ended)
        for call in (self.call, python_call(("main", "1"), ("pin", "****")), python_call(ended="caller_hung_up")):
            self.assertIn(self.again(today, today, call).result, ("same", "secret", "unjudged"))
