"""What the presenters of all screens have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.desktop.listener import AgentListener
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import Complaint
from callserver.wire.refusals import Refused

log = Logger()
Data = TypeVar("Data")


class Presenter(AgentListener, Generic[Data]):
    """
    Turns what the server tells into what one screen shows, and what a person does there into acts.

    `data` is a pure function of model and own state; `refresh` shows it where it is another one than before. So a
    presenter overrides what it wants to be told of and says `refresh`, and no screen is painted twice with the same.
    What an act is refused with stands in `problem` until the next act is done.

    :param show: paints a `Data`, a frozen dataclass of what a person sees
    """

    def __init__(self, work: Workplace, show: Callable[[Data], None]) -> None:
        self.work, self.model, self.client = work, work.model, work.client
        self.problem = ""
        self._show = show
        self._shown: Data | None = None
        self._endings: list[Callable[[], None]] = []
        self._is_over = False
        self._under_way: set[str] = set()  # what must not be done twice
        self._once_more: set[str] = set()  # of it, what was asked for again meanwhile

    @abstractmethod
    def data(self) -> Data:
        """What the screen shows now."""

    def start(self) -> None:
        """Watch, and show at once."""
        self._endings, self._is_over = [self.model.watch(self)], False
        self.refresh()

    def count_seconds(self) -> None:
        """Show once a second, too: for screens with clocks."""
        self._endings.append(self.work.seconds.watch(self.refresh))

    def stop(self) -> None:
        """Watch no more, and show no more: what is answered later finds no widgets any more."""
        endings, self._endings, self._is_over = self._endings, [], True
        for end in endings:
            end()

    def refresh(self) -> None:
        """Show what there is to see, if it is something else."""
        data = None if self._is_over else self.data()
        if data is not None and data != self._shown:
            self._shown = data
            self._show(data)

    def show_again(self) -> None:
        """What is shown looks otherwise now: in another theme."""
        if self._shown is not None:
            self._show(self._shown)

    def do(self, asked: Deferred[Any], then: Callable[[Any], None] | None = None) -> None:
        """Wait for an act: what comes of it goes to `then`; why it was not done is shown."""
        self.problem = ""
        asked.addCallback(self._show_answer, then or (lambda answer: None))
        asked.addErrback(self._not_done)
        asked.addBoth(lambda _: self.refresh())

    def do_once(
        self,
        act: str,
        ask: Callable[[], Deferred[Any]],
        then: Callable[[Any], None] | None = None,
        anew: bool = False,
    ) -> None:
        """
        The same, unless this act still waits for its answer: Enter pressed twice is one.

        :param anew: it only asks how something is, and after the answer asks once more: it may have changed meanwhile
        """
        if act in self._under_way:
            if anew:
                self._once_more.add(act)
            return

        def over(answer: Any) -> Any:
            self._under_way.discard(act)
            if act in self._once_more and not self._is_over:
                self.do_once(act, ask, then)
            self._once_more.discard(act)
            return answer

        self._under_way.add(act)
        self.do(ask().addBoth(over), then)

    def _show_answer(self, answer: Any, then: Callable[[Any], None]) -> None:
        """What cannot be shown is as if it had not come: kept, it would break the screen at each later event."""
        before = dict(vars(self))
        try:
            then(answer)
            self.refresh()
        except Exception:
            vars(self).clear()
            vars(self).update(before)
            raise

    def _not_done(self, failure: Failure) -> None:
        problem = failure.value
        if isinstance(problem, Refused | Complaint):
            self.problem = self.work.told(problem)
        elif not isinstance(problem, CancelledError):
            log.failure("{presenter} broke", failure, presenter=type(self).__name__)
            self.problem = self.work.words("This did not work; the program's log says why")
