"""The player: heard from anywhere, at any speed, without silences; written on and fetched, as far as he may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from callserver.desktop.not_connected import NO_CONNECTION, NotConnected
from callserver.desktop.presenters.player import Player, PlayerData
from callserver.wire.messages import Access, Card
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.desktop.presenters.recording_rows import FakeSpeaker, row, sound
from tests.desktop.presenters.work_case import EVERY_RIGHT, WorkCase

PART = 32768
MINUTE = 60 * 8000


class PlayerCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[PlayerData] = []
        self.changes: list[tuple[int, dict[str, Any]]] = []
        self.speakers: list[FakeSpeaker] = []
        self.has_device = True
        self.player = Player(self.work, self.shown.append, self.open, lambda *what: self.changes.append(what))
        self.player.start()
        self.addCleanup(self.player.stop)

    def open(self) -> FakeSpeaker | None:
        if not self.has_device:
            return None
        self.speakers.append(FakeSpeaker(self.clock))
        return self.speakers[-1]

    @property
    def seen(self) -> PlayerData:
        return self.shown[-1]

    def chosen(self, **more: Any) -> None:
        """A recording of a minute, with its picture and two marks."""
        self.player.choose(row(4, **more))
        self.client.answers({"far": b"\x01\x02", "near": b"\x03\x04", "samples": MINUTE})
        self.client.answers(
            [{"at_s": 15.0, "length_s": 0.0, "text": "hold"}, {"at_s": 30, "length_s": 6, "text": "blanked"}]
        )

    def passes(self, seconds: float) -> None:
        """Time passes; each part that is asked for comes at once."""
        for _ in range(round(seconds / 0.05) + 2):  # the first part is heard a moment later
            self.serve()
            self.clock.advance(0.05)
        self.serve()

    def serve(self) -> None:
        waiting = [asked for asked in self.client.asked if asked[0] == "play_recording"]
        for asked in waiting[len(waiting) - len(self.client.waiting) :]:
            self.client.answers(sound(min(PART, MINUTE - asked[2]), MINUTE))

    def parts(self) -> list[int]:
        return [asked[2] // PART for asked in self.client.asked if asked[0] == "play_recording"]


class HearingTests(PlayerCase):
    def test_chosen(self) -> None:
        """Picture and marks come by themselves; nobody has heard it yet, so no sound is asked for."""
        self.chosen()
        self.assertEqual([asked[0] for asked in self.client.asked], ["recording_peaks", "recording_marks"])
        self.assertEqual((self.seen.far, self.seen.near, self.seen.clock), (b"\x01\x02", b"\x03\x04", "0:00 / 1:00"))
        self.assertEqual([mark.words for mark in self.seen.marks], ["0:15 on hold", "0:30 made silent"])
        self.assertEqual([(mark.share, mark.length) for mark in self.seen.marks], [(0.25, 0.0), (0.5, 0.1)])

    def test_played(self) -> None:
        """Two seconds are heard in two seconds; never more than a part is asked ahead."""
        self.chosen()
        self.player.play_or_pause()
        self.passes(2)
        self.assertTrue(self.seen.plays)
        self.assertEqual(self.seen.clock, "0:02 / 1:00")
        self.assertEqual(self.parts(), [0, 1])
        self.assertLess(abs(len(self.speakers[0].heard) / 16000 - 2.3), 0.1)

    def test_paused(self) -> None:
        """It stands still where it was heard, and goes on from there."""
        self.chosen()
        self.player.play_or_pause()
        self.passes(2)
        self.player.play_or_pause()
        self.assertTrue(self.speakers[0].stopped)
        self.passes(5)
        self.assertEqual((self.seen.plays, self.seen.clock), (False, "0:02 / 1:00"))
        self.player.play_or_pause()
        self.passes(1)
        self.assertEqual(self.seen.clock, "0:03 / 1:00")

    def test_jumps(self) -> None:
        """Ten seconds on, back, to where somebody clicks, never beyond the ends; of the sound only what is needed."""
        self.chosen()
        self.player.jump(10)
        self.assertEqual(self.seen.clock, "0:10 / 1:00")
        self.player.jump(-30)
        self.assertEqual(self.seen.clock, "0:00 / 1:00")
        self.player.seek_share(0.5)
        self.player.play_or_pause()
        self.passes(1)
        self.assertEqual(self.seen.clock, "0:31 / 1:00")
        self.assertEqual(self.parts(), [7, 8])
        self.player.seek(1000)
        self.assertEqual(self.seen.clock, "1:00 / 1:00")

    def test_bounded_memory(self) -> None:
        """Of a recording that is heard to its end no more than eight parts are kept."""
        self.chosen()
        self.player.play_or_pause()
        self.passes(62)
        self.assertFalse(self.seen.plays)
        self.assertEqual(self.parts(), list(range(15)))
        self.assertLessEqual(len(self.player.playing._sound._parts), 8)  # type: ignore[union-attr]
        self.player.play_or_pause()
        self.passes(1)
        self.assertEqual(self.seen.clock, "0:01 / 1:00", "Space at the end begins anew")

    def test_faster(self) -> None:
        """At 2× twice as much is heard in the same time."""
        self.chosen()
        self.player.choose_speed(self.seen.speeds.index("2×"))
        self.player.play_or_pause()
        self.passes(4)
        self.assertIn(self.seen.at_s, (7, 8))

    def test_silence_is_skipped(self) -> None:
        """Of a silence a third of a second stays."""
        self.chosen()
        self.player.skip_silence(True)
        self.player.play_or_pause()
        self.client.answers(sound(PART, MINUTE, loudness=20))
        self.client.answers(sound(PART, MINUTE)) if self.client.waiting else None
        self.passes(1)
        self.assertGreaterEqual(self.seen.at_s, 4)

    def test_slow_server(self) -> None:
        """While a part is not here yet it waits for it, and asks only once."""
        self.chosen()
        self.player.play_or_pause()
        self.clock.pump([0.05] * 40)
        self.assertEqual((self.parts(), self.seen.clock), ([0], "0:00 / 1:00"))
        self.passes(1)
        self.assertEqual(self.seen.at_s, 1)

    def test_a_call_begins(self) -> None:
        """It stands still when a call rings, and cannot be played in a call."""
        self.chosen()
        self.player.play_or_pause()
        self.passes(1)
        self.seat(SeatState.RINGING, Card("call-1", "139"))
        self.assertFalse(self.seen.plays)
        self.seat(SeatState.TALKING, Card("call-1", "139"))
        self.player.play_or_pause()
        self.assertEqual((self.seen.plays, self.seen.why_not_play), (False, "Not during a call"))

    def test_no_device(self) -> None:
        """Nothing to hear it on is a sentence; so is a headset that goes."""
        self.chosen()
        self.has_device = False
        self.player.play_or_pause()
        self.assertIn("no headset", self.seen.problem)
        self.has_device = True
        self.player.play_or_pause()
        self.passes(1)
        self.assertEqual(self.seen.problem, "")
        self.speakers[-1].is_there = False
        self.passes(0.1)
        self.assertEqual((self.seen.plays, "no headset" in self.seen.problem), (False, True))

    def test_gone(self) -> None:
        """A file that is not there any more is told in the server's words, and nothing is asked for again."""
        self.chosen()
        self.player.play_or_pause()
        self.refuses(Refused(Refusal.NOT_SAVED, '["{file}: the file is gone", {"file": "a.wav"}]'))
        self.clock.pump([0.05] * 20)
        self.assertIn("a.wav: the file is gone", self.seen.problem)
        self.assertEqual((self.seen.plays, self.parts()), (False, [0]))

    def test_still_runs(self) -> None:
        """A call that goes on has nothing to be heard yet."""
        self.player.choose(row(5, length_s=None))
        self.assertFalse(self.seen.may_play)
        self.assertIn("still runs", self.seen.says)
        self.assertEqual(self.client.asked, [])

    def test_runs_no_more(self) -> None:
        """A call that is over by the time the list is asked for again can be heard, with picture and length."""
        self.player.choose(row(5, length_s=None))
        self.player.choose(row(5))
        self.assertEqual([asked[0] for asked in self.client.asked], ["recording_peaks", "recording_marks"])
        self.assertEqual((self.seen.may_play, self.seen.says, self.seen.clock), (True, "", "0:00 / 1:00"))
        self.player.choose(row(5, note="x"))
        self.assertEqual((len(self.client.asked), self.seen.note), (2, "x"))

    def test_picture_after_the_connection(self) -> None:
        """A picture that a lost connection kept away comes when it is back; one that is there stays."""
        self.player.choose(row(4))
        lost = NotConnected(NO_CONNECTION)
        self.model.lost(lost)
        self.client.answers(lost)
        self.client.answers(lost)
        self.log_in()
        self.client.answers({"far": b"\x01", "near": b"", "samples": 8000})
        self.client.answers([])
        self.assertEqual((self.seen.far, self.seen.problem), (b"\x01", ""))
        self.model.lost(lost)
        self.log_in()
        self.assertEqual(self.client.waiting, [])

    def test_slow_picture(self) -> None:
        """A picture that takes long is told of, until it is there."""
        self.player.choose(row(4))
        self.assertEqual(self.seen.says, "")
        self.clock.advance(0.4)
        self.assertIn("is being drawn", self.seen.says)
        self.client.answers({"far": b"\x01", "near": b"", "samples": 8000})
        self.assertEqual(self.seen.says, "")

    def test_another_one(self) -> None:
        """The picture of a recording that was left comes too late."""
        self.player.choose(row(4))
        self.player.choose(row(5))
        self.client.answers({"far": b"\x01", "near": b"", "samples": 8000})
        self.client.answers([])
        self.assertEqual((self.seen.number, self.seen.far), (5, b""))

    def test_left_behind(self) -> None:
        """What was wrong with one, its slow picture, its marks and its file go with it when another is chosen."""
        folder = Path(self.mktemp())
        folder.mkdir()
        self.has_device = False
        self.chosen()
        self.player.play_or_pause()
        self.player.fetch(str(folder / "a.wav"), "mixed")
        self.player.choose(row(5))
        self.assertEqual((self.seen.problem, self.seen.fetched, self.seen.marks), ("", None, ()))
        self.client.waiting.clear()
        self.player.play_or_pause()
        self.player.choose(row(6, length_s=None))
        self.assertEqual(self.seen.problem, "")
        self.clock.advance(1)
        self.assertIn("still runs", self.seen.says)
        self.assertEqual(list(folder.iterdir()), [])

    def test_late_marks(self) -> None:
        """Marks, and what was written, of a recording that was left do not come to the one that is shown."""
        self.player.choose(row(4))
        self.player.write_note("of the fourth")
        _, marks, note = self.client.waiting
        self.player.choose(row(5))
        marks.callback([{"at_s": 15.0, "length_s": 0.0, "text": "hold"}])
        note.callback(None)
        self.assertEqual((self.seen.marks, self.seen.note, self.seen.says), ((), "", ""))
        self.assertEqual(self.changes, [(4, {"note": "of the fourth"})])

    def test_whose(self) -> None:
        """A caller without a name has a number; who has withheld it is told to have."""
        for more, who in (({"name": ""}, "13800138000"), ({"name": "", "caller": ""}, "withheld")):
            self.player.choose(row(len(who), **more))
            self.assertIn(f" · {who}", self.seen.title)

    def test_late_refusal(self) -> None:
        """A part of a recording that was left does not come: the one that is heard now plays on."""
        self.chosen()
        self.player.play_or_pause()
        late = self.client.waiting.pop()
        self.player.choose(row(5))
        self.client.waiting.clear()
        self.player.play_or_pause()
        late.errback(Refused.no_right(Right.PLAY_RECORDINGS))
        self.assertEqual((self.seen.plays, self.seen.problem), (True, ""))
        self.client.waiting[0].errback(Refused.no_right(Right.PLAY_RECORDINGS))
        self.assertFalse(self.seen.plays)
        self.assertIn("play recordings", self.seen.problem)


