"""Looking for a customer: by number, name, member number or address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred

from callserver.desktop.presenters.paged_list import PagedList
from callserver.desktop.presenters.workplace import Workplace

WORDS_MAX = 300


@dataclass(frozen=True)
class FindCustomerData:
    """
    :param found: member number, name, telephones and address of each, the best first
    :param note: what to say where there is nothing to see
    """

    found: tuple[tuple[str, str, str, str], ...]
    has_more: bool
    note: str
    problem: str
    n_answers: int = 0  # how often the server has answered what was looked for, were it the same again


class FindCustomer(PagedList[FindCustomerData]):
    """
    Fifty at a time, more by asking for them.

    :param done: called when one is chosen: his record is in the tabs
    """

    def __init__(
        self, work: Workplace, show: Callable[[FindCustomerData], None], done: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(work, show)
        self._done = done
        self._words = ""
        self._found: list[Mapping[str, Any]] = []
        self._n_answers = 0

    def data(self) -> FindCustomerData:
        found = tuple(
            (str(one["number"]), str(one["name"]), ", ".join(one["telephones"]), str(one["address"]))
            for one in self._found
        )
        if found:
            note = ""
        elif self._words:
            note = self.work.words("No customer matches “{words}”", words=self._words)
        else:
            note = self.work.words("Type a number, a name, a member number or an address")
        return FindCustomerData(found, bool(self._next), note, self.problem, self._n_answers)

    def find(self, words: str) -> None:
        """Those who match, in place of those before; one who is alone in it is meant."""
        words = words.strip()[:WORDS_MAX]
        if not words:
            return
        self._words = words
        self._another_list()
        self._ask_first()

    def choose(self, member: str) -> None:
        """This one is meant."""
        self.work.record.choose(member)
        self._done()

    def ask_page(self, place: str) -> Deferred[Mapping[str, Any]]:
        return self.client.ask("find_customers", self._words, place)

    def _first(self, page: Mapping[str, Any]) -> None:
        self._n_answers += 1
        self._found, self._next = list(page["found"]), page["next"]
        if len(self._found) == 1 and not self._next:
            self.choose(str(self._found[0]["number"]))

    def _behind(self, page: Mapping[str, Any]) -> None:
        self._found = self._found + list(page["found"])
