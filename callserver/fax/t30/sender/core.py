"""What a sender knows and does; when it does what is the matter of `machine`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from callserver.fax.modulations import Modulation
from callserver.fax.signals import FaxTone, Listen, SendFrames, SendImage, SendTone
from callserver.fax.t30.agreement import FALL_BACK, Agreement, agree, speeds
from callserver.fax.t30.capabilities import V17, Capabilities
from callserver.fax.t30.documents import PageNeeded, PageShape
from callserver.fax.t30.frames import Frame, Name, burst, identity_field
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sender.page_under_way import PageInBlocks, PlainPage
from callserver.fax.t30.sender.pieces import Piece, pieces
from callserver.fax.t30.terminal import Core, Station
from callserver.fax.t30.timers import PAGE_NOT_READY_S, T0_S, T1_S, T4_S

TCF_S = 1.5
MAX_REFUSALS = 3  # of one page, by RTN
MAX_PARTIAL_REFUSALS = 4  # of one block, by PPR, before CTC or EOR


class SendingCore(Core):
    """Pieces of pages are numbered from 0; `number` is the one that the far end has not confirmed yet."""

    agreement: Agreement  # from the first DIS on
    page: PlainPage | PageInBlocks  # from the first CFR on

    def __init__(
        self,
        own: Station,
        pages: Sequence[PageShape],
        on_need: Callable[[PageNeeded], None],
        on_over: Callable[[Outcome], None],
        on_confirmed: Callable[[int], None],
        *,
        calls: bool,
    ) -> None:
        super().__init__(own, on_over)
        self.pages, self.calls = pages, calls
        self._pieces: Sequence[Piece] = ()  # from the first DIS on: its machine's paper becomes no other
        self.number = self.n_refusals = 0
        self.is_alone = True  # in wanting to send
        self._is_trained = False  # V.17, by the TCF or the image before
        self._on_need, self._on_confirmed = on_need, on_confirmed
        self._far: Capabilities | None = None
        self._speeds: Sequence[Modulation] = ()
        self._needed: dict[int, PageNeeded] = {}
        self._ready: dict[int, bytes | None] = {}

    # Before the first page

    def call(self) -> None:
        """CNG if we dialled, and listen."""
        if self.calls:
            self.turns.say(SendTone(FaxTone.CNG), wait_s=0.0)
        else:
            self.turns.listen(Listen(), T0_S)

    @property
    def patience_s(self) -> float:
        """How long a DIS is waited for. Within a talk a voice is easily taken for a tone: that shall hurry nobody."""
        return T1_S if self.calls else max(T1_S, T0_S - self.elapsed_s)

    def identified(self, far: Capabilities) -> bool:
        """
        A DIS was heard, the first or one after EOM: a line does not become better by that.

        :return: is there any speed for both of us?
        """
        common = speeds(self.own.capabilities, far)
        if self._speeds:
            tried = FALL_BACK.index(self._speeds[0])
            common = [one for one in common if FALL_BACK.index(one) >= tried]
        self._far, self._speeds = far, common
        self._pieces = self._pieces or pieces(
            self.pages, min(self.own.capabilities.max_width, far.max_width), far.length
        )
        return bool(common)

    def lower(self, *, leave_v17: bool = False) -> bool:
        """Take the next lower speed, or the next of another modulation. :return: is there one?"""
        lower = [one for one in self._speeds[1:] if not (leave_v17 and one in V17)]
        if lower:
            self._speeds = lower
            self.agreement = replace(self.agreement, modulation=lower[0])
        return bool(lower)

    def say_training(self) -> None:
        """DCS and TCF for the page that is next; meanwhile it can be coded."""
        self.agreement = self._agree(self.number)
        self.agreed, self._is_trained = str(self.agreement), True
        self._need(self.number)
        frames = [Frame(Name.TSI, identity_field(self.own.number)), Frame(Name.DCS, self.agreement.dcs())]
        zeros = bytes(int(self.agreement.modulation.bit_rate * TCF_S / 8))
        self.trace.note(self.agreed)
        self.turns.say(
            SendFrames(burst(frames, from_sender=True)),
            SendImage(self.agreement.modulation, short=False, octets=zeros),
            wait_s=T4_S,
        )

    # Pages

    def is_ready(self) -> bool:
        """Is the next page coded, or known never to be?"""
        self._need(self.number)
        return self.number in self._ready

    def wait_for_page(self) -> None:
        self.turns.listen(Listen(), PAGE_NOT_READY_S)

    def page_ready(self, needed: PageNeeded, octets: bytes | None) -> bool:
        """A page was coded; `None`: it never will be. :return: is it the one that is waited for?"""
        number = next((number for number, one in self._needed.items() if one == needed), None)
        if number is None:
            return False  # in the meantime it is needed in another form, or no longer
        self._ready[number] = octets
        return number == self.number

    def take_page(self) -> bool:
        """Begin with the page that is next. :return: is it there?"""
        octets = self._ready[self.number]
        if octets is None:
            return False
        command = self._command()
        if self.agreement.ecm:
            self.page = PageInBlocks(octets, command, self.number, self.agreement.frame_octets)
        else:
            self.page = PlainPage(octets, command)
        return True

    def say_page(self) -> None:
        """The image, or what is missing of it, and the command after it."""
        if self._command() is Name.MPS:
            self._need(self.number + 1)
        modulation = self.agreement.modulation
        image = SendImage(modulation, self._is_trained and modulation in V17, self.page.octets(self.agreement))
        self._is_trained = True
        self.turns.say(image, _frames(self.page.post_command()), wait_s=T4_S)

    def say_post_command(self) -> None:
        """Once more, without the image."""
        self.say(self.page.post_command())

    def say_correction(self) -> None:
        """CTC: the rest of the block comes at another speed."""
        self._is_trained = False
        self.say(Frame(Name.CTC, self.agreement.dcs()[:2]))

    def say(self, frame: Frame) -> None:
        """A command that wants an answer."""
        self.turns.say(_frames(frame), wait_s=T4_S)

    def confirmed(self) -> Name:
        """The piece is the far end's now. :return: what we had told would follow it: MPS, EOM or EOP"""
        command, is_whole = self._command(), self._pieces[self.number].is_last
        self._ready.pop(self.number, None)
        self._needed.pop(self.number, None)
        self.number += 1
        self.n_refusals = 0
        if is_whole:
            self.n_confirmed += 1
            self._on_confirmed(self.n_confirmed)
        return command

    def refused(self) -> bool:
        """The page must be sent again, slower if possible. :return: is it worth it?"""
        self.n_refusals += 1
        self.lower()
        return self.n_refusals < MAX_REFUSALS

    def _agree(self, number: int) -> Agreement:
        assert self._far is not None  # no training before a DIS
        return agree(self.own.capabilities, self._far, self.pages[self._pieces[number].page], self._speeds[0])

    def _command(self) -> Name:
        if self.number + 1 == len(self._pieces):
            return Name.EOP
        return Name.MPS if self._agree(self.number + 1) == self._agree(self.number) else Name.EOM

    def _need(self, number: int) -> None:
        piece = self._pieces[number]
        form = replace(self._agree(number).form, first_row=piece.first_row, end_row=piece.end_row)
        needed = PageNeeded(piece.page, form)
        if self._needed.get(number) != needed:
            self._needed[number] = needed
            self._ready.pop(number, None)
            self._on_need(needed)


def _frames(frame: Frame) -> SendFrames:
    return SendFrames(burst([frame], from_sender=True))