class RightsTests(PlayerCase):
    def may(self, *rights: Right) -> None:
        self.model.access(Access(frozenset(rights), (), ()))

    def test_none(self) -> None:
        """Without rights all is disabled, and each button says which right it needs."""
        self.may()
        self.player.choose(row(4))
        self.assertEqual(self.client.asked, [])
        self.assertFalse(any((self.seen.may_play, self.seen.may_fetch, self.seen.may_protect, self.seen.may_note)))
        self.assertIn("play recordings", self.seen.why_not_play)
        self.assertIn("download recordings", self.seen.why_not_fetch)

    def test_taken_away(self) -> None:
        """Whose right to hear goes while he listens hears no more."""
        self.chosen()
        self.player.play_or_pause()
        self.passes(1)
        self.may(*(EVERY_RIGHT - {Right.PLAY_RECORDINGS}))
        self.assertFalse(self.seen.plays)


class WritingTests(PlayerCase):
    def test_protected(self) -> None:
        """Protected, and no more; the list is told."""
        self.chosen()
        self.player.protect()
        self.assertEqual(self.client.asked[-1], ("protect_recording", 4, True))
        self.client.answers()
        self.assertTrue(self.seen.is_protected)
        self.assertEqual(self.changes, [(4, {"protected": True})])
        self.player.protect()
        self.assertEqual(self.client.asked[-1], ("protect_recording", 4, False))

    def test_written_on(self) -> None:
        """A note and a class; a complaint is protected, too, as the server does it."""
        self.chosen()
        self.player.write_note(" calls again ")
        self.client.answers()
        self.player.classify("complaint")
        self.client.answers()
        self.assertEqual((self.seen.note, self.seen.class_, self.seen.is_protected), ("calls again", "complaint", True))
        self.player.write_note("x")
        self.refuses(Refused.no_right(Right.PLAY_RECORDINGS))
        self.assertEqual((self.seen.note, bool(self.seen.problem)), ("calls again", True))


