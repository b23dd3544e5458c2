"""The receiver with far ends that do what TSB-85 tests: each exchange of T.30 with a script of frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax import signals as s
from callserver.fax.hdlc import bits_to_octets
from callserver.fax.modulations import Modulation
from callserver.fax.page import MAX_ROWS, Coding
from callserver.fax.t4.encoding import encode
from callserver.fax.t30.agreement import Agreement
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.documents import ReceivedPage
from callserver.fax.t30.ecm import cut
from callserver.fax.t30.frames import FROM_SENDER, Frame, Name, PartialPage, wanted_of
from callserver.fax.t30.receiving import ReceivingTerminal
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.terminal import Station
from callserver.fax.t30.timers import MAX_PAGES, MAX_SESSION_S
from callserver.wire.fax_results import FaxResult as R
from tests.fax.pages import text_like
from tests.fax.t30.far_end import ALL, CORRECTED, PLAIN, FarEnd, Pause, Signal, Step, dcs, on_line_octets, says
from tests.fax.t30.wire import Line, length_s, unbent

DIS = "CSI DIS"
SMALL = encode(text_like(8), Coding.MH)
MH = encode(text_like(60), Coding.MH)
BLOCKS = cut(bytes(range(256)) * 260, 256)  # two of them
POSTS = {"MPS": Name.MPS, "EOM": Name.EOM, "EOP": Name.EOP}
POSTS |= {"PRI-MPS": Name.PRI_MPS, "PRI-EOM": Name.PRI_EOM, "PRI-EOP": Name.PRI_EOP}


def page(octets: bytes = MH, agreement: Agreement = PLAIN) -> s.SendImage:
    short = agreement.modulation.recommendation == "V.17"
    return s.SendImage(agreement.modulation, short, octets)


def post(name: str) -> s.SendFrames:
    return says(POSTS[name], from_sender=True)


def pps(follows: str | None, n_frames: int, number: int = 0, block: int = 0) -> s.SendFrames:
    partial = PartialPage(POSTS[follows] if follows else None, number, block, n_frames)
    return says(partial.frame(), from_sender=True)


def frames(numbers: Iterable[int], agreement: Agreement = CORRECTED, block: int = 0) -> s.SendImage:
    return page(on_line_octets(BLOCKS[block], list(numbers), agreement), agreement)


def bad_page(n_bad: int, n_rows: int = 100) -> bytes:
    """A page of which some rows make no sense."""
    eol, white, nonsense = "000000000001", "01001101100110101", "0000000100" * 2
    rows = [nonsense if row % 6 == 1 and row // 6 < n_bad else white for row in range(n_rows)]
    bits = "".join(eol + row for row in rows) + eol * 6
    return bits_to_octets(bytes(map(int, bits)))


DCN = says(Name.DCN, from_sender=True)


class ReceivingTests(SynchronousTestCase):
    def receive(
        self,
        steps: list[Step],
        own: Capabilities | None = None,
        bend: Callable[[s.Heard], Iterable[s.Heard]] = unbent,
        store: Callable[[ReceivedPage], None] | None = None,
        played: bool = True,
    ) -> Outcome:
        """Play the script, to its end if `played`. :return: what the receiver says came of it"""
        line = self.line = Line(bend_b=bend)
        outcomes: list[Outcome] = []
        self.pages: list[ReceivedPage] = []
        self.store = store or (lambda page: self.receiver.kept(page, line.now_s))
        self.receiver = ReceivingTerminal(
            Station(own or Capabilities(ALL), "86 10"), line.b.ask, self.on_page, outcomes.append
        )
        self.far = FarEnd(line.a, steps)
        self.took_s = line.run(self.far, self.receiver)
        if played:
            self.far.assert_done()
        [outcome] = outcomes
        return outcome

    def on_page(self, page: ReceivedPage) -> None:
        self.pages.append(page)
        self.store(page)

    def assert_ends(self, outcome: Outcome, result: R, n_confirmed: int) -> None:
        told = "\n".join(map(str, outcome.trace))
        self.assertEqual((outcome.result, outcome.n_confirmed), (result, n_confirmed), told)
        self.assertGreaterEqual(len(self.pages), n_confirmed)


class IdentifyingTests(ReceivingTests):
    def test_nobody(self) -> None:
        """DIS is said again for 35 s, then DCN."""
        outcome = self.receive([*[(DIS, [])] * 6, ("DCN", [])])
        self.assert_ends(outcome, R.NO_IDENTIFICATION, 0)
        self.assertTrue(35 <= self.took_s <= 45, self.took_s)

    def test_both_receive(self) -> None:
        """Who also says DIS wants to receive, too; unless it is ours that comes back as an echo."""
        other, echo = Capabilities(ALL, ecm=False), Capabilities(ALL)
        for heard, result in ((other, R.BOTH_RECEIVE), (echo, R.NO_IDENTIFICATION)):
            says_dis = says(Frame(Name.DIS, heard.dis()))
            self.assert_ends(self.receive([*[(DIS, [says_dis])] * 5, ("DCN", [])]), result, 0)

    def test_polling(self) -> None:
        """Who wants to fetch a document is told goodbye: there is none."""
        outcome = self.receive([(DIS, [says(Frame(Name.DTC, Capabilities(ALL).dis()))]), ("DCN", [])])
        self.assert_ends(outcome, R.POLLING_REFUSED, 0)

    def test_dis_repeated_on_request(self) -> None:
        outcome = self.receive([(DIS, [says(Name.CRP)]), (DIS, [DCN])])
        self.assert_ends(outcome, R.HUNG_UP, 0)

    def test_more_than_was_offered(self) -> None:
        """A DCS for what the DIS did not offer ends the session."""
        own = Capabilities(ALL, frozenset({Coding.MH}), ecm=False)
        outcome = self.receive([(DIS, dcs(CORRECTED)), ("DCN", [])], own)
        self.assert_ends(outcome, R.IMPOSSIBLE, 0)

    def test_bad_check(self) -> None:
        """A DCS whose check is wrong is no DCS; no DIS falls into the TCF after it."""
        n_bad = 1

        def bend(heard: s.Heard) -> Iterable[s.Heard]:
            nonlocal n_bad
            if isinstance(heard, s.FrameHeard) and n_bad:
                n_bad -= 1
                return [replace(heard, good=False)]
            return [heard]

        self.assert_ends(self.receive([(DIS, dcs(PLAIN)), (DIS, dcs(PLAIN)), ("CFR", [DCN])], bend=bend), R.HUNG_UP, 0)


class TrainingTests(ReceivingTests):
    def test_bad_training(self) -> None:
        """A TCF that is not zeros for a second gets FTT, at once."""
        bad = [dcs(PLAIN)[0], s.SendImage(PLAIN.modulation, short=False, octets=b"\x55" * 900)]
        self.assert_ends(self.receive([(DIS, bad), ("FTT", dcs(PLAIN)), ("CFR", [DCN])]), R.HUNG_UP, 0)

    def test_errors_at_the_beginning(self) -> None:
        """The first bits of a TCF may be wrong."""
        zeros = s.SendImage(PLAIN.modulation, short=False, octets=b"\xff" * 6 + bytes(894))
        self.assert_ends(self.receive([(DIS, [dcs(PLAIN)[0], zeros]), ("CFR", [DCN])]), R.HUNG_UP, 0)

    def test_no_training(self) -> None:
        """DCS without anything after it gets FTT, before the sender repeats itself."""
        self.assert_ends(self.receive([(DIS, dcs(PLAIN)[:1]), ("FTT", [DCN])]), R.HUNG_UP, 0)
        said_s = length_s(dcs(PLAIN)[0]) + length_s(says(Name.FTT))
        self.assertLess(self.far.at_s[1] - self.far.at_s[0] - said_s, length_s(dcs(PLAIN)[1]) + 3.0)

    def test_noise_before_the_training(self) -> None:
        """A click that is taken for a carrier is not the TCF: that is still waited for."""
        click = s.SendImage(PLAIN.modulation, short=False, octets=b"\x5a" * 20)
        outcome = self.receive([(DIS, [dcs(PLAIN)[0], click, dcs(PLAIN)[1]]), ("CFR", [DCN])])
        self.assert_ends(outcome, R.HUNG_UP, 0)

    def test_dcs_again(self) -> None:
        """A CFR that the sender did not hear: DCS and TCF come again."""
        self.assert_ends(self.receive([(DIS, dcs(PLAIN)), ("CFR", dcs(PLAIN)), ("CFR", [DCN])]), R.HUNG_UP, 0)

    def test_silence_after_cfr(self) -> None:
        """Nothing after CFR is waited for 6 s, and for as long as a training takes."""
        outcome = self.receive([(DIS, dcs(PLAIN)), ("CFR", []), ("DCN", [])])
        self.assert_ends(outcome, R.NO_ANSWER, 0)
        self.assertLess(abs(self.far.at_s[2] - self.far.at_s[1] - 7.6 - 1.2), 0.5)


class PlainTests(ReceivingTests):
    """Without ECM."""

    begin: tuple[Step, ...] = ((DIS, dcs(PLAIN)),)

    def test_two_pages(self) -> None:
        outcome = self.receive(
            [*self.begin, ("CFR", [page(), post("MPS")]), ("MCF", [page(), post("EOP")]), ("MCF", [DCN])]
        )
        self.assert_ends(outcome, R.SUCCESS, 2)
        self.assertEqual([page.octets for page in self.pages], [MH, MH])

    def test_slow_sender(self) -> None:
        """Five seconds may lie between CFR and page, page and command, MCF and page (TSB-85, MRGN06)."""
        slow: list[Signal] = [Pause(5.0), page(), Pause(5.0), post("MPS")]
        outcome = self.receive(
            [(DIS, [Pause(2.55), *dcs(PLAIN)]), ("CFR", slow), ("MCF", [*slow[:3], post("EOP")]), ("MCF", [DCN])]
        )
        self.assert_ends(outcome, R.SUCCESS, 2)

    def test_bad_commands(self) -> None:
        """A command that is not understood is not answered, until it is (MRGN17)."""
        n_bad = 2

        def bend(heard: s.Heard) -> Iterable[s.Heard]:
            nonlocal n_bad
            if isinstance(heard, s.FrameHeard) and heard.octets[2] == Name.EOP.value | FROM_SENDER and n_bad:
                n_bad -= 1
                return [replace(heard, good=False)]
            return [heard]

        said: list[Signal] = [page()]
        said += [post("EOP"), Pause(3.45), post("EOP"), Pause(3.45), post("EOP")]
        self.assert_ends(self.receive([*self.begin, ("CFR", said), ("MCF", [DCN])], bend=bend), R.SUCCESS, 1)

    def test_no_goodbye(self) -> None:
        """The last MCF ends it well, even if no DCN comes."""
        self.assert_ends(self.receive([*self.begin, ("CFR", [page(), post("EOP")]), ("MCF", [])]), R.SUCCESS, 1)

    def test_lost_mcf(self) -> None:
        """A command that is said again gets its answer again, and the page is not stored twice."""
        for name in ("MPS", "EOP"):
            outcome = self.receive(
                [
                    *self.begin,
                    ("CFR", [page(), post(name)]),
                    ("MCF", [post(name)]),
                    ("MCF", [post(name)]),
                    ("MCF", [DCN]),
                ]
            )
            self.assert_ends(outcome, R.SUCCESS if name == "EOP" else R.HUNG_UP, 1)
            self.assertEqual(len(self.pages), 1)

    def test_page_not_heard(self) -> None:
        """A page whose training failed is refused, and not taken for the one before."""
        lost = s.SendImage(Modulation.V29_7200, short=False, octets=MH)  # nobody can train on that
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [page(), post("MPS")]),
                ("MCF", [lost, post("MPS")]),
                ("RTN", dcs(PLAIN)),
                ("CFR", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.HUNG_UP, 1)

    def test_operator_wanted(self) -> None:
        """PRI-MPS, PRI-EOM and PRI-EOP are answered as MPS, EOM and EOP: no operator is here."""
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [page(), post("PRI-MPS")]),
                ("MCF", [page(), post("PRI-EOM")]),
                ("MCF", []),
                (DIS, dcs(PLAIN)),
                ("CFR", [page(), post("PRI-EOP")]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 3)

    def test_polling_after_a_document(self) -> None:
        """Who has sent and now wants to fetch is told goodbye at once; what he has sent stays confirmed."""
        polls = says(Frame(Name.DTC, Capabilities(ALL).dis()))
        outcome = self.receive([*self.begin, ("CFR", [page(), post("EOM")]), ("MCF", [polls]), ("DCN", [])])
        self.assert_ends(outcome, R.POLLING_REFUSED, 1)
        said_s = length_s(says(Name.MCF)) + length_s(polls)
        self.assertLess(self.far.at_s[3] - self.far.at_s[2] - said_s, 2.0, "within the 3 s of a sender's patience")

    def test_another_document(self) -> None:
        """After EOM there are 6 s of silence, then DIS again."""
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [page(), post("EOM")]),
                ("MCF", []),
                (DIS, dcs(PLAIN)),
                ("CFR", [page(), post("EOP")]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 2)

    def test_quality(self) -> None:
        """Under 5 % of bad rows MCF, under 15 % RTP, else RTN, and a refused page is not stored."""
        for n_bad, answer, n_confirmed in ((4, "MCF", 1), (6, "RTP", 1), (14, "RTP", 1), (16, "RTN", 0)):
            with self.subTest(n_bad=n_bad):
                outcome = self.receive([*self.begin, ("CFR", [page(bad_page(n_bad)), post("EOP")]), (answer, [DCN])])
                self.assert_ends(outcome, R.SUCCESS if n_confirmed else R.PAGE_REFUSED, n_confirmed)
                self.assertEqual([one.n_bad_rows for one in self.pages], [n_bad] * n_confirmed)

    def test_silence_in_the_middle(self) -> None:
        """A page whose carrier is lost for good long before its command is not whole."""
        half = page(MH[: len(MH) // 2])
        outcome = self.receive(
            [*self.begin, ("CFR", [half, s.SendImage(Modulation.V29_7200, False, MH), post("EOP")]), ("RTN", [DCN])]
        )
        self.assert_ends(outcome, R.PAGE_REFUSED, 0)

    def test_page_in_two_pieces(self) -> None:
        """Nor one whose carrier is lost in its middle and comes again: what lay between is missing."""
        half = len(MH) // 2
        outcome = self.receive([*self.begin, ("CFR", [page(MH[:half]), page(MH[half:]), post("EOP")]), ("RTN", [DCN])])
        self.assert_ends(outcome, R.PAGE_REFUSED, 0)

    def test_page_whose_beginning_was_not_understood(self) -> None:
        """A carrier before the page may have been its beginning: nobody knows what is missing."""
        lost = s.SendImage(Modulation.V29_7200, short=False, octets=MH)
        outcome = self.receive([*self.begin, ("CFR", [lost, page(), post("EOP")]), ("RTN", [DCN])])
        self.assert_ends(outcome, R.PAGE_REFUSED, 0)

    def test_page_without_a_row(self) -> None:
        """A page of which nothing can be read is refused."""
        outcome = self.receive([*self.begin, ("CFR", [page(bytes(300)), post("EOP")]), ("RTN", [DCN])])
        self.assert_ends(outcome, R.PAGE_REFUSED, 0)

    def test_page_not_heard_after_a_training(self) -> None:
        """A page of which nothing came at all is refused: its command is not the one before the training again."""
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [page(bad_page(6)), post("MPS")]),
                ("RTP", dcs(PLAIN)),
                ("CFR", [post("MPS")]),
                ("RTN", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.PAGE_REFUSED, 1)

    def test_no_rtc(self) -> None:
        """The end of the carrier ends a page as well."""
        outcome = self.receive([*self.begin, ("CFR", [page(MH[:-8]), post("EOP")]), ("MCF", [DCN])])
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_refused_answer_not_heard(self) -> None:
        """CRP gets RTN again; after EOM, who says nothing hears DIS again."""
        crp = says(Name.CRP, from_sender=True)
        begin: list[Step] = [*self.begin, ("CFR", [page(bytes(300)), post("EOP")])]
        self.assert_ends(self.receive([*begin, ("RTN", [crp]), ("RTN", [DCN])]), R.PAGE_REFUSED, 0)
        begin = [*self.begin, ("CFR", [page(bytes(300)), post("EOM")])]
        self.assert_ends(self.receive([*begin, ("RTN", []), (DIS, [DCN])]), R.PAGE_REFUSED, 0)

    def test_foreign_commands(self) -> None:
        """ECM's commands mean nothing here."""
        eor = says(Frame(Name.EOR, bytes((Name.EOP.value,))), from_sender=True)
        ctc = says(Frame(Name.CTC, PLAIN.dcs()[:2]), from_sender=True)
        outcome = self.receive([*self.begin, ("CFR", [page(), pps("EOP", 3), eor, ctc, post("EOP")]), ("MCF", [DCN])])
        self.assert_ends(outcome, R.SUCCESS, 1)


