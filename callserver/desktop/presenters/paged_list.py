"""Lists that the server tells page by page."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from twisted.internet.defer import Deferred

from callserver.desktop.presenters.presenter import Data, Presenter
from callserver.desktop.presenters.workplace import Workplace

Page = Mapping[str, Any]


class PagedList(Presenter[Data]):
    """
    What comes for a list that is not shown any more is dropped; a page that did not come can be asked for again.

    A further page is only taken where the list still ends at its place: the first may have been asked for anew.
    """

    def __init__(self, work: Workplace, show: Callable[[Data], None]) -> None:
        super().__init__(work, show)
        self._next = ""  # the place of the next page; "": there is none
        self._asked_for = ""  # the place of the page that is being asked for
        self._n_lists = 0

    @abstractmethod
    def ask_page(self, place: str) -> Deferred[Page]:
        """Of the list that is shown; the first has the place ""."""

    @abstractmethod
    def _first(self, page: Page) -> None:
        """Put the first page down, and the place of the next one."""

    @abstractmethod
    def _behind(self, page: Page) -> None:
        """Put a page down behind the others."""

    def more(self) -> None:
        """The end of the list has come in sight: the next page."""
        if self._next and self._next != self._asked_for:
            self._ask(self._next)

    def _another_list(self) -> None:
        """What has been asked for until now is not wanted any more."""
        self._n_lists += 1
        self._next = self._asked_for = ""

    def _ask_first(self) -> None:
        self._ask("")

    def _ask(self, place: str) -> None:
        number = self._n_lists
        self._asked_for = place

        def over(answer: Any) -> Any:
            if place == self._asked_for:
                self._asked_for = ""
            return answer

        def came(page: Page) -> None:
            if number == self._n_lists and not place:
                self._first(page)
            elif number == self._n_lists and place == self._next:
                self._next = page["next"]
                self._behind(page)

        self.do(self.ask_page(place).addBoth(over), came)