class FileTests(PlayerCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.path = self.folder / "a.wav"
        self.chosen()

    def test_fetched(self) -> None:
        """Part by part, with how far it is; then the file is there, whole."""
        self.player.fetch(str(self.path), "mixed")
        self.client.answers({"octets": b"RIFF", "total": 8})
        self.assertEqual((self.seen.fetched, self.path.exists()), (0.5, False))
        self.assertEqual(self.client.asked[-1], ("export_recording", 4, "mixed", 4))
        self.client.answers({"octets": b"data", "total": 8})
        self.assertEqual(self.path.read_bytes(), b"RIFFdata")
        self.assertEqual((self.seen.fetched, self.seen.says), (None, f"Written: {self.path}"))

    def test_half(self) -> None:
        """Broken off, or refused in the middle, nothing of it stays."""
        for end in (self.player.cancel_fetch, lambda: self.refuses(Refused.no_right(Right.DOWNLOAD_RECORDINGS))):
            self.player.fetch(str(self.path), "mixed")
            self.client.answers({"octets": b"RIFF", "total": 8})
            end()
            self.assertEqual(list(self.folder.iterdir()), [])
            self.assertIsNone(self.seen.fetched)
            self.client.waiting.clear()
        self.assertIn("download recordings", self.seen.problem)

    def test_one_at_a_time(self) -> None:
        """While one file is fetched no second is begun; who leaves the panel leaves no half file."""
        self.player.fetch(str(self.path), "mixed")
        self.player.fetch(str(self.folder / "b.wav"), "mixed")
        self.client.answers({"octets": b"RIFF", "total": 8})
        self.assertEqual([one.name for one in self.folder.iterdir()], ["a.wav.part"])
        self.player.stop()
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_no_place(self) -> None:
        """A file that is there is not touched; a folder that is not is named."""
        self.path.write_bytes(b"mine")
        self.player.fetch(str(self.path), "mixed")
        self.assertIn("already", self.seen.problem)
        self.player.fetch(str(self.folder / "no" / "b.wav"), "mixed")
        self.assertIn("no such folder", self.seen.problem)
        self.assertEqual(self.path.read_bytes(), b"mine")
        self.player.fetch("~nobody-here/c.wav", "mixed")
        self.assertIn("no such folder: ~nobody-here", self.seen.problem)
