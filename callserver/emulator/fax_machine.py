"""A fax machine that shares its line with a telephone, as those in offices do: Start is pressed within a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from twisted.internet.defer import Deferred

from callserver.dsp.frames import FloatArray
from callserver.emulator.phone import Phone, PhoneListener
from callserver.fax.machine import FaxMachine
from callserver.fax.modulations import Modulation
from callserver.fax.page import Page
from callserver.fax.t4.decoder import decode
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.coded import coded
from callserver.fax.t30.documents import PageNeeded, PageShape, ReceivedPage
from callserver.fax.t30.receiving import ReceivingTerminal
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station, Terminal

T = TypeVar("T")
ALL_SPEEDS = Capabilities(frozenset(set(Modulation) - {Modulation.V21}))


class TelephoneFax:
    """
    The machine beside one telephone. From Start on the line is its, until its fax is over.

    :param number: its own, as it tells the far end
    :param in_thread: where a page is coded, half a second's work with its rests: never in a reactor that has lines
    `received`: what has come, coded: `page_of` makes a page of it, which takes half a second.
    """

    def __init__(
        self,
        phone: Phone,
        number: str = "",
        capabilities: Capabilities = ALL_SPEEDS,
        *,
        in_thread: Callable[..., Deferred[Any]],
    ) -> None:
        self.received: list[ReceivedPage] = []
        self._phone, self._station, self._in_thread = phone, Station(capabilities, number), in_thread
        self._machine: FaxMachine[Terminal] | None = None

    def receive(self) -> Deferred[Outcome]:
        """Start is pressed with no paper in it; fires when the fax is over, the line still off hook."""
        over: Deferred[Outcome] = Deferred()

        def kept(page: ReceivedPage) -> None:
            self.received.append(page)
            machine.terminal.kept(page, machine.now_s)

        machine = FaxMachine(lambda ask: ReceivingTerminal(self._station, ask, kept, over.callback))
        return self._run(machine, over)

    def send(self, pages: Sequence[Page], *, calls: bool = False) -> Deferred[Outcome]:
        """
        Start is pressed with paper in it.

        :param calls: it has dialled by itself, and sends its calling tone
        """
        over: Deferred[Outcome] = Deferred()
        shapes = [PageShape(page.width, page.resolution, len(page.rows)) for page in pages]

        def needed(one: PageNeeded) -> None:
            scanned = self._in_thread(coded, pages[one.number], one.form)
            scanned.addCallback(lambda octets: machine.terminal.page_ready(one, octets, machine.now_s))
            scanned.addErrback(over.errback)

        machine = FaxMachine(
            lambda ask: SendingTerminal(self._station, shapes, ask, needed, over.callback, calls=calls)
        )
        return self._run(machine, over)

    @property
    def n_confirmed(self) -> int:
        """Pages of the fax under way, or the last one, that the far end has confirmed, or this one has."""
        return self._machine.terminal.n_confirmed if self._machine is not None else 0

    def hang_up(self) -> None:
        """On hook, in the middle of whatever it does."""
        if self._machine is not None:
            self._machine.terminal.line_gone(self._machine.now_s)
        self._phone.hang_up()

    def _run(self, machine: FaxMachine[Terminal], over: Deferred[Outcome]) -> Deferred[Outcome]:
        self._machine = machine
        listener = PhoneListener(on_sound=partial(self._exchange, machine))
        self._phone.attach(listener)

        def put_down(outcome: T) -> T:
            self._phone.detach(listener)
            return outcome

        return over.addBoth(put_down)

    def _exchange(self, machine: FaxMachine[Terminal], block: FloatArray) -> None:
        self._phone.transmitter.feed(machine.exchange(block.copy()))


def page_of(received: ReceivedPage) -> Page:
    """A page that came, as it is printed; for a thread."""
    return decode(received.octets, received.form.width, received.form.coding).page(received.form.resolution)
