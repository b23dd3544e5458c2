"""
The life of a session in which we receive.

    new               begin                         -> identifying
    identifying       DCS: as we offered            -> training          no DCS for T1, or DTC    -> goodbye
    training          TCF good (CFR)                -> awaiting page     bad, or none (FTT)       -> retraining
    retraining        DCS                           -> training          nothing for T2           -> goodbye
    awaiting page     an image                      -> receiving         nothing for T2           -> goodbye
                      a command though no image was heard: as in awaiting command
    receiving         the image ends                -> awaiting command
    awaiting command  a page, good enough           -> keeping
                      a block (MCF), or what is missing of one (PPR) -> awaiting page
                      too bad a page (RTN)          -> retraining
                      EOR, of a page with a hole (ERR): as after keeping
    keeping           stored, MPS (MCF)             -> awaiting page     stored, but not well (RTP) -> retraining
                      stored, EOM                   -> after document
                      stored, EOP                   -> after last
                      not stored                    -> goodbye
    after document    T2 of silence                 -> identifying       DTC: nothing to poll     -> goodbye
    after last        DCN, or T2 of silence         -> over
    goodbye           DCN is on the line            -> over
    anywhere          DCS                           -> training          DCN heard, the call's end -> over

Invariants:

- MCF and RTP for the end of a page are said from one place, after the store has answered that it is kept, and that is
  the only place where a page is counted. Whoever is killed before has confirmed nothing. The one exception is a page of
  which the sender has given a block up (EOR): he knows that it has a hole, ECM has no other answer to its last block
  than MCF, and the session is no success.
- A sender that has not heard our answer repeats its command. The same command, with no image in between, gets the same
  answer, and nothing is handed over again.
- While a page is stored the sender is not left in silence: with ECM it hears RNR, without it is answered within its T4
  or, if that has passed, when it repeats its command: never in the middle of its own sending.
- Each state waits with a bound: T1, T2, T5, or that of the session.
"""

from __future__ import annotations

from collections.abc import Callable

from automat import TypeMachineBuilder

from callserver.fax.t30.receiver import acts
from callserver.fax.t30.receiver import keeping as keep
from callserver.fax.t30.receiver.core import ReceivingCore
from callserver.fax.t30.receiver.inputs import ReceivingInputs
from callserver.fax.t30.receiver.inputs import ReceivingInputs as I


def _build() -> Callable[[ReceivingCore], ReceivingInputs]:
    builder = TypeMachineBuilder(ReceivingInputs, ReceivingCore)
    new = builder.state("new")
    identifying = builder.state("identifying", acts.identify)
    training = builder.state("training", acts.listen_for_training)
    retraining = builder.state("retraining")
    awaiting_page = builder.state("awaiting a page")
    receiving = builder.state("receiving a page")
    awaiting_command = builder.state("awaiting a command")
    keeping = builder.state("keeping a page", keep.keep)
    after_document = builder.state("after a document")
    after_last = builder.state("after the last page")
    goodbye = builder.state("saying goodbye", acts.say_goodbye)
    over = builder.state("over")

    new.upon(I.end).to(over)(acts.gone)
    new.upon(I.begin).to(identifying).returns(None)
    identifying.upon(I.silence).loop()(acts.identify_again)
    identifying.upon(I.crp, nodata=True).loop()(acts.repeat_identification)
    identifying.upon(I.dtc, nodata=True).loop()(acts.refuse_poll)
    after_document.upon(I.dtc).loop()(acts.refuse_poll)

    training.upon(I.train).loop()(acts.train_anew)
    training.upon(I.trained).loop().returns(None)
    training.upon(I.image).loop()(acts.check_training)
    training.upon(I.image_over).loop()(acts.training_over)
    training.upon(I.silence).loop()(acts.training_judged)
    training.upon(I.await_page).to(awaiting_page).returns(None)
    training.upon(I.retrain).to(retraining).returns(None)

    awaiting_page.upon(I.trained).to(receiving)(acts.image_begins)
    awaiting_page.upon(I.image).to(receiving)(acts.image_began)
    awaiting_page.upon(I.image_over).loop()(acts.image_not_understood)
    receiving.upon(I.image).loop()(acts.image_goes_on)
    receiving.upon(I.image_over).to(awaiting_command)(acts.image_ends)
    receiving.upon(I.silence).to(awaiting_command)(acts.image_ends)

    for asked in (awaiting_page, awaiting_command):
        asked.upon(I.posted).loop()(acts.posted)
        asked.upon(I.eor).loop()(acts.give_up)
        asked.upon(I.ctc).loop()(acts.change_speed)
        asked.upon(I.crp).loop()(acts.say_and_follow)
        asked.upon(I.rr).loop()(acts.say_and_follow)
        asked.upon(I.keep).to(keeping).returns(None)
    for answering in (awaiting_page, awaiting_command, keeping):
        answering.upon(I.await_page).to(awaiting_page).returns(None)
        answering.upon(I.retrain).to(retraining).returns(None)
        answering.upon(I.await_document).to(after_document).returns(None)
        answering.upon(I.await_goodbye).to(after_last).returns(None)
    keeping.upon(I.kept).loop()(keep.kept)
    keeping.upon(I.posted).loop()(keep.asked_again)
    keeping.upon(I.rr).loop()(keep.asked_if_ready)
    keeping.upon(I.silence).loop()(keep.nothing_said)

    for answered in (retraining, after_document, after_last):
        answered.upon(I.posted).loop()(acts.answer_repeated)
        answered.upon(I.eor).loop()(acts.answer_repeated)
        answered.upon(I.crp).loop()(acts.answer_again)
        answered.upon(I.rr).loop()(acts.answer_again)
    for silent in (retraining, awaiting_page, awaiting_command):
        silent.upon(I.silence).loop()(acts.fell_silent)
    for begun in (retraining, awaiting_page, receiving, awaiting_command, after_document, after_last):
        begun.upon(I.train).to(training).returns(None)
        begun.upon(I.dcs).loop()(acts.commanded)
        begun.upon(I.dcn).to(over)(acts.hung_up)
        begun.upon(I.end).to(goodbye).returns(None)
    for begun in (new, retraining, awaiting_page, receiving, awaiting_command, after_document):
        begun.upon(I.gone).to(over)(acts.gone)
    for deaf in (identifying, retraining, keeping, awaiting_command, after_document, after_last, goodbye):
        deaf.upon(I.image).loop().returns(None)
    for waiting in (identifying, training, keeping):
        waiting.upon(I.dcs, nodata=True).loop()(acts.commanded)
        waiting.upon(I.dcn).to(over)(acts.hung_up)
        waiting.upon(I.gone).to(over)(acts.gone_from)
        waiting.upon(I.end).to(goodbye).returns(None)
    identifying.upon(I.train).to(training).returns(None)
    keeping.upon(I.train).to(training).returns(None)
    goodbye.upon(I.silence).to(over)(acts.said_goodbye)
    goodbye.upon(I.dcn).to(over)(acts.said_goodbye)
    goodbye.upon(I.gone).to(over)(acts.said_goodbye)
    after_document.upon(I.silence).to(identifying).returns(None)
    after_last.upon(I.silence).to(over)(acts.hung_up)
    after_last.upon(I.gone).to(over)(acts.gone_at_last)

    return builder.build()


receiving_machine = _build()  # receiving_machine(core) is a session that has not begun
