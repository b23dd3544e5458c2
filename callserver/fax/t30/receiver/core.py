"""What a receiver knows and does; when it does what is the matter of `machine`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from callserver.fax.modulations import Modulation
from callserver.fax.signals import FaxTone, Listen, SendFrames, SendTone
from callserver.fax.t30.agreement import Agreement
from callserver.fax.t30.capabilities import V17
from callserver.fax.t30.documents import ReceivedPage
from callserver.fax.t30.frames import Frame, Name, burst, identity_field
from callserver.fax.t30.receiver.page_reader import BlocksReader, PageReader, PlainReader, Post
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.terminal import Core, Station
from callserver.fax.t30.timers import DIS_AGAIN_S, IMAGE_WAIT_S, MAX_PAGES, T2_S, TCF_WAIT_S
from callserver.wire.fax_results import FaxResult

BEFORE_IMAGE = frozenset({Name.CFR, Name.CTR, Name.PPR, Name.MCF, Name.ERR})


class ReceivingCore(Core):
    """Pages are numbered from 0; `number` is the next that will be kept: one with a hole has none."""

    agreement: Agreement  # from the first DCS on
    page: PageReader

    def __init__(
        self,
        own: Station,
        on_page: Callable[[ReceivedPage], None],
        on_over: Callable[[Outcome], None],
        *,
        sends_ced: bool,
    ) -> None:
        super().__init__(own, on_over)
        self.number = 0
        self.judged: Post | None = None  # the last command after a page, and what we answered
        self.answer = Frame(Name.FTT)
        self.is_alone = True  # in wanting to receive
        self.handed_over: ReceivedPage | None = None
        self._image_end_s = self._flags_at_s = 0.0
        self.result_at_end = FaxResult.HUNG_UP
        self._has_holes = False  # some page was given up by the sender
        self._on_page = on_page
        self._sends_ced = sends_ced
        self._image = Listen()  # for the next page

    # Before the first page

    def identify(self) -> None:
        """DIS, the first time after CED."""
        frames = [
            Frame(Name.CSI, identity_field(self.own.number)),
            Frame(Name.DIS, self.own.capabilities.dis()),
        ]
        ced = [SendTone(FaxTone.CED)] if self._sends_ced else []
        self._sends_ced = False
        self.turns.say(*ced, SendFrames(burst(frames, from_sender=False)), wait_s=DIS_AGAIN_S)

    def other_dis(self, field: bytes) -> None:
        """The far end wants to receive, too: perhaps its owner presses the other key yet. Our own is our echo."""
        self.is_alone = self.is_alone and field == self.own.capabilities.dis()

    def commanded(self, agreement: Agreement) -> None:
        """A DCS was heard."""
        self.agreement, self.agreed = agreement, str(agreement)
        self.trace.note(self.agreed)
        self.result_at_end = FaxResult.HUNG_UP
        self.judged = None
        self.new_page()

    def listen_for_training(self, wait_s: float = TCF_WAIT_S) -> None:
        self.turns.listen(Listen(self.agreement.modulation, short=False), wait_s)

    def say_training_result(self, *, good: bool) -> None:
        """CFR, then a page comes; or FTT, then DCS again."""
        self.answer = Frame(Name.CFR if good else Name.FTT)
        self._image = Listen(self.agreement.modulation, short=self.agreement.modulation in V17) if good else Listen()
        self.say_answer()

    # Pages

    def new_page(self) -> None:
        reader = BlocksReader if self.agreement.ecm else PlainReader
        self.page = reader(self.agreement)

    def listen_for_page(self) -> None:
        self.turns.listen(self._image, IMAGE_WAIT_S)

    def flags(self) -> None:
        """A burst of V.21 begins."""
        self._flags_at_s = self.now_s

    def image_ends(self) -> None:
        """A command must come next."""
        self._image_end_s = self.now_s
        self.listen_for_command()

    def listen_for_command(self) -> None:
        self.turns.listen(Listen(), T2_S)

    def is_foreign(self, post: Post) -> bool:
        """ECM has its own commands, and they mean nothing without it."""
        return self.agreement.ecm != (post.block is not None)

    def is_repeated(self, post: Post) -> bool:
        """
        Has our answer to this command been lost? Then the same answer is given, and nothing is taken twice.

        With ECM a block that we want something of again is simply judged again, whatever came of it.
        """
        is_final = self.answer.name not in (Name.PPR, Name.CTR)
        return post == self.judged and is_final and not self.page.was_heard

    def judge(self, post: Post) -> None:
        """What will be answered to this command."""
        self.answer, self.judged = self.page.judge(post, self._flags_at_s - self._image_end_s), post
        self.trace.note(self.page.found)
        if self.answer.name is Name.RTN:
            self.result_at_end = FaxResult.PAGE_REFUSED  # unless it comes again
            self.new_page()

    @property
    def follows(self) -> Name | None:
        """What the last command said that follows."""
        return self.judged.follows if self.judged else None

    @property
    def ends_page(self) -> bool:
        """Does our answer to the last command let the sender leave its page?"""
        return self.follows is not None and self.answer.name in (Name.MCF, Name.RTP, Name.ERR)

    @property
    def is_page_good(self) -> bool:
        return self.ends_page and not self.page.is_lost

    def hand_over(self) -> None:
        """The page to whoever keeps it."""
        self.handed_over = self.page.page(self.number)
        self._on_page(self.handed_over)

    def page_over(self) -> None:
        """The next page begins, or there is none."""
        self._has_holes = self._has_holes or self.page.is_lost
        self.number += not self.page.is_lost
        self.new_page()
        if self.follows is Name.EOP:
            self.result_at_end = FaxResult.PAGE_REFUSED if self._has_holes else FaxResult.SUCCESS

    @property
    def has_too_many(self) -> bool:
        return self.number >= MAX_PAGES

    def change_speed(self, modulation: Modulation) -> None:
        """CTC: the rest of the block comes so, with a long training first."""
        self.agreement = replace(self.agreement, modulation=modulation)
        self.agreed = str(self.agreement)
        self.answer = Frame(Name.CTR)
        self._image = Listen(modulation, short=False)

    def give_block_up(self, post: Post) -> None:
        """EOR: the page will have a hole."""
        self.page.lose_block()
        self.answer, self.judged = Frame(Name.ERR), post

    def image_begins(self) -> None:
        """After a long training after CTR the short one is due."""
        self._image = Listen(self.agreement.modulation, short=self.agreement.modulation in V17)
        self.page.burst_begins()

    def say_answer(self) -> None:
        """The last answer, for the first time or again."""
        is_last = self.ends_page and self.follows is not Name.MPS
        awaits_image = self.answer.name in BEFORE_IMAGE and not is_last
        self.say(self.answer, self._image if awaits_image else Listen())

    def say(self, frame: Frame, listen: Listen) -> None:
        wait_s = IMAGE_WAIT_S if listen.image else T2_S
        self.turns.say(SendFrames(burst([frame], from_sender=False)), listen=listen, wait_s=wait_s)
