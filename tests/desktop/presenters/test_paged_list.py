"""Lists that come page by page, from a server that is slow, refuses, or has something new meanwhile."""

from typing import Any

from twisted.internet.defer import Deferred

from callserver.desktop.presenters.paged_list import Page, PagedList
from callserver.wire.refusals import Refusal, Refused
from tests.desktop.presenters.work_case import WorkCase


class Letters(PagedList[tuple[str, ...]]):
    """A list of one customer's letters."""

    whose, letters = "a", ()

    def data(self) -> tuple[str, ...]:
        return self.letters

    def look_at(self, whose: str) -> None:
        """Another customer."""
        self.whose, self.letters = whose, ()
        self._another_list()
        self._ask_first()

    def look_again(self) -> None:
        """There may be something new."""
        self._ask_first()

    def write(self) -> None:
        """Once."""
        self.do_once("write", lambda: self.client.ask("write", self.whose))

    def ask_page(self, place: str) -> Deferred[Page]:
        return self.client.ask("list", self.whose, place)

    def _first(self, page: Page) -> None:
        self.letters, self._next = tuple(page["found"]), page["next"]

    def _behind(self, page: Page) -> None:
        self.letters = (*self.letters, *page["found"])


def page(found: str, place: str = "") -> dict[str, Any]:
    """As the server tells it."""
    return {"found": tuple(found), "next": place}


class PagedListTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.log_in()
        self.client.asked.clear()
        self.client.waiting.clear()
        self.list = Letters(self.work, lambda letters: None)
        self.list.start()
        self.addCleanup(self.list.stop)
        self.list.look_at("a")

    def shown(self) -> str:
        return "".join(self.list.letters)

    def test_page_by_page(self) -> None:
        """The next page comes behind; it is asked for once, and none behind the last one."""
        self.client.answers(page("zy", "y"))
        self.list.more()
        self.list.more()
        self.assertEqual(self.client.asked, [("list", "a", ""), ("list", "a", "y")])
        self.client.answers(page("x"))
        self.list.more()
        self.assertEqual((self.shown(), len(self.client.asked)), ("zyx", 2))

    def test_after_failure(self) -> None:
        """A page that was refused is asked for again by scrolling there again."""
        self.client.answers(page("zy", "y"))
        self.list.more()
        self.client.answers(Refused(Refusal.SERVER))
        self.assertTrue(self.list.problem)
        self.list.more()
        self.client.answers(page("x"))
        self.assertEqual((self.shown(), self.list.problem), ("zyx", ""))

    def test_another_one(self) -> None:
        """What comes for the one before is dropped, first page or further one."""
        self.client.answers(page("zy", "y"))
        self.list.more()
        self.list.look_at("b")
        self.client.answers(page("x"))
        self.client.answers(page("q"))
        self.assertEqual(self.shown(), "q")

    def test_new_meanwhile(self) -> None:
        """A page that would leave a gap, since something new has moved the list on, is dropped."""
        self.client.answers(page("zy", "y"))
        self.list.more()
        self.list.look_again()
        behind = self.client.waiting.pop(0)
        self.client.answers(page("*z", "z"))
        behind.callback(page("x"))
        self.assertEqual(self.shown(), "*z")
        self.list.more()
        self.client.answers(page("yx"))
        self.assertEqual(self.shown(), "*zyx")

    def test_once(self) -> None:
        """Enter pressed twice is one; after a refusal it can be pressed again."""
        self.client.answers(page(""))
        self.list.write()
        self.list.write()
        self.assertEqual(self.client.asked[1:], [("write", "a")])
        self.client.answers(Refused(Refusal.SERVER))
        self.list.write()
        self.assertEqual(len(self.client.asked), 3)
