"""What agents ask for at their programs: their own calls, or with right 1 all; what they hear and fetch is noted."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from twisted.internet.defer import maybeDeferred

from callserver.acd.seats.acts import perform
from callserver.calls.vocabulary import Kind
from callserver.features.recordings import arguments, desk, peaks
from callserver.features.recordings.desk import PART_OCTETS, RecordingsDesk
from callserver.features.recordings.judge import Judge
from callserver.store.tables import EventRow, event_record
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from tests.features.recordings.sound_case import SoundCase, voices

SUPERVISOR, PLAY, DOWNLOAD = Right.SUPERVISOR, Right.PLAY_RECORDINGS, Right.DOWNLOAD_RECORDINGS


class DeskTests(SoundCase):
    def setUp(self) -> None:
        super().setUp()
        self.rights: dict[str, frozenset[Right]] = {}
        judge = Judge(lambda number: self.rights.get(number, frozenset()), self.store, self.events)  # type: ignore[arg-type]
        self.desk = RecordingsDesk(judge, self.records, self.archive, maybeDeferred)
        self.mine, self.other = self.spoken(5), self.spoken(5, agents=("802",))
        self.look()

    def asks(self, act: str, *args: Any, rights: tuple[Right, ...] = (), person: str = "801") -> Any:
        """What an act answers, or why not, as its wire form begins."""
        self.rights[person] = frozenset(rights)
        seat: Any = SimpleNamespace(number=person)
        try:
            answer = perform(self.desk.acts(), self.rights[person], seat, act, args)
        except Refused as refused:
            return str(refused).partition(":")[0]
        found: list[Any] = []
        answer.addBoth(found.append)
        if hasattr(found[0], "value"):
            self.assertIsInstance(found[0].value, Refused)
            return str(found[0].value).partition(":")[0]
        return found[0]

    def noted(self) -> list[tuple[str, str, str]]:
        rows = [event_record(row) for row in EventRow.select().where(EventRow.kind == Kind.AUDIT.value)]
        return [(str(one.person), str(one.data["act"]), str(one.data["result"]).partition(":")[0]) for one in rows]

    def listed(self, *rights: Right, **filters: Any) -> list[int]:
        return [one["number"] for one in self.asks("list_recordings", filters, "", rights=rights)["found"]]

    def test_own_or_all(self) -> None:
        """The list is of his own calls; with right 1 of all; whatever else he asks for."""
        self.assertEqual(self.listed(), [1])
        self.assertEqual(self.listed(SUPERVISOR), [2, 1])
        self.assertEqual(self.listed(agent="802"), [])
        self.assertEqual(self.listed(SUPERVISOR, agent="802"), [2])

    def test_bad_lists(self) -> None:
        """A filter that is none is refused in words, and nothing is listed."""
        self.assertEqual(self.asks("list_recordings", {"number": "***"}, ""), "not-saved")
        for filters in ({"x": 1}, {"number": 5}, {"since": "yesterday"}, {"since": "2026-03-01"}, {"protected": 1}):
            self.assertEqual(self.asks("list_recordings", filters, ""), "bad-argument", str(filters))
        self.assertEqual(self.asks("list_recordings", {}, "'; --"), "bad-argument")
        self.assertEqual(self.listed(note="'; DROP TABLE recordings; --"), [])
        self.assertEqual(self.listed(since="2026-03-01T00:00:00+08:00", shortest_s=1), [1])

    def test_heard_from_the_middle(self) -> None:
        """Part by part, from wherever he wants: one entry in the log for each time he begins."""
        whole = self.asks("play_recording", 1, 0, rights=(PLAY,))
        self.assertEqual((len(whole["octets"]), whole["samples"]), (PART_OCTETS, 40000))
        later = self.asks("play_recording", 1, 36000, rights=(PLAY,))
        self.assertEqual(len(later["octets"]), 2 * 4000)
        self.asks("play_recording", 1, 0, rights=(PLAY,))
        self.assertEqual(self.noted(), [("801", "play_recording", "done")] * 2)

    def test_from_the_middle_first(self) -> None:
        """Who begins in the middle is in the log as well."""
        self.asks("play_recording", 1, 8000, rights=(PLAY,))
        self.assertEqual(self.noted(), [("801", "play_recording", "done")])

    def test_again_later(self) -> None:
        """Who asks on after a while begins anew, wherever that is: it is in the log as often as he comes back."""
        for act, how, right in (("play_recording", (8000,), PLAY), ("export_recording", ("mixed", 44), DOWNLOAD)):
            self.asks(act, 1, *how, rights=(right,))
            self.now += timedelta(minutes=9)
            self.asks(act, 1, *how, rights=(right,))
            self.now += timedelta(minutes=9)
            self.asks(act, 1, *how, rights=(right,))
            self.assertEqual([one[1] for one in self.noted()].count(act), 1)
            self.now += timedelta(minutes=11)
            self.asks(act, 1, *how, rights=(right,))
            self.assertEqual([one[1] for one in self.noted()].count(act), 2)

    def test_of_which_call(self) -> None:
        """The log tells of which call it was, also where it could not be had."""
        self.asks("play_recording", 1, 0, rights=(PLAY,))
        (self.folder / self.mine).unlink()
        self.asks("play_recording", 1, 0, rights=(PLAY,))
        rows = EventRow.select().where(EventRow.kind == Kind.AUDIT.value).order_by(EventRow.seq)
        self.assertEqual([row.call_id for row in rows], ["call-1", "call-1"])

    def test_many_at_once(self) -> None:
        """Of very many who hear at the same time the one is forgotten who has not asked for the longest: no other."""
        with patch.object(desk, "BEGUN_MAX", 2):
            for number in (1, 2, 1, 3):
                self.spoken(1) if number == 3 else None
                self.look()
                self.asks("play_recording", number, 100, rights=(PLAY, SUPERVISOR))
            self.assertEqual([number for _, _, number in self.desk.begun], [1, 3])
        self.assertEqual(len(self.noted()), 3)

    def test_picture(self) -> None:
        """How loud each side is, along it: where the caller speaks, and where the agent; nobody hears it by that."""
        found = self.asks("recording_peaks", 1, rights=(PLAY,))
        self.assertEqual((len(found["far"]), len(found["near"]), found["samples"]), (1200, 1200, 40000))
        speaks, listens = 60, 180  # the first half of each second is the caller's
        self.assertGreater(found["far"][speaks], 10 * found["near"][speaks])
        self.assertGreater(found["near"][listens], 10 * found["far"][listens])
        self.assertIn(max(found["far"]), range(60, 66), "8000 of 32767")
        self.assertEqual(self.noted(), [])
        self.assertEqual(self.asks("recording_peaks", 1, rights=(DOWNLOAD,)), "no-right")
        self.assertEqual(self.asks("recording_peaks", 2, rights=(PLAY,)), "not-saved")

    def test_picture_of_pieces(self) -> None:
        """However it is read, in pieces of whatever length, the picture is the same; a short one has few columns."""
        whole = self.asks("recording_peaks", 1, rights=(PLAY,))
        self.patch(peaks, "CHUNK", 777)
        self.assertEqual(self.asks("recording_peaks", 1, rights=(PLAY,)), whole)
        self.spoken(0.05)
        self.look()
        self.assertEqual(len(self.asks("recording_peaks", 3, rights=(PLAY,))["far"]), 400)

    def test_rights(self) -> None:
        """6 is to hear, 7 to fetch, and neither stands for the other; others' calls take 1 besides."""
        self.assertEqual(self.asks("play_recording", 1, 0, rights=(DOWNLOAD, SUPERVISOR)), "no-right")
        self.assertEqual(self.asks("export_recording", 1, "mixed", 0, rights=(PLAY, SUPERVISOR)), "no-right")
        self.assertEqual(self.asks("play_recording", 2, 0, rights=(PLAY,)), "not-saved")
        self.assertEqual(self.asks("play_recording", 2, 0, rights=(PLAY, SUPERVISOR))["samples"], 40000)
        self.assertEqual(self.asks("protect_recording", 1, True, rights=(PLAY, DOWNLOAD)), "no-right")
        self.assertEqual([result for _, _, result in self.noted()], ["no-right", "no-right", "not-saved", "done"])

    def test_fetched(self) -> None:
        """Part by part it is the very file; that he took it is in the log, once."""
        octets, total = b"", 1
        while len(octets) < total:
            part = self.asks("export_recording", 1, "two-sided", len(octets), rights=(DOWNLOAD,))
            octets, total = octets + part["octets"], part["total"]
        self.assertEqual(octets, (self.folder / self.mine).read_bytes())
        self.assertEqual(octets[44:], voices(5).tobytes())
        self.assertEqual(self.noted(), [("801", "export_recording", "done")])

    def test_notes(self) -> None:
        """Formula and SQL text are a note like any other; a class and a protection stay."""
        note = '=HYPERLINK("http://x") \'; DROP TABLE recordings; --'
        self.asks("note_recording", 1, note, rights=(PLAY,))
        noted = EventRow.select().where(EventRow.kind == Kind.RECORDING_NOTED.value).get()
        self.assertEqual((noted.person, noted.call_id), ("801", "call-1"))
        self.asks("classify_recording", 1, "complaint", rights=(PLAY,))
        (row,) = self.asks("list_recordings", {"note": "hyperlink"}, "")["found"]
        self.assertEqual((row["note"], row["class"], row["protected"]), (note, "complaint", True))
        self.asks("protect_recording", 1, False, rights=(SUPERVISOR,))
        self.assertEqual(self.listed(protected=True), [])
        self.assertEqual(self.asks("note_recording", 1, "x" * 501, rights=(PLAY,)), "bad-argument")
        self.assertEqual(self.asks("note_recording", 1, "a\nb", rights=(PLAY,)), "bad-argument")

    def test_not_there(self) -> None:
        """No such recording; one whose file is gone."""
        self.assertEqual(self.asks("play_recording", 99, 0, rights=(PLAY,)), "not-saved")
        (self.folder / self.mine).unlink()
        self.assertEqual(self.asks("play_recording", 1, 0, rights=(PLAY,)), "not-saved")

    def test_marks(self) -> None:
        """What is to be known of places in it."""
        self.tell(Kind.RECORDING, "call-7", file="marked.wav", person="801")
        self.tell(Kind.CONNECT, "call-7", person="801", seat="801")
        self.tell(Kind.RECORDING_MARK, "call-7", text="hold", sample=16000, n_samples=0)
        self.tell(Kind.RECORDING_MARK, "call-7", text="blanked", sample=8000, n_samples=4000)
        self.tell(Kind.RECORDING_END, "call-7", file="marked.wav", length_s=3.0)
        self.tell(Kind.RECORDING, "call-7", file="another.wav", person="801")
        self.tell(Kind.RECORDING_MARK, "call-7", text="of the other", sample=4000, n_samples=0)
        self.tell(Kind.RECORDING_END, "call-7", file="another.wav", length_s=3.0)
        self.look()
        found = self.asks("recording_marks", 3, rights=(PLAY, SUPERVISOR))
        self.assertEqual(
            [(one["at_s"], one["length_s"], one["text"]) for one in found], [(1, 0.5, "blanked"), (2, 0, "hold")]
        )


class ArgumentTests(SoundCase):
    def test_numbers(self) -> None:
        """What is no number of a recording, no place, no form."""
        for bad in (0, -1, True, "1", None, 2**40, 1.0):
            self.assertFalse(arguments.recording(bad), repr(bad))
        self.assertTrue(arguments.sample(0) and arguments.octet(2**32) and arguments.form("mixed"))
        self.assertFalse(arguments.sample(-1) or arguments.octet(True) or arguments.form("wav"))
