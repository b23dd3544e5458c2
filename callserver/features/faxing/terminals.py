"""The T.30 side of our faxes: pages are coded, decoded, kept in threads, and the procedure is told when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.fax.modulations import Modulation
from callserver.fax.signals import Asked
from callserver.fax.t30.documents import PageNeeded, ReceivedPage
from callserver.fax.t30.receiving import ReceivingTerminal
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station, Terminal
from callserver.features.faxing.papers import Papers, Sending, Top, no_line

log = Logger()

Make = Callable[[Callable[[Asked], None], frozenset[Modulation]], Terminal]
"""Makes a terminal, with what it asks the modem below by, and the modulations that has."""
SOFT = frozenset(Modulation) - {Modulation.V21}  # all that the soft modems have


class Machine(Protocol):
    """A fax machine at work, over sound or by a modem."""

    @property
    def terminal(self) -> Any: ...
    @property
    def now_s(self) -> float:
        """The time of its procedure."""


@dataclass(frozen=True)
class OurSide:
    """
    What each fax of ours needs: where pages are kept, who we are.

    `top`: what stands above the pages that are sent to a number
    """

    papers: Papers
    in_thread: Callable[..., Deferred[Any]]
    station: Station
    top: Callable[[str], Top] = lambda number: no_line

    def sender(
        self,
        sending: Sending,
        number: str,
        over: Deferred[Outcome],
        at_work: Callable[[], Machine | None],
        on_confirmed: Callable[[int], None],
        *,
        calls: bool,
    ) -> Make:
        """
        :param number: of the far end, for what stands above the pages
        :param over: fires with what has come of it
        :param at_work: the machine, while it is
        :param on_confirmed: told how many pages the far end has confirmed by now
        """
        top = self.top(number)

        def needed(page: PageNeeded) -> None:
            coded = self.in_thread(sending.coded, page.number, page.form, top)
            coded.addCallbacks(ready, gone, callbackArgs=(page,), errbackArgs=(page,))
            coded.addErrback(lambda failure: log.failure("a page of a fax could not be given", failure))

        def ready(octets: bytes, page: PageNeeded) -> None:
            if (machine := at_work()) is not None:
                machine.terminal.page_ready(page, octets, machine.now_s)

        def gone(failure: Failure, page: PageNeeded) -> None:
            log.failure("page {page} of a fax cannot be had", failure, page=page.number + 1)
            if (machine := at_work()) is not None:
                machine.terminal.page_gone(page, machine.now_s)

        return lambda ask, modulations: SendingTerminal(
            self._station(modulations), sending.shapes, ask, needed, _to(over), on_confirmed, calls=calls
        )

    def receiver(
        self,
        file: str,
        over: Deferred[Outcome],
        at_work: Callable[[], Machine | None],
        on_kept: Callable[[int], None],
        on_trouble: Callable[[BaseException], None],
    ) -> Make:
        """
        :param on_kept: told how many pages are on disk by now
        :param on_trouble: told why one is not
        """

        def received(page: ReceivedPage) -> None:
            keeping = self.in_thread(self.papers.keep, file, page)
            keeping.addCallbacks(kept, not_kept, callbackArgs=(page,), errbackArgs=(page,))
            keeping.addErrback(lambda failure: log.failure("a page of a fax could not be told kept", failure))

        def kept(pages: int, page: ReceivedPage) -> None:
            on_kept(pages)
            if (machine := at_work()) is not None:
                machine.terminal.kept(page, machine.now_s)

        def not_kept(failure: Failure, page: ReceivedPage) -> None:
            assert failure.value is not None
            on_trouble(failure.value)
            if (machine := at_work()) is not None:
                machine.terminal.not_kept(page, machine.now_s)

        return lambda ask, modulations: ReceivingTerminal(self._station(modulations), ask, received, _to(over))

    def _station(self, modulations: frozenset[Modulation]) -> Station:
        """We, with what the modem below can do."""
        return replace(self.station, capabilities=replace(self.station.capabilities, modulations=modulations))


def _to(over: Deferred[Outcome]) -> Callable[[Outcome], None]:
    return lambda outcome: None if over.called else over.callback(outcome)
