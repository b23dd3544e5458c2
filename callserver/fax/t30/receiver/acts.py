"""What a receiver does in each transition of `machine`."""

from __future__ import annotations

from callserver.fax.modulations import Modulation
from callserver.fax.t30.agreement import Agreement
from callserver.fax.t30.command import Goodbye, Until
from callserver.fax.t30.frames import Name
from callserver.fax.t30.receiver.core import ReceivingCore
from callserver.fax.t30.receiver.inputs import ReceivingInputs as I
from callserver.fax.t30.receiver.page_reader import Post
from callserver.fax.t30.receiver.training_check import TrainingCheck
from callserver.fax.t30.timers import T1_S, TCF_WAIT_S
from callserver.wire.fax_results import FaxResult as R


class Training(Until):
    """A TCF is awaited, or being heard."""

    def __init__(self, core: ReceivingCore) -> None:
        self.begin(core)

    def begin(self, core: ReceivingCore) -> None:
        """From here on."""
        super().__init__(core.now_s, TCF_WAIT_S)
        self.check = TrainingCheck(core.agreement.modulation)
        core.listen_for_training()


# What a state has of its own; made when it is entered.


def identify(inputs: I, core: ReceivingCore) -> Until:
    core.identify()
    return Until(core.now_s, T1_S)


def listen_for_training(inputs: I, core: ReceivingCore) -> Training:
    return Training(core)


def say_goodbye(inputs: I, core: ReceivingCore, result: R) -> Goodbye:
    core.say_goodbye(from_sender=False)
    return Goodbye(result)


# Agreeing and training


def identify_again(inputs: I, core: ReceivingCore, until: Until) -> None:
    if until.left_s(core.now_s) > 0:
        core.identify()
    else:
        inputs.end(R.NO_IDENTIFICATION if core.is_alone else R.BOTH_RECEIVE)


def repeat_identification(inputs: I, core: ReceivingCore) -> None:
    """CRP."""
    core.identify()


def commanded(inputs: I, core: ReceivingCore, agreement: Agreement) -> None:
    core.commanded(agreement)
    inputs.train()


def refuse_poll(inputs: I, core: ReceivingCore) -> None:
    """There is nothing to poll, and DCN is the polite answer."""
    inputs.end(R.POLLING_REFUSED)


def train_anew(inputs: I, core: ReceivingCore, training: Training) -> None:
    training.begin(core)


def check_training(inputs: I, core: ReceivingCore, training: Training, octets: bytes) -> None:
    training.check.feed(octets)


def training_over(inputs: I, core: ReceivingCore, training: Training) -> None:
    """What was no TCF may have been a noise before it: then only the time tells that none will come."""
    left_s = training.left_s(core.now_s)
    if training.check.is_whole or left_s <= 0:
        training_judged(inputs, core, training)
    else:
        core.listen_for_training(left_s)


def training_judged(inputs: I, core: ReceivingCore, training: Training) -> None:
    """CFR or FTT; what was not offered is refused only now, when the sender listens."""
    if not core.agreement.is_within(core.own.capabilities):
        inputs.end(R.IMPOSSIBLE)
        return
    core.say_training_result(good=training.check.is_good)
    if training.check.is_good:
        inputs.await_page()
    else:
        inputs.retrain()


# Pages


def image_begins(inputs: I, core: ReceivingCore) -> None:
    core.image_begins()


def image_began(inputs: I, core: ReceivingCore, octets: bytes) -> None:
    """Octets of whose training nothing was told."""
    core.image_begins()
    core.page.feed(octets)


def image_goes_on(inputs: I, core: ReceivingCore, octets: bytes) -> None:
    core.page.feed(octets)
    if core.page.is_too_long:
        inputs.end(R.TOO_LONG)


def image_ends(inputs: I, core: ReceivingCore) -> None:
    core.image_ends()


def image_not_understood(inputs: I, core: ReceivingCore) -> None:
    """A carrier that did not train: perhaps a noise, perhaps the page."""
    core.page.carrier()
    core.listen_for_page()


def posted(inputs: I, core: ReceivingCore, post: Post) -> None:
    """A command after an image, or after an image that was not heard; or our answer to it was lost."""
    if core.is_foreign(post):
        core.trace.note("no command of this mode")
    elif core.is_repeated(post):
        say_and_follow(inputs, core)
    elif core.has_too_many:
        inputs.end(R.TOO_MANY_PAGES)
    else:
        core.judge(post)
        if core.is_page_good:
            inputs.keep()
        else:
            answer(inputs, core)


def answer(inputs: I, core: ReceivingCore) -> None:
    """Say what was judged."""
    if core.ends_page:
        core.page_over()
    say_and_follow(inputs, core)


def say_and_follow(inputs: I, core: ReceivingCore) -> None:
    """Say the answer, for the first time or again; what comes next depends on it and on the command."""
    core.say_answer()
    follows, wants_training = core.follows, core.answer.name in (Name.RTN, Name.RTP)
    if follows is Name.EOM and (core.ends_page or wants_training):
        inputs.await_document()
    elif wants_training:
        inputs.retrain()
    elif follows is Name.EOP and core.ends_page:
        inputs.await_goodbye()
    else:
        inputs.await_page()


def answer_again(inputs: I, core: ReceivingCore) -> None:
    """CRP, or RR after the answer that it waits for."""
    core.say_answer()


def answer_repeated(inputs: I, core: ReceivingCore, post: Post) -> None:
    """Where no page can have come in between, only the same command makes sense."""
    if core.is_repeated(post):
        core.say_answer()
    else:
        core.trace.note("a command without a page")


def change_speed(inputs: I, core: ReceivingCore, modulation: Modulation) -> None:
    """CTC."""
    if not core.agreement.ecm or modulation not in core.own.capabilities.modulations:
        core.trace.note("CTC for what was not offered")
        return
    core.change_speed(modulation)
    say_and_follow(inputs, core)


def give_up(inputs: I, core: ReceivingCore, post: Post) -> None:
    """EOR: the page will have a hole, so it is not kept."""
    if not core.agreement.ecm:
        core.trace.note("no command of this mode")
    elif core.answer.name is Name.ERR and core.is_repeated(post):
        say_and_follow(inputs, core)
    else:
        core.give_block_up(post)
        answer(inputs, core)


# The end


def fell_silent(inputs: I, core: ReceivingCore) -> None:
    inputs.end(R.NO_ANSWER)


def hung_up(inputs: I, core: ReceivingCore, data: object = None) -> None:
    """DCN: well, if the last page is confirmed."""
    core.finish(core.result_at_end)


def gone(inputs: I, core: ReceivingCore, result: R) -> None:
    core.finish(result)


def gone_from(inputs: I, core: ReceivingCore, data: object, result: R) -> None:
    """From a state that has something of its own."""
    core.finish(result)


def gone_at_last(inputs: I, core: ReceivingCore, result: R) -> None:
    """Nothing but DCN was to come."""
    core.finish(core.result_at_end)


def said_goodbye(inputs: I, core: ReceivingCore, goodbye: Goodbye, result: R | None = None) -> None:
    core.finish(goodbye.result)