class CorrectedTests(ReceivingTests):
    """With ECM."""

    begin: tuple[Step, ...] = ((DIS, dcs(CORRECTED)),)
    n = len(BLOCKS[0])
    n_last = len(BLOCKS[1])

    def test_blocks(self) -> None:
        """A page in two blocks; what is missing is asked for until it is there."""
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [frames(n for n in range(self.n) if n not in (7, 250)), pps(None, self.n)]),
                ("PPR", [frames([7]), pps(None, self.n)]),
                ("PPR", [frames([250]), pps(None, self.n)]),
                ("MCF", [frames(range(self.n_last), block=1), pps("EOP", self.n_last, block=1)]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)
        self.assertEqual(self.pages[0].octets, b"".join(b"".join(block) for block in BLOCKS))
        [first, second] = [asked for asked in self.asked_frames() if asked.name is Name.PPR]
        self.assertEqual(wanted_of(first.field, self.n), [7, 250])
        self.assertEqual(wanted_of(second.field, self.n), [250])

    def test_operator_wanted(self) -> None:
        """PPS-PRI-MPS, -EOM and -EOP are answered as those without an operator."""
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [frames(range(3)), pps("PRI-MPS", 3)]),
                ("MCF", [frames(range(3)), pps("PRI-EOM", 3, number=1)]),
                ("MCF", []),
                (DIS, dcs(CORRECTED)),
                ("CFR", [frames(range(3)), pps("PRI-EOP", 3, number=2)]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 3)

    def asked_frames(self) -> list[Frame]:
        sent = [octets for asked in self.line.b.asked if isinstance(asked, s.SendFrames) for octets in asked.frames]
        return [frame for octets in sent if (frame := Frame.parse(octets))]

    def test_lost_mcf(self) -> None:
        """PPS again gets MCF again; a block is not taken twice, a page not stored twice."""
        end = pps("EOP", self.n_last, block=1)
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [frames(range(self.n)), pps(None, self.n)]),
                ("MCF", [pps(None, self.n)]),
                ("MCF", [frames(range(self.n_last), block=1), end]),
                ("MCF", [end]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)
        self.assertEqual(self.pages[0].octets, b"".join(b"".join(block) for block in BLOCKS))
        self.assertEqual(len(self.pages), 1)

    def test_lost_ppr(self) -> None:
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [frames([0]), pps("EOP", 2)]),
                ("PPR", [pps("EOP", 2)]),
                ("PPR", [frames([1]), pps("EOP", 2)]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_count_of_what_is_sent_again(self) -> None:
        """Some machines count, in the PPS after a PPR, only the frames of this time; no frame gets lost by that."""
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [frames(n for n in range(self.n) if n not in (7, 250)), pps("EOP", self.n)]),
                ("PPR", [frames([7]), pps("EOP", 2)]),
                ("PPR", [frames([250]), pps("EOP", 1)]),
                ("MCF", [pps("EOP", self.n)]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)
        self.assertEqual(self.pages[0].octets, b"".join(BLOCKS[0]))

    def test_short_frames(self) -> None:
        """Frames of 64 octets, if the sender wants them, counted too low in the first PPS (OREN03)."""
        short = replace(CORRECTED, frame_octets=64)
        [block] = cut(bytes(range(256)) * 2, 64)
        sent = page(on_line_octets(block, range(1, 8), short), short)
        rest = page(on_line_octets(block, [0], short), short)
        outcome = self.receive(
            [(DIS, dcs(short)), ("CFR", [sent, pps("EOP", 2)]), ("PPR", [rest, pps("EOP", 1)]), ("MCF", [DCN])]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)
        self.assertEqual(self.pages[0].octets, bytes(range(256)) * 2)

    def test_nothing_of_a_block(self) -> None:
        """A block of which nothing came is asked for as a whole."""
        outcome = self.receive(
            [*self.begin, ("CFR", [pps("EOP", 2)]), ("PPR", [frames([0, 1]), pps("EOP", 2)]), ("MCF", [DCN])]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_slower(self) -> None:
        """CTC: the rest comes at another speed, with a long training first."""
        slower = replace(CORRECTED, modulation=Modulation.V17_9600)
        ctc = says(Frame(Name.CTC, slower.dcs()[:2]), from_sender=True)
        rest = s.SendImage(slower.modulation, short=False, octets=frames([1], slower).octets)
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [frames([0]), pps("EOP", 3)]),
                ("PPR", [ctc]),
                ("CTR", [rest, pps("EOP", 3)]),
                ("PPR", [frames([2], slower), pps("EOP", 3)]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_nothing_comes_after_ctr(self) -> None:
        """The rest is asked for again; CTR is the answer to CTC alone."""
        ctc = says(Frame(Name.CTC, CORRECTED.dcs()[:2]), from_sender=True)
        all_of_it = s.SendImage(CORRECTED.modulation, short=False, octets=frames([0, 1]).octets)
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [pps("EOP", 2)]),
                ("PPR", [ctc]),
                ("CTR", [pps("EOP", 2)]),
                ("PPR", [all_of_it, pps("EOP", 2)]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_nothing_for_long(self) -> None:
        """A block of which again and again nothing comes is asked for again and again, then comes slower."""
        slower = replace(CORRECTED, modulation=Modulation.V29_9600)
        ctc = says(Frame(Name.CTC, slower.dcs()[:2]), from_sender=True)
        bad: list[Signal] = [page(bytes(800), CORRECTED), pps("EOP", 2)]
        bad_slower: list[Signal] = [page(bytes(800), slower), pps("EOP", 2)]
        steps: list[Step] = [*self.begin, ("CFR", bad), ("PPR", bad), ("PPR", bad), ("PPR", [ctc])]
        good: list[Signal] = [frames([0, 1], slower), pps("EOP", 2)]
        outcome = self.receive([*steps, ("CTR", bad_slower), ("PPR", good), ("MCF", [DCN])])
        self.assert_ends(outcome, R.SUCCESS, 1)
        self.assertFalse([line for line in outcome.trace if "not expected" in line.text])

    def test_same_number_twice(self) -> None:
        """A sender that counts its pages wrongly: a page of which no frame came is not taken for the one before."""
        bad: list[Signal] = [page(bytes(800), CORRECTED), pps("MPS", 1)]
        good: list[Signal] = [frames([0]), pps("MPS", 1)]
        outcome = self.receive([*self.begin, ("CFR", good), ("MCF", bad), ("PPR", good), ("MCF", [DCN])])
        self.assert_ends(outcome, R.HUNG_UP, 2)

    def test_given_up(self) -> None:
        """EOR: the page has a hole, so it is not stored, and the session is no success; the next page is taken."""
        eor = says(Frame(Name.EOR, bytes((Name.MPS.value | FROM_SENDER,))), from_sender=True)
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [frames([0]), pps("MPS", 2)]),
                ("PPR", [eor]),
                ("ERR", [eor]),
                ("ERR", [frames([0]), pps("EOP", 1, 1)]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.PAGE_REFUSED, 1)
        self.assertEqual([page.number for page in self.pages], [0], "the first of the file")

    def test_last_page_given_up(self) -> None:
        """So it is with the last one; ERR that was not heard is said again."""
        eor = says(Frame(Name.EOR, bytes((Name.EOP.value | FROM_SENDER,))), from_sender=True)
        steps: list[Step] = [("CFR", [frames([0]), pps("EOP", 2)]), ("PPR", [eor]), ("ERR", [eor]), ("ERR", [DCN])]
        self.assert_ends(self.receive([*self.begin, *steps]), R.PAGE_REFUSED, 0)
        self.assertEqual(self.pages, [])

    def test_asked_again(self) -> None:
        """CRP, and RR where nothing is being stored, get the last answer again."""
        crp, rr = (says(name, from_sender=True) for name in (Name.CRP, Name.RR))
        outcome = self.receive(
            [
                *self.begin,
                ("CFR", [crp]),
                ("CFR", [frames([0]), pps("EOP", 2)]),
                ("PPR", [crp]),
                ("PPR", [rr]),
                ("PPR", [frames([1]), pps("EOP", 2)]),
                ("MCF", [rr]),
                ("MCF", [DCN]),
            ]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_line_gone_after_the_end(self) -> None:
        """Who hangs up after the last MCF without DCN has sent everything."""

        def store(page: ReceivedPage) -> None:
            self.receiver.kept(page, self.line.now_s)
            self.line.after(2.0, lambda: self.receiver.line_gone(self.line.now_s))

        steps: list[Step] = [*self.begin, ("CFR", [frames([0]), pps("EOP", 1)]), ("MCF", [])]
        self.assert_ends(self.receive(steps, store=store), R.SUCCESS, 1)

    def test_foreign_speed(self) -> None:
        """CTC for a speed that we have not is not answered."""
        own = Capabilities(frozenset({Modulation.V29_9600, Modulation.V29_7200, Modulation.V27TER_2400}))
        first = replace(CORRECTED, modulation=Modulation.V29_9600)
        ctc = says(Frame(Name.CTC, CORRECTED.dcs()[:2]), from_sender=True)
        sent = [frames([0], first), pps("EOP", 2)]
        outcome = self.receive([(DIS, dcs(first)), ("CFR", sent), ("PPR", [ctc, Pause(3.0), DCN])], own)
        self.assert_ends(outcome, R.HUNG_UP, 0)

    def test_garbage(self) -> None:
        """Frames of image data that are no frames change nothing."""
        rubbish = page(bytes(range(256)) * 8, CORRECTED)
        outcome = self.receive(
            [*self.begin, ("CFR", [rubbish, pps("EOP", 1)]), ("PPR", [frames([0]), pps("EOP", 1)]), ("MCF", [DCN])]
        )
        self.assert_ends(outcome, R.SUCCESS, 1)


class BoundTests(ReceivingTests):
    def test_time(self) -> None:
        """A sender that repeats its command for ever is let go before thirty minutes are over, with DCN."""
        begin: list[Step] = [(DIS, dcs(PLAIN)), ("CFR", [page(), post("MPS")])]
        said: list[Step] = [("MCF", [post("MPS")])] * 700
        self.assert_ends(self.receive([*begin, *said], played=False), R.TOO_LONG, 1)
        self.assertTrue(MAX_SESSION_S - 30 <= self.took_s <= MAX_SESSION_S - 20, self.took_s)

    def test_pages(self) -> None:
        """After a hundred pages it is enough."""
        pages: list[Step] = [("MCF", [page(SMALL), post("MPS")])] * MAX_PAGES
        steps = [(DIS, dcs(PLAIN)), ("CFR", [page(SMALL), post("MPS")]), *pages, ("DCN", [])]
        self.assert_ends(self.receive(steps), R.TOO_MANY_PAGES, MAX_PAGES)

    def test_rows(self) -> None:
        """After ten thousand rows of one page, too."""
        endless = bits_to_octets(bytes(map(int, ("000000000001" + "01001101100110101") * (MAX_ROWS + 100))))
        steps: list[Step] = [(DIS, dcs(PLAIN)), ("CFR", [page(endless)]), ("DCN", [])]
        self.assert_ends(self.receive(steps), R.TOO_LONG, 0)


class KeepingTests(ReceivingTests):
    """Nothing is confirmed that is not stored."""

    def later(self, delay_s: float) -> Callable[[ReceivedPage], None]:
        return lambda page: self.line.later(
            self.line.now_s + delay_s, lambda: self.receiver.kept(page, self.line.now_s)
        )

    def test_quick_store(self) -> None:
        """Half a second is not worth telling."""
        outcome = self.receive(
            [(DIS, dcs(CORRECTED)), ("CFR", [frames([0]), pps("EOP", 1)]), ("MCF", [DCN])], store=self.later(0.5)
        )
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_slow_store(self) -> None:
        """With ECM the sender hears RNR, and is told when it asks again."""
        rr = says(Name.RR, from_sender=True)
        outcome = self.receive(
            [
                (DIS, dcs(CORRECTED)),
                ("CFR", [frames([0]), pps("EOP", 1)]),
                ("RNR", [rr]),
                ("RNR", [rr]),
                ("MCF", [DCN]),
            ],
            store=self.later(5.5),
        )
        self.assert_ends(outcome, R.SUCCESS, 1)

    def test_slow_store_that_is_soon_done(self) -> None:
        """Who was told RNR asks again, and is not answered before that; if he has not heard it, he hears it again."""
        rr = says(Name.RR, from_sender=True)
        for again, delay_s in (([], 2.0), ([("RNR", [pps("EOP", 1)])], 5.0)):
            steps: list[Step] = [(DIS, dcs(CORRECTED)), ("CFR", [frames([0]), pps("EOP", 1)]), *again]
            outcome = self.receive([*steps, ("RNR", [rr]), ("MCF", [DCN])], store=self.later(delay_s))
            self.assert_ends(outcome, R.SUCCESS, 1)

    def test_slow_store_without_ecm(self) -> None:
        """Without ECM it is answered when it repeats its command, and not into its mouth."""
        begin: list[Step] = [(DIS, dcs(PLAIN)), ("CFR", [page(), post("EOP")])]
        self.assert_ends(self.receive([*begin, ("MCF", [DCN])], store=self.later(2.0)), R.SUCCESS, 1)

    def test_very_slow_store_without_ecm(self) -> None:
        """A command that is repeated meanwhile is waited through; once the page is stored, the next one is answered."""
        for delay_s, n_asked in ((2.8, 2), (4.0, 2), (6.0, 2), (7.5, 3), (9.5, 3)):
            with self.subTest(delay_s):
                again = [one for _ in range(n_asked - 1) for one in (Pause(3.0), post("EOP"))]
                sent: list[Signal] = [page(), post("EOP"), *again]
                steps: list[Step] = [(DIS, dcs(PLAIN)), ("CFR", sent), ("MCF", [DCN])]
                outcome = self.receive(steps, store=self.later(delay_s))
                self.assert_ends(outcome, R.SUCCESS, 1)
                self.assertEqual(len(self.pages), 1)
                self.assertEqual(sum(line.text == "MCF" for line in outcome.trace), 1, "to a sender that listens")

    def test_impatient(self) -> None:
        """A sender that falls silent, or says something else, before its page is stored has it not confirmed."""
        wait = self.later(30.0)
        begin: list[Step] = [(DIS, dcs(PLAIN)), ("CFR", [page(), post("EOP"), Pause(3.0), post("MPS")])]
        self.assert_ends(self.receive([*begin, ("DCN", [])], store=wait), R.NO_ANSWER, 0)

    def test_no_store(self) -> None:
        """The disk is full: no MCF, but DCN."""
        for agreement, sent in ((PLAIN, [page(), post("EOP")]), (CORRECTED, [frames([0]), pps("EOP", 1)])):
            outcome = self.receive(
                [(DIS, dcs(agreement)), ("CFR", sent), ("DCN", [])],
                store=lambda page: self.receiver.not_kept(page, self.line.now_s),
            )
            self.assert_ends(outcome, R.NOT_KEPT, 0)

    def test_store_that_hangs(self) -> None:
        """A store that never answers costs a minute, and the session says so."""
        rr = says(Name.RR, from_sender=True)
        outcome = self.receive(
            [(DIS, dcs(CORRECTED)), ("CFR", [frames([0]), pps("EOP", 1)]), *[("RNR", [rr])] * 23, ("DCN", [])],
            store=lambda page: None,
        )
        self.assert_ends(outcome, R.NOT_KEPT, 0)
