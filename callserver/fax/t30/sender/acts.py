"""What a sender does in each transition of `machine`."""

from __future__ import annotations

from callserver.fax.signals import Listen
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.command import Command, Goodbye, Until
from callserver.fax.t30.frames import Frame, Name
from callserver.fax.t30.sender.core import MAX_PARTIAL_REFUSALS, SendingCore
from callserver.fax.t30.sender.inputs import SendingInputs as I
from callserver.fax.t30.sender.page_under_way import PageInBlocks
from callserver.fax.t30.timers import T0_S, T1_S, T5_S
from callserver.wire.fax_results import FaxResult as R


class NotReady(Until):
    """RR is said as often as RNR comes, for T5."""

    def __init__(self, core: SendingCore) -> None:
        super().__init__(core.now_s, T5_S)
        self._core = core
        self.command = Command(self._say)

    def ask(self) -> None:
        """Say RR again, with three new tries."""
        self.command.begin(self._say)

    def _say(self) -> None:
        self._core.say(Frame(Name.RR))


# What a state has of its own; made when it is entered.


def call(inputs: I, core: SendingCore) -> Until:
    core.call()
    return Until(core.now_s, T0_S)


def wait_for_dis(inputs: I, core: SendingCore) -> Until:
    return Until(core.now_s, core.patience_s)


def train(inputs: I, core: SendingCore) -> Command:
    return Command(core.say_training)


def prepare(inputs: I, core: SendingCore, data: object) -> None:
    """The page that is next may be coded by now, or will be told."""
    core.wait_for_page()
    if core.is_ready():
        inputs.page_ready()


def post(inputs: I, core: SendingCore) -> Command:
    return Command(core.say_page, core.say_post_command)


def not_ready(inputs: I, core: SendingCore) -> NotReady:
    return NotReady(core)


def correct(inputs: I, core: SendingCore) -> Command:
    return Command(core.say_correction)


def give_up(inputs: I, core: SendingCore, eor: Frame) -> Command:
    return Command(lambda: core.say(eor))


def say_goodbye(inputs: I, core: SendingCore, result: R) -> Goodbye:
    core.say_goodbye(from_sender=True)
    return Goodbye(result)


# Calling and agreeing


def call_on(inputs: I, core: SendingCore, until: Until) -> None:
    if until.left_s(core.now_s) > 0:
        core.call()
    else:
        inputs.end(R.NO_FAX if core.is_alone else R.BOTH_SEND)


def heard_somebody(inputs: I, core: SendingCore, until: Until) -> None:
    core.turns.wait(core.patience_s)


def listen_on(inputs: I, core: SendingCore, until: Until) -> None:
    if (left_s := until.left_s(core.now_s)) > 0:
        core.turns.listen(Listen(), left_s)
    else:
        inputs.end(R.NO_IDENTIFICATION if core.is_alone else R.BOTH_SEND)


def listen_for_dis(inputs: I, core: SendingCore, data: object) -> None:
    core.turns.listen(Listen(), T1_S)


def choose(inputs: I, core: SendingCore, until: Until, far: Capabilities) -> None:
    if not far.can_receive or not core.identified(far):
        inputs.end(R.CANNOT_RECEIVE)
    else:
        inputs.train()


def refuse_poll(inputs: I, core: SendingCore, until: Until) -> None:
    """Who wants to fetch cannot be given anything: that is told at once, not left to T1."""
    inputs.end(R.POLLING_REFUSED)


def train_again(inputs: I, core: SendingCore, command: Command, far: Capabilities) -> None:
    say_again(inputs, core, command)


def train_slower(inputs: I, core: SendingCore, command: Command) -> None:
    if core.lower():
        command.begin(core.say_training)
    else:
        inputs.end(R.TRAINING_FAILED)


# Pages


def take_page(inputs: I, core: SendingCore) -> None:
    if core.take_page():
        inputs.post()
    else:
        inputs.end(R.PAGE_GONE)


def page_is_late(inputs: I, core: SendingCore) -> None:
    inputs.end(R.PAGE_LATE)


def post_next(inputs: I, core: SendingCore, command: Command) -> None:
    command.begin(core.say_page, core.say_post_command)


# What the far end answers


def confirmed(inputs: I, core: SendingCore, data: object) -> None:
    """MCF, also PIP: no operator of ours will come."""
    if not core.page.went_well():
        inputs.post()
        return
    follows = core.confirmed()
    if follows is Name.EOP:
        inputs.end(R.SUCCESS)
    elif follows is Name.EOM:
        inputs.identify()
    else:
        inputs.turn_page()


def confirmed_badly(inputs: I, core: SendingCore, data: object) -> None:
    """RTP: the page is taken, but the modems need a training."""
    if core.page.went_well() and core.confirmed() is Name.EOP:
        inputs.end(R.SUCCESS)
    else:
        inputs.train()


def refused(inputs: I, core: SendingCore, data: object) -> None:
    """RTN, also PIN."""
    if core.refused():
        inputs.train()
    else:
        inputs.end(R.PAGE_REFUSED)


def wanted_again(inputs: I, core: SendingCore, data: object, wanted: bytes) -> None:
    """PPR. When nothing at all comes over by V.17, its short training may be what fails."""
    page = core.page
    if not isinstance(page, PageInBlocks):
        core.trace.note("PPR means nothing without ECM")
        return
    everything = page.wanted_again(wanted)
    if page.n_refusals < MAX_PARTIAL_REFUSALS:
        inputs.post()
    elif core.lower(leave_v17=everything):
        page.n_refusals = 0
        inputs.correct()
    else:
        inputs.give_up(page.given_up())


def ask_again(inputs: I, core: SendingCore, not_ready: NotReady) -> None:
    """RNR."""
    if not_ready.left_s(core.now_s) > 0:
        not_ready.ask()
    else:
        inputs.end(R.NOT_READY)


def ask_once_more(inputs: I, core: SendingCore, not_ready: NotReady) -> None:
    """Nothing came after RR."""
    say_again(inputs, core, not_ready.command)


def lost(inputs: I, core: SendingCore, data: object) -> None:
    """ERR: the page has a hole, so it never counts as confirmed, and the rest is not worth the call."""
    inputs.end(R.PAGE_REFUSED)


def say_again(inputs: I, core: SendingCore, command: Command) -> None:
    """Nothing came, or CRP."""
    if not command.again():
        inputs.end(R.NO_ANSWER)


# The end


def hung_up(inputs: I, core: SendingCore, data: object = None) -> None:
    """DCN where it ends nothing well."""
    core.finish(R.HUNG_UP)


def gone(inputs: I, core: SendingCore, result: R) -> None:
    core.finish(result)


def gone_from(inputs: I, core: SendingCore, data: object, result: R) -> None:
    """From a state that has something of its own."""
    core.finish(result)


def said_goodbye(inputs: I, core: SendingCore, goodbye: Goodbye, result: R | None = None) -> None:
    """Or the call ended before: all that mattered had been said."""
    core.finish(goodbye.result)
