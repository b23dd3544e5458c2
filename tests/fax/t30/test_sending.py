"""The sender with far ends that do what TSB-85 tests: each exchange of T.30 with a script of frames."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax import signals as s
from callserver.fax.modulations import Modulation
from callserver.fax.page import Coding, Resolution
from callserver.fax.t30.agreement import FALL_BACK, Agreement
from callserver.fax.t30.capabilities import Capabilities, Length
from callserver.fax.t30.documents import PageNeeded, PageShape
from callserver.fax.t30.frames import Frame, Name, wanted_field
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station
from callserver.wire.fax_results import FaxResult as R
from tests.fax.t30.far_end import ALL, FarEnd, Pause, Step, dis, says
from tests.fax.t30.wire import Line, length_s

A4_FINE = PageShape(1728, Resolution.FINE, 2286)
STRIP = PageShape(1728, Resolution.FINE, 6173)  # 80 cm
NO_ECM = Capabilities(ALL, ecm=False)
PAGE = bytes(range(256)) * 4  # four frames of ECM
DCS: str = "TSI DCS image"  # the training


class SendingTests(SynchronousTestCase):
    page = PAGE

    def send(
        self,
        steps: list[Step],
        n_pages: int = 1,
        shapes: list[PageShape] | None = None,
        own: Capabilities | None = None,
        calls: bool = False,
    ) -> Outcome:
        """Play the script to its end. :return: what the sender says came of it"""
        line = self.line = Line()
        outcomes: list[Outcome] = []
        self.needed: list[PageNeeded] = []
        self.sender = SendingTerminal(
            Station(own or Capabilities(ALL), "86 10"),
            shapes or [A4_FINE] * n_pages,
            line.a.ask,
            self.on_need,
            outcomes.append,
            calls=calls,
        )
        self.far = FarEnd(line.b, steps)
        self.took_s = line.run(self.sender, self.far)
        self.far.assert_done()
        [outcome] = outcomes
        return outcome

    def on_need(self, needed: PageNeeded) -> None:
        self.needed.append(needed)
        self.sender.page_ready(needed, self.page, self.line.now_s)

    @property
    def images(self) -> list[s.SendImage]:
        return [asked for asked in self.line.a.asked if isinstance(asked, s.SendImage)]

    @property
    def said_s(self) -> float:
        """How long DCS and TCF take."""
        frames = next(asked for asked in self.line.a.asked if isinstance(asked, s.SendFrames))
        return length_s(frames) + length_s(self.images[0])

    @property
    def speeds(self) -> list[Modulation]:
        return [image.modulation for image in self.images]

    def commanded(self) -> list[Agreement]:
        """Every DCS that was sent."""
        frames = [one for asked in self.line.a.asked if isinstance(asked, s.SendFrames) for one in asked.frames]
        parsed = [Frame.parse(octets) for octets in frames]
        return [Agreement.from_dcs(frame.field) for frame in parsed if frame and frame.name is Name.DCS]

    def assert_ends(self, outcome: Outcome, result: R, n_confirmed: int) -> None:
        self.assertEqual(
            (outcome.result, outcome.n_confirmed), (result, n_confirmed), "\n".join(map(str, outcome.trace))
        )


class CallingTests(SendingTests):
    def test_late_ced(self) -> None:
        """Who takes his time to answer is called on: CNG every 3.5 s until something is heard, for a minute."""
        outcome = self.send([("DCN", [])], calls=True)
        self.assert_ends(outcome, R.NO_FAX, 0)
        self.assertTrue(60 <= self.took_s <= 66, self.took_s)
        n_cng = sum(isinstance(asked, s.SendTone) for asked in self.line.a.asked)
        self.assertTrue(17 <= n_cng <= 18, n_cng)

    def test_ced_then_nothing(self) -> None:
        """A CED without DIS is waited for 35 s; within a talk, where a voice may be taken for it, a minute."""
        for calls, least_s in ((True, 35), (False, 60)):
            outcome = self.send([("", [s.SendTone(s.FaxTone.CED)]), ("DCN", [])], calls=calls)
            self.assert_ends(outcome, R.NO_IDENTIFICATION, 0)
            self.assertTrue(least_s <= self.took_s <= least_s + 5, self.took_s)

    def test_both_send_after_ced(self) -> None:
        """Also if something of an answering machine was heard before."""
        cng = s.SendTone(s.FaxTone.CNG)
        outcome = self.send([("", [s.SendTone(s.FaxTone.CED), cng, cng]), ("DCN", [])])
        self.assert_ends(outcome, R.BOTH_SEND, 0)

    def test_nobody_presses_start(self) -> None:
        """Within a talk no CNG is sent; nothing heard for a minute is no fax."""
        outcome = self.send([("DCN", [])])
        self.assert_ends(outcome, R.NO_FAX, 0)
        self.assertFalse(any(isinstance(asked, s.SendTone) for asked in self.line.a.asked))
        self.assertTrue(60 <= self.took_s <= 63, self.took_s)

    def test_both_send(self) -> None:
        """Who pressed the key to send gives CNG himself: both wait for each other, and that is told."""
        cng = s.SendTone(s.FaxTone.CNG)
        for calls in (True, False):
            self.assert_ends(self.send([("", [cng] * 5), ("DCN", [])], calls=calls), R.BOTH_SEND, 0)

    def test_no_ced(self) -> None:
        """Some machines send no CED: the flags of their DIS end the calling as well."""
        outcome = self.send([("", [dis()]), (DCS, [says(Name.DCN)])], calls=True)
        self.assert_ends(outcome, R.HUNG_UP, 0)

    def test_cannot_receive(self) -> None:
        """A machine that only has a document to be polled, or no paper, is told goodbye."""
        polled = replace(NO_ECM, can_receive=False, has_document=True)
        self.assert_ends(self.send([("", [dis(polled)]), ("DCN", [])]), R.CANNOT_RECEIVE, 0)

    def test_wants_to_poll(self) -> None:
        """Who says DTC in place of DIS wants to fetch something: he is told goodbye at once, not after T1."""
        dtc = says(Frame(Name.DTC, NO_ECM.dis()))
        for calls in (True, False):
            self.assert_ends(self.send([("", [dtc]), ("DCN", [])], calls=calls), R.POLLING_REFUSED, 0)
            self.assertLess(self.took_s, 10)

    def test_three_octets(self) -> None:
        """The DIS of an old machine has three octets: V.27ter, MH, 20 ms a row."""
        old = s.SendFrames((bytes.fromhex("FF 13 80 00 0A 00"),))
        outcome = self.send([("", [old]), (DCS, [says(Name.CFR)]), ("image EOP", [says(Name.MCF)]), ("DCN", [])])
        self.assert_ends(outcome, R.SUCCESS, 1)
        [agreed] = self.commanded()
        self.assertEqual((agreed.modulation, agreed.coding, agreed.ecm), (Modulation.V27TER_4800, Coding.MH, False))
        self.assertEqual(self.needed[-1].form.min_row_bits, 96)

    def test_broken_dis(self) -> None:
        """A DIS that is too short says nothing; the next one does."""
        broken = s.SendFrames((bytes.fromhex("FF 13 80 00"),))
        outcome = self.send([("", [broken]), ("", [dis()]), (DCS, [says(Name.DCN)])])
        self.assert_ends(outcome, R.HUNG_UP, 0)


class TrainingTests(SendingTests):
    def test_down_to_the_bottom(self) -> None:
        """Each FTT takes the next lower speed, always with the long training; after the lowest comes DCN."""
        outcome = self.send([("", [dis()]), *[(DCS, [says(Name.FTT)])] * len(FALL_BACK), ("DCN", [])])
        self.assert_ends(outcome, R.TRAINING_FAILED, 0)
        self.assertEqual(self.speeds, list(FALL_BACK))
        self.assertFalse(any(image.short for image in self.images))

    def test_length(self) -> None:
        """A TCF is a second and a half of zeros, at each speed (T.30: 1.5 s, 10 % either way)."""
        self.send([("", [dis()]), *[(DCS, [says(Name.FTT)])] * len(FALL_BACK), ("DCN", [])])
        for image in self.images:
            self.assertEqual(image.octets, bytes(image.modulation.bit_rate * 3 // 16))

    def test_only_common_speeds(self) -> None:
        """What one of both has not is left out on the way down."""
        v29 = Capabilities(frozenset({m for m in ALL if m.recommendation != "V.17"}))
        outcome = self.send([("", [dis(v29)]), *[(DCS, [says(Name.FTT)])] * 4, ("DCN", [])])
        self.assert_ends(outcome, R.TRAINING_FAILED, 0)
        self.assertEqual([speed.bit_rate for speed in self.speeds], [9600, 7200, 4800, 2400])

    def test_no_answer(self) -> None:
        """DCS and TCF are sent three times, each after the T4 of 3 s, then DCN."""
        outcome = self.send([("", [dis()]), (DCS, []), (DCS, []), (DCS, []), ("DCN", [])])
        self.assert_ends(outcome, R.NO_ANSWER, 0)
        self.assertEqual(len(self.images), 3)
        gaps = [after - before for before, after in zip(self.far.at_s[1:], self.far.at_s[2:], strict=False)]
        for gap in gaps[:2]:
            self.assertLess(abs(gap - 3.0 - self.said_s), 0.45, gaps)

    def test_dis_again(self) -> None:
        """A far end that did not understand DCS says DIS again, and gets DCS again."""
        outcome = self.send([("", [dis()]), (DCS, [dis()]), (DCS, [says(Name.CFR)]), ("image PPS", [says(Name.DCN)])])
        self.assert_ends(outcome, R.HUNG_UP, 0)

    def test_dis_for_ever(self) -> None:
        """But not for ever."""
        outcome = self.send([("", [dis()]), (DCS, [dis()]), (DCS, [dis()]), (DCS, [dis()]), ("DCN", [])])
        self.assert_ends(outcome, R.NO_ANSWER, 0)

    def test_crp(self) -> None:
        """CRP asks for the last command again."""
        outcome = self.send([("", [dis()]), (DCS, [says(Name.CRP)]), (DCS, [says(Name.DCN)])])
        self.assert_ends(outcome, R.HUNG_UP, 0)


class PlainTests(SendingTests):
    """Without ECM."""

    begin: tuple[Step, ...] = (("", [dis(NO_ECM)]), (DCS, [says(Name.CFR)]))

    def test_three_pages(self) -> None:
        """MPS between pages, EOP after the last, then DCN; V.17 trains long for TCF and short for pages."""
        outcome = self.send(
            [
                *self.begin,
                ("image MPS", [says(Name.MCF)]),
                ("image MPS", [says(Name.MCF)]),
                ("image EOP", [says(Name.MCF)]),
                ("DCN", []),
            ],
            n_pages=3,
        )
        self.assert_ends(outcome, R.SUCCESS, 3)
        self.assertEqual([image.short for image in self.images], [False, True, True, True])

    def test_lost_mcf(self) -> None:
        """The command is said again, without the page, until it is answered: three times in all."""
        outcome = self.send([*self.begin, ("image EOP", []), ("EOP", []), ("EOP", [says(Name.MCF)]), ("DCN", [])])
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_silence_after_eop(self) -> None:
        """No MCF, no success: the page was sent, but nobody has confirmed it."""
        outcome = self.send([*self.begin, ("image EOP", []), ("EOP", []), ("EOP", []), ("DCN", [])])
        self.assert_ends(outcome, R.NO_ANSWER, 0)

    def test_dcn_after_eop(self) -> None:
        """A DCN instead of MCF is a failure, too."""
        self.assert_ends(self.send([*self.begin, ("image EOP", [says(Name.DCN)])]), R.HUNG_UP, 0)

    def test_dcn_after_one_page(self) -> None:
        """Pages that were confirmed before stay confirmed."""
        outcome = self.send([*self.begin, ("image MPS", [says(Name.MCF)]), ("image EOP", [says(Name.DCN)])], n_pages=2)
        self.assert_ends(outcome, R.HUNG_UP, 1)

    def test_rtp(self) -> None:
        """RTP takes the page and wants a training before the next."""
        outcome = self.send(
            [
                *self.begin,
                ("image MPS", [says(Name.RTP)]),
                (DCS, [says(Name.CFR)]),
                ("image EOP", [says(Name.RTP)]),
                ("DCN", []),
            ],
            n_pages=2,
        )
        self.assert_ends(outcome, R.SUCCESS, 2)

    def test_rtn(self) -> None:
        """RTN refuses the page: it is sent again, slower."""
        outcome = self.send(
            [
                *self.begin,
                ("image EOP", [says(Name.RTN)]),
                (DCS, [says(Name.CFR)]),
                ("image EOP", [says(Name.MCF)]),
                ("DCN", []),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)
        self.assertEqual([speed.bit_rate for speed in self.speeds], [14400, 14400, 12000, 12000])

    def test_rtn_for_ever(self) -> None:
        """Three times the same page, then it is given up."""
        refused: list[Step] = [("image EOP", [says(Name.RTN)]), (DCS, [says(Name.CFR)])]
        outcome = self.send([*self.begin, *refused, *refused, refused[0], ("DCN", [])])
        self.assert_ends(outcome, R.PAGE_REFUSED, 0)

    def test_rtn_of_several_pages(self) -> None:
        """Three times is for each page: a page that came over at last has used up nothing of the next one's."""
        refused: list[Step] = [("image MPS", [says(Name.RTN)]), (DCS, [says(Name.CFR)])]
        again: list[Step] = [("image EOP", [says(Name.RTN)]), (DCS, [says(Name.CFR)])]
        end: list[Step] = [("image EOP", [says(Name.MCF)]), ("DCN", [])]
        outcome = self.send([*self.begin, *refused * 2, ("image MPS", [says(Name.MCF)]), *again * 2, *end], n_pages=2)
        self.assert_ends(outcome, R.SUCCESS, 2)

    def test_hung_up_while_a_page_is_coded(self) -> None:
        """Who has said DCN is not waited for any longer."""
        with patch.object(self, "on_need", lambda needed: None):
            outcome = self.send([("", [dis(NO_ECM)]), (DCS, [says(Name.CFR), Pause(1.0), says(Name.DCN)])])
        self.assert_ends(outcome, R.HUNG_UP, 0)
        self.assertLess(self.took_s, 15)

    def test_operator(self) -> None:
        """PIP is as good as MCF, PIN as bad as RTN: there is no operator here."""
        outcome = self.send(
            [
                *self.begin,
                ("image MPS", [says(Name.PIN)]),
                (DCS, [says(Name.CFR)]),
                ("image MPS", [says(Name.PIP)]),
                ("image EOP", [says(Name.PIP)]),
                ("DCN", []),
            ],
            n_pages=2,
        )
        self.assert_ends(outcome, R.SUCCESS, 2)

    def test_another_document(self) -> None:
        """A page of another size wants another DCS: EOM, then the far end's DIS."""
        outcome = self.send(
            [
                *self.begin,
                ("image EOM", [says(Name.MCF)]),
                ("", [dis(NO_ECM)]),
                (DCS, [says(Name.CFR)]),
                ("image EOP", [says(Name.MCF)]),
                ("DCN", []),
            ],
            shapes=[A4_FINE, PageShape(2432, Resolution.STANDARD, 1143)],
        )
        self.assert_ends(outcome, R.SUCCESS, 2)
        self.assertEqual([one.width for one in self.commanded()], [1728, 2432])

    def test_no_faster_for_another_document(self) -> None:
        """A line on which a training failed has not become better by the next document."""
        outcome = self.send(
            [
                ("", [dis(NO_ECM)]),
                (DCS, [says(Name.FTT)]),
                (DCS, [says(Name.CFR)]),
                ("image EOM", [says(Name.MCF)]),
                ("", [dis(NO_ECM)]),
                (DCS, [says(Name.CFR)]),
                ("image EOP", [says(Name.MCF)]),
                ("DCN", []),
            ],
            shapes=[A4_FINE, PageShape(2432, Resolution.STANDARD, 1143)],
        )
        self.assert_ends(outcome, R.SUCCESS, 2)
        self.assertEqual([one.modulation.bit_rate for one in self.commanded()], [14400, 12000, 12000])

    def test_converted(self) -> None:
        """A fine page of A3 in MMR goes as a standard one of A4 in MH to who knows nothing else."""
        simple = Capabilities(
            ALL,
            frozenset({Coding.MH}),
            ecm=False,
            resolutions=frozenset({Resolution.STANDARD}),
            max_width=1728,
            row_time=0,
        )
        outcome = self.send(
            [("", [dis(simple)]), (DCS, [says(Name.CFR)]), ("image EOP", [says(Name.MCF)]), ("DCN", [])],
            shapes=[PageShape(2432, Resolution.FINE, 2286)],
        )
        self.assert_ends(outcome, R.SUCCESS, 1)
        form = self.needed[-1].form
        self.assertEqual((form.width, form.resolution, form.coding), (1728, Resolution.STANDARD, Coding.MH))
        self.assertEqual(form.min_row_bits, 288)

    def test_longer_than_the_paper(self) -> None:
        """A strip of 80 cm goes to who has sheets of A4 as three pages; for us they are one, and so is the next."""
        sheets = Capabilities(ALL, ecm=False, length=Length.A4)
        mps: Step = ("image MPS", [says(Name.MCF)])
        outcome = self.send(
            [("", [dis(sheets)]), (DCS, [says(Name.CFR)]), *[mps] * 3, ("image EOP", [says(Name.MCF)]), ("DCN", [])],
            shapes=[STRIP, A4_FINE],
        )
        self.assert_ends(outcome, R.SUCCESS, 2)
        rows = [(needed.number, needed.form.first_row, needed.form.end_row) for needed in self.needed]
        self.assertEqual(rows, [(0, 0, 2291), (0, 2291, 4582), (0, 4582, None), (1, 0, None)])
        self.assertEqual([told.length for told in self.commanded()], [Length.A4])

    def test_changes_its_mind(self) -> None:
        """Who says after the first document that he takes pages of any length gets the rest of it all the same."""
        sheets, endless = (Capabilities(ALL, ecm=False, length=length) for length in (Length.A4, Length.UNLIMITED))
        mps: Step = ("image MPS", [says(Name.MCF)])
        outcome = self.send(
            [
                ("", [dis(sheets)]),
                (DCS, [says(Name.CFR)]),
                mps,
                mps,
                ("image EOM", [says(Name.MCF)]),
                ("", [dis(endless)]),
                (DCS, [says(Name.CFR)]),
                ("image EOP", [says(Name.MCF)]),
                ("DCN", []),
            ],
            shapes=[STRIP, PageShape(1728, Resolution.STANDARD, 1143)],
        )
        self.assert_ends(outcome, R.SUCCESS, 2)
        rows = [(needed.number, needed.form.first_row, needed.form.end_row) for needed in self.needed]
        self.assertEqual(rows, [(0, 0, 2291), (0, 2291, 4582), (0, 4582, None), (1, 0, None)])

    def test_hung_up_before_the_last_sheet(self) -> None:
        """A page is confirmed with its last piece, so of this one nothing is."""
        sheets = Capabilities(ALL, ecm=False, length=Length.A4)
        mps: Step = ("image MPS", [says(Name.MCF)])
        outcome = self.send(
            [("", [dis(sheets)]), (DCS, [says(Name.CFR)]), mps, mps, ("image EOP", [says(Name.DCN)])], shapes=[STRIP]
        )
        self.assert_ends(outcome, R.HUNG_UP, 0)

    def test_sheet_refused(self) -> None:
        """RTN brings that sheet again, and no other."""
        sheets = Capabilities(ALL, ecm=False, length=Length.B4)
        mps: Step = ("image MPS", [says(Name.MCF)])
        refused: list[Step] = [("image MPS", [says(Name.RTN)]), (DCS, [says(Name.CFR)])]
        outcome = self.send(
            [
                ("", [dis(sheets)]),
                (DCS, [says(Name.CFR)]),
                mps,
                *refused,
                mps,
                ("image EOP", [says(Name.MCF)]),
                ("DCN", []),
            ],
            shapes=[STRIP],
        )
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_as_long_as_it_likes(self) -> None:
        """Who has a roll of paper gets the strip whole."""
        outcome = self.send([*self.begin, ("image EOP", [says(Name.MCF)]), ("DCN", [])], shapes=[STRIP])
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_foreign_answers(self) -> None:
        """What makes no sense as an answer is noted, and the command said again."""
        outcome = self.send(
            [
                *self.begin,
                ("image EOP", [says(Name.CFR)]),
                ("EOP", [says(Frame(Name.PPR, bytes(32)))]),
                ("EOP", [says(Name.MCF)]),
                ("DCN", []),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)
        self.assertTrue(any("not expected while posting: cfr" in str(line) for line in outcome.trace))


class CorrectedTests(SendingTests):
    """With ECM."""

    begin: tuple[Step, ...] = (("", [dis()]), (DCS, [says(Name.CFR)]))
    all_missing = says(Frame(Name.PPR, b"\xff" * 32))

    def test_ppr(self) -> None:
        """Only the frames that are missing are sent again."""
        wanted = says(Frame(Name.PPR, wanted_field([1, 3, 200])))
        outcome = self.send([*self.begin, ("image PPS", [wanted]), ("image PPS", [says(Name.MCF)]), ("DCN", [])])
        self.assert_ends(outcome, R.SUCCESS, 1)
        whole, again = (sum(map(len, image.pieces(36))) for image in self.images[1:])
        self.assertLess(abs(whole - again - 2 * 262), 16)

    def test_longer_than_the_paper(self) -> None:
        """Each sheet is a page of its own for the far end, and numbered so."""
        steps: list[Step] = [("", [dis(Capabilities(ALL, length=Length.A4))]), (DCS, [says(Name.CFR)])]
        outcome = self.send([*steps, *[("image PPS", [says(Name.MCF)])] * 3, ("DCN", [])], shapes=[STRIP])
        self.assert_ends(outcome, R.SUCCESS, 1)
        told = [str(line).split("PPS ")[1] for line in outcome.trace if "PPS" in str(line)]
        self.assertEqual([one.split(", block")[0] for one in told], ["MPS, page 0", "MPS, page 1", "EOP, page 2"])

    def test_blocks(self) -> None:
        """A page of more than 64 KB goes in two blocks, of which only the last says what follows."""
        self.page = bytes(range(1, 256)) * 260
        outcome = self.send([*self.begin, *[("image PPS", [says(Name.MCF)])] * 2, ("DCN", [])])
        self.assert_ends(outcome, R.SUCCESS, 1)
        told = [str(line).split("PPS ")[1] for line in outcome.trace if "PPS" in str(line)]
        self.assertEqual(told, ["NULL, page 0, block 0, 256 frames", "EOP, page 0, block 1, 3 frames"])

    def test_rtp_in_the_middle_of_a_page(self) -> None:
        """RTP for its first block confirms no page: all of it comes again after the training."""
        self.page = bytes(range(1, 256)) * 260
        outcome = self.send(
            [*self.begin, ("image PPS", [says(Name.RTP)]), (DCS, [says(Name.CFR)]), ("image PPS", [says(Name.DCN)])]
        )
        self.assert_ends(outcome, R.HUNG_UP, 0)
        self.assertEqual(len(self.images[1].octets), len(self.images[3].octets))

    def test_lost_mcf_of_a_later_block(self) -> None:
        """PPS is said again, and not all of the block before it."""
        self.page = bytes(range(1, 256)) * 260
        outcome = self.send(
            [*self.begin, ("image PPS", [says(Name.MCF)]), ("image PPS", []), ("PPS", [says(Name.MCF)]), ("DCN", [])]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_ppr_for_nothing(self) -> None:
        """Who wants no frame in particular gets the block again."""
        nothing = says(Frame(Name.PPR, bytes(32)))
        outcome = self.send([*self.begin, ("image PPS", [nothing]), ("image PPS", [says(Name.MCF)]), ("DCN", [])])
        self.assert_ends(outcome, R.SUCCESS, 1)
        self.assertEqual(self.images[1].octets, self.images[2].octets)

    def test_pprs_of_each_block(self) -> None:
        """Four PPR are for each block: three of one and one of the next lower no speed."""
        self.page = bytes(range(1, 256)) * 260
        wanted = says(Frame(Name.PPR, wanted_field([2])))
        blocks: list[Step] = [*[("image PPS", [wanted])] * 3, ("image PPS", [says(Name.MCF)])]
        outcome = self.send([*self.begin, *blocks * 2, ("DCN", [])])
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_fourth_ppr(self) -> None:
        """After the fourth PPR the speed is lowered by CTC, and the first image after CTR trains long."""
        wanted = says(Frame(Name.PPR, wanted_field([2])))
        outcome = self.send(
            [
                *self.begin,
                *[("image PPS", [wanted])] * 4,
                ("CTC", [says(Name.CTR)]),
                ("image PPS", [wanted]),
                ("image PPS", [says(Name.MCF)]),
                ("DCN", []),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)
        self.assertEqual([speed.bit_rate for speed in self.speeds], [14400] * 5 + [12000] * 2)
        self.assertEqual([image.short for image in self.images], [False, True, True, True, True, False, True])

    def test_nothing_comes_over_by_v17(self) -> None:
        """Four times nothing at all: the short training is what fails, so another modulation is taken."""
        outcome = self.send(
            [
                *self.begin,
                *[("image PPS", [self.all_missing])] * 4,
                ("CTC", [says(Name.CTR)]),
                ("image PPS", [says(Name.MCF)]),
                ("DCN", []),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)
        self.assertIs(self.speeds[-1], Modulation.V29_9600)

    def test_eor(self) -> None:
        """At the lowest speed the block is given up by EOR; a page with a hole is no success."""
        slow = Capabilities(frozenset({Modulation.V27TER_2400}))
        wanted = says(Frame(Name.PPR, wanted_field([2])))
        outcome = self.send(
            [
                ("", [dis(slow)]),
                (DCS, [says(Name.CFR)]),
                *[("image PPS", [wanted])] * 4,
                ("EOR", [says(Name.ERR)]),
                ("DCN", []),
            ]
        )
        self.assert_ends(outcome, R.PAGE_REFUSED, 0)

    def test_not_ready(self) -> None:
        """RNR is answered by RR, until MCF comes."""
        rnr = says(Name.RNR)
        outcome = self.send([*self.begin, ("image PPS", [rnr]), ("RR", [rnr]), ("RR", [says(Name.MCF)]), ("DCN", [])])
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_not_ready_and_hard_to_hear(self) -> None:
        """RR is said three times for each RNR, also when CRP asks for it; what comes then is as good as ever."""
        rnr, crp = says(Name.RNR), says(Name.CRP)
        asked: list[Step] = [("RR", []), ("RR", [crp]), ("RR", [rnr])]
        outcome = self.send([*self.begin, ("image PPS", [rnr]), *asked * 2, ("RR", [says(Name.MCF)]), ("DCN", [])])
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_not_ready_for_the_end_of_a_block(self) -> None:
        """RNR may answer EOR as well; it stays a page with a hole."""
        slow = Capabilities(frozenset({Modulation.V27TER_2400}))
        wanted = says(Frame(Name.PPR, wanted_field([2])))
        refused: list[Step] = [*[("image PPS", [wanted])] * 4, ("EOR", [says(Name.RNR)])]
        outcome = self.send(
            [("", [dis(slow)]), (DCS, [says(Name.CFR)]), *refused, ("RR", [says(Name.ERR)]), ("DCN", [])]
        )
        self.assert_ends(outcome, R.PAGE_REFUSED, 0)
        self.assertIn(" > EOR 2f", "\n".join(map(str, outcome.trace)))

    def test_never_ready(self) -> None:
        """But for a minute only: T5."""
        rnr = says(Name.RNR)
        n_asked = 23
        outcome = self.send([*self.begin, ("image PPS", [rnr]), *[("RR", [rnr])] * n_asked, ("DCN", [])])
        self.assert_ends(outcome, R.NOT_READY, 0)

    def test_silent_after_rr(self) -> None:
        outcome = self.send(
            [*self.begin, ("image PPS", [says(Name.RNR)]), ("RR", []), ("RR", []), ("RR", []), ("DCN", [])]
        )
        self.assert_ends(outcome, R.NO_ANSWER, 0)

    def test_silent_after_ctc(self) -> None:
        outcome = self.send([*self.begin, *[("image PPS", [self.all_missing])] * 4, *[("CTC", [])] * 3, ("DCN", [])])
        self.assert_ends(outcome, R.NO_ANSWER, 0)
