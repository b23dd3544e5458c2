"""Whatever a far end, a line or a modem does: a session ends within its bound, with one result, and that is true."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax import signals as s
from callserver.fax.page import Coding, Resolution
from callserver.fax.t4.encoding import encode
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.documents import PageNeeded, PageShape, ReceivedPage
from callserver.fax.t30.frames import Frame, Name, PartialPage, wanted_field
from callserver.fax.t30.receiving import ReceivingTerminal
from callserver.fax.t30.results import Outcome
from callserver.fax.t30.sending import SendingTerminal
from callserver.fax.t30.terminal import Station, Terminal
from callserver.fax.t30.timers import MAX_SESSION_S
from callserver.wire.fax_results import WORDS, FaxResult
from tests.fax.pages import text_like
from tests.fax.t30.far_end import ALL, CORRECTED, PLAIN, on_line_octets
from tests.fax.t30.test_session import Fax
from tests.fax.t30.wire import Bend

FIELDS = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            Capabilities(ALL).dis(),
            Capabilities(ALL, ecm=False).dis(),
            CORRECTED.dcs(),
            PLAIN.dcs(),
            bytes((0, 0, 0, 0)),
            bytes((Name.EOP.value, 0, 0, 0)),
            bytes(32),
            b"\xff" * 32,
        ]
    ),
)


@st.composite
def frames(draw: st.DrawFn) -> s.FrameHeard:
    frame = Frame(draw(st.sampled_from(Name)), draw(FIELDS))
    octets = frame.octets(last=draw(st.booleans()), from_sender=draw(st.booleans()))
    return s.FrameHeard(draw(st.one_of(st.just(octets), st.binary(min_size=2, max_size=265))), draw(st.booleans()))


ANYTHING: st.SearchStrategy[s.Heard | None] = st.one_of(
    st.just(s.Sent()),
    st.builds(s.ToneHeard, st.sampled_from(s.FaxTone)),
    st.just(s.FlagsHeard()),
    frames(),
    st.just(s.FramesOver()),
    st.just(s.Trained()),
    st.builds(s.ImageHeard, st.one_of(st.binary(max_size=64), st.just(bytes(2000)))),
    st.just(s.ImageOver()),
    st.none(),  # only time passes
)
# What machines really do, one after the other: fields that fit their frames, trainings and pages.
LIKELY = [
    Frame(Name.DIS, Capabilities(ALL).dis()),
    Frame(Name.DIS, Capabilities(ALL, ecm=False).dis()),
    Frame(Name.DCS, CORRECTED.dcs()),
    Frame(Name.DCS, PLAIN.dcs()),
    Frame(Name.PPR, wanted_field([0])),
    Frame(Name.CTC, CORRECTED.dcs()[:2]),
    *(PartialPage(follows, page, 0, 1).frame() for follows in (None, Name.MPS, Name.EOM, Name.EOP) for page in (0, 1)),
    Frame(Name.EOR, bytes((Name.MPS.value,))),
    *(Frame(name) for name in Name if name not in (Name.DIS, Name.DCS, Name.PPR, Name.PPS, Name.CTC, Name.EOR)),
]
IMAGES = [bytes(2000), encode(text_like(40), Coding.MH), on_line_octets([bytes(256)], [0], CORRECTED)]


def _burst(frame: Frame) -> list[s.Heard | None]:
    return [s.Sent(), s.Sent(), s.FlagsHeard(), heard_frame(frame), s.FramesOver()]


def _image(octets: bytes) -> list[s.Heard | None]:
    return [s.Sent(), s.Trained(), s.ImageHeard(octets), s.ImageOver()]


def heard_frame(frame: Frame) -> s.FrameHeard:
    return s.FrameHeard(frame.octets(last=True, from_sender=False), good=True)


PIECES = st.one_of(
    st.sampled_from(LIKELY).map(_burst),
    st.sampled_from(LIKELY).map(_burst),
    st.sampled_from(IMAGES).map(_image),
    st.lists(ANYTHING, max_size=3),
)
STORIES = st.lists(st.tuples(PIECES, st.sampled_from([0.0, 0.1, 1.0, 7.0])), max_size=30)
Story = list[tuple[list[s.Heard | None], float]]


class Asks:
    """Keeps the rule of the seam: while something is sent, nothing is asked but `Listen`."""

    def __init__(self) -> None:
        self.is_sending = False

    def __call__(self, asked: s.Asked) -> None:
        if isinstance(asked, s.Listen):
            self.is_sending = False
        else:
            assert not self.is_sending, asked
            self.is_sending = True


def play(terminal: Terminal, asks: Asks, story: Story) -> float:
    """Feed all of it, then let time go on until the session is over. :return: when that was"""
    now_s = 0.0
    terminal.start(now_s)
    for piece, after_s in story:
        now_s += after_s
        for heard in piece:
            if isinstance(heard, s.Sent):
                asks.is_sending = False
            if heard is None:
                now_s = max(now_s, terminal.next_deadline_s or now_s)
                terminal.on_time(now_s)
            else:
                terminal.feed(heard, now_s)
    for _ in range(2000):
        if terminal.next_deadline_s is None:
            return now_s
        now_s = max(now_s, terminal.next_deadline_s)
        terminal.on_time(now_s)
    raise AssertionError("no end")


class AnyFarEndTests(SynchronousTestCase):
    def assert_ended(self, outcomes: list[Outcome], at_s: float) -> Outcome:
        [outcome] = outcomes
        self.assertIn(outcome.result, WORDS)
        self.assertLessEqual(at_s, MAX_SESSION_S)
        decided = ("train", "post", "keep", "identify", "turn_page", "await_page", "retrain", "correct", "give_up")
        for line in outcome.trace:
            for word in decided:
                self.assertFalse(line.text.startswith("not expected") and line.text.endswith(f": {word}"), line.text)
        return outcome

    @settings(max_examples=150, deadline=None)
    @given(STORIES, st.integers(1, 3), st.booleans())
    def test_sender(self, story: Story, n_pages: int, calls: bool) -> None:
        asks, outcomes = Asks(), list[Outcome]()

        def need(needed: PageNeeded) -> None:
            terminal.page_ready(needed, bytes(300), 0.0)

        shapes = [PageShape(1728, Resolution.FINE, 2286)] * n_pages
        terminal = SendingTerminal(Station(Capabilities(ALL)), shapes, asks, need, outcomes.append, calls=calls)
        outcome = self.assert_ended(outcomes, play(terminal, asks, story))
        self.assertEqual(outcome.result is FaxResult.SUCCESS, outcome.n_confirmed == n_pages)

    @settings(max_examples=150, deadline=None)
    @given(STORIES, st.sampled_from(["kept", "not kept", "never"]))
    def test_receiver(self, story: Story, store: str) -> None:
        asks, outcomes, kept = Asks(), list[Outcome](), list[ReceivedPage]()

        def keep(page: ReceivedPage) -> None:
            if store == "kept":
                kept.append(page)
                terminal.kept(page, 0.0)
            elif store == "not kept":
                terminal.not_kept(page, 0.0)

        terminal = ReceivingTerminal(Station(Capabilities(ALL)), asks, keep, outcomes.append)
        outcome = self.assert_ended(outcomes, play(terminal, asks, story))
        self.assertLessEqual(outcome.n_confirmed, len(kept))
        self.assertFalse(outcome.result is FaxResult.SUCCESS and not kept)


def losing(seed: int, share: float) -> Bend:
    """A line that loses some events and spoils some frames."""
    chance = Random(seed)

    def bend(heard: s.Heard) -> Iterable[s.Heard]:
        if chance.random() >= share:
            return [heard]
        if isinstance(heard, s.FrameHeard):
            return [s.FrameHeard(heard.octets, good=False)]
        if isinstance(heard, s.ImageHeard):
            at = chance.randrange(len(heard.octets))
            return [s.ImageHeard(heard.octets[:at] + b"\x5a" + heard.octets[at + 1 :])]
        return []

    return bend


class LosingLineTests(SynchronousTestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 2**32), st.sampled_from([0.02, 0.1, 0.3]), st.integers(1, 3))
    def test_with_ecm(self, seed: int, share: float, n_pages: int) -> None:
        """What a sender calls confirmed lies in the store, once, in order and to the bit."""
        pages = [Random(number).randbytes(3000) for number in range(n_pages)]
        fax = Fax(pages, bend_sender=losing(seed, share), bend_receiver=losing(seed + 1, share)).run()
        stored = [page.octets[:3000] for page in fax.kept]
        confirmed = fax.outcomes["sender"].n_confirmed
        self.assertEqual(stored, pages[: len(stored)])
        self.assertLessEqual(confirmed, len(stored))
        if fax.outcomes["sender"].result is FaxResult.SUCCESS:
            self.assertEqual(len(stored), n_pages)

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 2**32), st.sampled_from([0.02, 0.1, 0.3]), st.integers(1, 3))
    def test_without_ecm(self, seed: int, share: float, n_pages: int) -> None:
        """Rows may suffer; but what a sender calls confirmed lies in the store, and each page once."""
        pages = [encode(text_like(40 + number), Coding.MH) for number in range(n_pages)]
        plain = Capabilities(ALL, frozenset({Coding.MH}), ecm=False)
        fax = Fax(pages, receiver=plain, bend_sender=losing(seed, share), bend_receiver=losing(seed + 1, share)).run()
        sent = fax.outcomes["sender"]
        self.assertLessEqual(sent.n_confirmed, len(fax.kept))
        if sent.result is FaxResult.SUCCESS:
            self.assertEqual(len(fax.kept), n_pages)
