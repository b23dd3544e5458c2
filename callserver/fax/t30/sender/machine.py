"""
The life of a session in which we send.

    new          begin                          -> calling
    calling      the far end is heard           -> identifying       nothing for T0                  -> goodbye
    identifying  DIS: we can agree              -> training          no DIS for T1, or DTC           -> goodbye
    training     CFR                            -> preparing         FTT: slower, or at the bottom   -> goodbye
    preparing    the page is coded              -> posting           it is not there in time         -> goodbye
    posting      MCF: next block, or page       -> posting, preparing, identifying (EOM), goodbye (all done)
                 RTP, RTN                       -> training, goodbye
                 PPR: what is missing           -> posting           the fourth    -> correcting, or giving_up
                 RNR                            -> not_ready
    not_ready    RNR again, for T5 at most; else as posting, or as giving_up
    correcting   CTR                            -> posting
    giving_up    ERR                            -> goodbye
    goodbye      DCN is on the line             -> over
    anywhere     DCN heard, the call's end      -> over

Invariants:

- A page counts as confirmed only here by MCF, RTP or PIP after its last block, so after a command that named its end.
- A command is said three times at most, and each of its answers begins a state anew or ends the session; FTT, PPR and
  RTN lower the speed or count against a bound. What remains endless (a far end that answers CRP, RNR, DIS) is bounded
  by the same three tries, by T5, and by the length of a session.
- The long training of V.17 goes with TCF and with the first image after CTR, the short one with every other image.
"""

from __future__ import annotations

from collections.abc import Callable

from automat import TypeMachineBuilder

from callserver.fax.t30.sender import acts
from callserver.fax.t30.sender.core import SendingCore
from callserver.fax.t30.sender.inputs import SendingInputs
from callserver.fax.t30.sender.inputs import SendingInputs as I


def _build() -> Callable[[SendingCore], SendingInputs]:
    builder = TypeMachineBuilder(SendingInputs, SendingCore)
    new = builder.state("new")
    calling = builder.state("calling", acts.call)
    identifying = builder.state("identifying", acts.wait_for_dis)
    training = builder.state("training", acts.train)
    preparing = builder.state("preparing")
    posting = builder.state("posting", acts.post)
    not_ready = builder.state("not ready", acts.not_ready)
    correcting = builder.state("correcting", acts.correct)
    giving_up = builder.state("giving up", acts.give_up)
    goodbye = builder.state("saying goodbye", acts.say_goodbye)
    over = builder.state("over")

    new.upon(I.end).to(over)(acts.gone)
    new.upon(I.begin).to(calling).returns(None)
    calling.upon(I.signal).to(identifying)(acts.heard_somebody)
    calling.upon(I.silence).loop()(acts.call_on)
    identifying.upon(I.silence).loop()(acts.listen_on)
    for waiting in (calling, identifying):
        waiting.upon(I.dis).loop()(acts.choose)
        waiting.upon(I.dtc).loop()(acts.refuse_poll)
        waiting.upon(I.train).to(training).returns(None)

    training.upon(I.dis).loop()(acts.train_again)
    training.upon(I.ftt).loop()(acts.train_slower)
    training.upon(I.cfr).to(preparing)(acts.prepare)
    preparing.upon(I.page_ready).loop()(acts.take_page)
    preparing.upon(I.post).to(posting).returns(None)
    preparing.upon(I.silence).loop()(acts.page_is_late)

    posting.upon(I.post).loop()(acts.post_next)
    not_ready.upon(I.post).to(posting).returns(None)
    posting.upon(I.rnr).to(not_ready).returns(None)
    giving_up.upon(I.rnr).to(not_ready).returns(None)
    not_ready.upon(I.rnr).loop()(acts.ask_again)
    for answered in (posting, not_ready):
        answered.upon(I.mcf).loop()(acts.confirmed)
        answered.upon(I.rtp).loop()(acts.confirmed_badly)
        answered.upon(I.rtn).loop()(acts.refused)
        answered.upon(I.ppr).loop()(acts.wanted_again)
        answered.upon(I.turn_page).to(preparing)(acts.prepare)
        answered.upon(I.identify).to(identifying)(acts.listen_for_dis)
        answered.upon(I.train).to(training).returns(None)
        answered.upon(I.correct).to(correcting).returns(None)
        answered.upon(I.give_up).to(giving_up).returns(None)
    correcting.upon(I.ctr).to(posting).returns(None)
    for given_up in (giving_up, not_ready):
        given_up.upon(I.err).loop()(acts.lost)

    for said in (training, posting, correcting, giving_up):
        said.upon(I.silence).loop()(acts.say_again)
        said.upon(I.crp).loop()(acts.say_again)
    not_ready.upon(I.silence).loop()(acts.ask_once_more)
    not_ready.upon(I.crp).loop()(acts.ask_once_more)

    for live in (calling, identifying, training, posting, not_ready, correcting, giving_up):
        live.upon(I.page_ready).loop().returns(None)
        live.upon(I.end).to(goodbye).returns(None)
        live.upon(I.dcn).to(over)(acts.hung_up)
        live.upon(I.gone).to(over)(acts.gone_from)
    for addressed in (identifying, training, preparing, posting, not_ready, correcting, giving_up, goodbye):
        addressed.upon(I.signal).loop().returns(None)
    preparing.upon(I.end).to(goodbye).returns(None)
    preparing.upon(I.dcn).to(over)(acts.hung_up)
    for plain in (new, preparing):
        plain.upon(I.gone).to(over)(acts.gone)
    goodbye.upon(I.silence).to(over)(acts.said_goodbye)
    goodbye.upon(I.dcn).to(over)(acts.said_goodbye)
    goodbye.upon(I.gone).to(over)(acts.said_goodbye)
    return builder.build()


sending_machine = _build()  # sending_machine(core) is a session that has not begun
