"""
While a received page is being stored: what its sender hears meanwhile.

A race of two: the store answers when it is done, the sender asks again when its T4 has passed. With ECM it is told RNR
and asks by RR; without, it repeats its command. Whichever comes first: MCF is said once, and to a sender that listens.
"""

from __future__ import annotations

from callserver.fax.signals import Listen
from callserver.fax.t30.command import Until
from callserver.fax.t30.frames import Frame, Name
from callserver.fax.t30.receiver.acts import answer
from callserver.fax.t30.receiver.core import ReceivingCore
from callserver.fax.t30.receiver.inputs import ReceivingInputs as I
from callserver.fax.t30.receiver.page_reader import Post
from callserver.fax.t30.timers import KEEP_QUICKLY_S, T2_S, T4_MARGIN_S, T4_S, T5_S
from callserver.wire.fax_results import FaxResult as R


class Keeping(Until):
    """A page is being stored, and its sender waits: with ECM he is told so, without he repeats his command."""

    def __init__(self, core: ReceivingCore) -> None:
        super().__init__(core.now_s, T5_S)
        self.is_kept = self.was_told = False
        self.asked(core)

    def asked(self, core: ReceivingCore) -> None:
        """The sender waits from now on, for T4."""
        self.answer_until_s = core.now_s + T4_S - T4_MARGIN_S

    def may_answer(self, core: ReceivingCore) -> bool:
        """Would the answer meet a silent sender?"""
        return not self.was_told and core.now_s <= self.answer_until_s


def keep(inputs: I, core: ReceivingCore) -> Keeping:
    core.turns.listen(Listen(), KEEP_QUICKLY_S if core.agreement.ecm else T2_S)
    core.hand_over()
    return Keeping(core)


def kept(inputs: I, core: ReceivingCore, keeping: Keeping) -> None:
    keeping.is_kept = True
    core.trace.note("the page is stored")
    if keeping.may_answer(core):
        confirm(inputs, core)


def confirm(inputs: I, core: ReceivingCore) -> None:
    """Only now the sender may forget the page."""
    core.n_confirmed += 1
    answer(inputs, core)


def asked_again(inputs: I, core: ReceivingCore, keeping: Keeping, post: Post) -> None:
    """The sender repeats its command: it has had no answer, or has not heard RNR."""
    if post != core.judged:
        core.trace.note("another command before the answer to the last")
        return
    keeping.asked(core)
    if keeping.is_kept or core.agreement.ecm:
        asked_if_ready(inputs, core, keeping)


def asked_if_ready(inputs: I, core: ReceivingCore, keeping: Keeping) -> None:
    """RR."""
    if keeping.is_kept:
        confirm(inputs, core)
    elif keeping.left_s(core.now_s) > 0:
        tell_not_ready(inputs, core, keeping)
    else:
        inputs.end(R.NOT_KEPT)


def nothing_said(inputs: I, core: ReceivingCore, keeping: Keeping) -> None:
    """The first silence is our own slowness; the second is the far end's."""
    if core.agreement.ecm and not keeping.was_told:
        tell_not_ready(inputs, core, keeping)
    else:
        inputs.end(R.NO_ANSWER)


def tell_not_ready(inputs: I, core: ReceivingCore, keeping: Keeping) -> None:
    keeping.was_told = True
    core.say(Frame(Name.RNR), Listen())
