"""Looking for a customer: by number, name, member number or address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from callserver.desktop.presenters.presenter import Presenter
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


class FindCustomer(Presenter[FindCustomerData]):
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
        self._next = ""
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
        self._words, self._next = words, ""
        self.do(self.client.ask("find_customers", words, ""), partial(self._first, words))

    def more(self) -> None:
        """The next fifty."""
        if self._next:
            words, place, self._next = self._words, self._next, ""
            self.do(self.client.ask("find_customers", words, place), partial(self._behind, words))

    def choose(self, member: str) -> None:
        """This one is meant."""
        self.work.record.choose(member)
        self._done()

    def _first(self, words: str, answer: Mapping[str, Any]) -> None:
        if words != self._words:
            return  # others are looked for by now
        self._n_answers += 1
        self._found, self._next = list(answer["found"]), answer["next"]
        if len(self._found) == 1 and not self._next:
            self.choose(str(self._found[0]["number"]))

    def _behind(self, words: str, answer: Mapping[str, Any]) -> None:
        if words == self._words:
            self._found, self._next = self._found + list(answer["found"]), answer["next"]
