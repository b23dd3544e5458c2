"""The recording that was chosen: heard, looked at, written on, fetched as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall

from callserver.desktop.fetching import fetch, typed_path
from callserver.desktop.listener import IN_CALL
from callserver.desktop.model import Connection
from callserver.desktop.playing import RATE_HZ, SPEEDS, Playing, Speaker
from callserver.desktop.presenters.clocks import moment, stopwatch
from callserver.desktop.presenters.marks import ShownMark, shown_marks
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.recording_sound import RecordingSound
from callserver.wire.catalogue import N_
from callserver.wire.messages import Access, Hello, SeatStatus
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

JUMP_S = 10
PATIENCE_S = 0.3  # before it is said that something takes long
COMPLAINT = "complaint"  # of this class the server protects it
FORMS = {"mixed": N_("both sides mixed"), "two-sided": N_("caller left, agent right")}
NO_DEVICE = N_("There is no headset or loudspeaker to hear it on: plug one in")
IN_A_CALL = N_("Not during a call")
Row = dict[str, Any]


@dataclass(frozen=True)
class PlayerData:
    """
    :param far, near: how loud the caller and the agent are, an octet a column; "" until it is known
    :param share: where it is heard, 0 to 1
    :param fetched: how much of a file is here, 0 to 1; None: none is fetched
    :param says: how something went
    """

    number: int  # 0: none was chosen
    title: str
    clock: str  # "1:02 / 3:10"
    at_s: int
    length_s: int
    share: float
    far: bytes
    near: bytes
    marks: tuple[ShownMark, ...]
    plays: bool
    may_play: bool
    why_not_play: str
    speeds: tuple[str, ...]
    speed: int  # which of them
    skips_silence: bool
    is_protected: bool
    may_protect: bool
    why_not_protect: str
    class_: str
    note: str
    may_note: bool
    may_fetch: bool
    why_not_fetch: str
    fetched: float | None
    says: str
    problem: str


class Player(Presenter[PlayerData]):
    """
    A call that rings or begins makes it stand still.

    :param open_speaker: see `Playing`
    :param changed: told what became another on a recording, by the names of `list_recordings`
    """

    def __init__(
        self,
        work: Workplace,
        show: Callable[[PlayerData], None],
        open_speaker: Callable[[], Speaker | None],
        changed: Callable[[int, Row], None],
    ) -> None:
        super().__init__(work, show)
        self._changed = changed
        self._row: Row = {}
        self._sides = (b"", b"")
        self._length_s = 0.0
        self._marks: list[Row] = []
        self._fetching: Deferred[None] | None = None
        self._fetched: float | None = None
        self._says = ""
        self._patience: IDelayedCall | None = None
        self.playing = Playing(work.clock, open_speaker, self._moved)

    def data(self) -> PlayerData:
        lacks, row, at_s = self.work.lacks, self._row, self.playing.at / RATE_HZ
        is_there = bool(row) and row["length_s"] is not None and self.model.connection is Connection.HERE
        hears, in_call = not lacks(Right.PLAY_RECORDINGS), self.model.seat.state in IN_CALL
        return PlayerData(
            number=row.get("number", 0),
            title=self._title(),
            clock=f"{stopwatch(at_s)} / {stopwatch(self._length_s)}" if row else "",
            at_s=int(at_s),
            length_s=int(self._length_s),
            share=min(1.0, at_s / self._length_s) if self._length_s else 0.0,
            far=self._sides[0],
            near=self._sides[1],
            marks=shown_marks(self._marks, self._length_s, self.work.language),
            plays=self.playing.plays,
            may_play=is_there and hears and not in_call,
            why_not_play=lacks(Right.PLAY_RECORDINGS) or (self.work.words(IN_A_CALL) if in_call else ""),
            speeds=tuple(f"{speed:g}×" for speed in SPEEDS),
            speed=SPEEDS.index(self.playing.speed),
            skips_silence=self.playing.skips_silence,
            is_protected=bool(row.get("protected")),
            may_protect=is_there and not lacks(Right.SUPERVISOR),
            why_not_protect=lacks(Right.SUPERVISOR),
            class_=row.get("class", ""),
            note=row.get("note", ""),
            may_note=is_there and hears,
            may_fetch=is_there and not lacks(Right.DOWNLOAD_RECORDINGS),
            why_not_fetch=lacks(Right.DOWNLOAD_RECORDINGS),
            fetched=self._fetched,
            says=self._says,
            problem=self.problem,
        )

    def stop(self) -> None:
        self.playing.pause()
        self.cancel_fetch()
        self._patient()
        super().stop()

    def choose(self, row: Row) -> None:
        """This one, from its beginning; its picture and marks come by themselves, its sound when it is played."""
        number = row["number"]
        if number == self._row.get("number") and row["length_s"] == self._row["length_s"]:  # else its call is over
            self._row = row
            self.refresh()
            return
        self.cancel_fetch()
        self._patient()
        self._row, self._sides, self._marks, self._says, self.problem = row, (b"", b""), [], "", ""
        self._length_s = row["length_s"] or 0.0
        asked = partial(self.client.ask, "play_recording", number)
        self.playing.load(RecordingSound(asked, partial(self._silent, number)))
        if row["length_s"] is None:
            self._says = self.work.words("This call still runs: its recording can be heard when it is over")
        elif not self.work.lacks(Right.PLAY_RECORDINGS):
            self._ask_picture(number)
        self.refresh()

    def _ask_picture(self, number: int) -> None:
        self._patience = self.work.clock.callLater(PATIENCE_S, self._draws)
        peaks = self.client.ask("recording_peaks", number).addBoth(self._drawn, number)
        self.do(peaks, lambda found: self._picture(number, found))
        self.do(self.client.ask("recording_marks", number), lambda found: self._marked(number, found))

    # Hearing

    def play_or_pause(self) -> None:
        """Space."""
        if self.playing.plays:
            self.playing.pause()
        elif self.data().may_play:
            self.problem = "" if self.playing.play() else self.work.words(NO_DEVICE)
        self.refresh()

    def jump(self, seconds: float) -> None:
        """Forward, or back."""
        self.seek(self.playing.at / RATE_HZ + seconds)

    def seek(self, at_s: float) -> None:
        """To there; playing it goes on from there."""
        if self._row:
            self.playing.seek(round(min(max(0.0, at_s), self._length_s) * RATE_HZ))

    def seek_share(self, share: float) -> None:
        """As `seek`, where somebody has clicked: 0 to 1 of all."""
        self.seek(share * self._length_s)

    def choose_speed(self, which: int) -> None:
        """One of `speeds`."""
        self.playing.choose_speed(SPEEDS[which])
        self.refresh()

    def skip_silence(self, on: bool) -> None:
        """Leave out what is silent for long."""
        self.playing.skips_silence = on
        self.refresh()

    # Writing on it

    def protect(self) -> None:
        """Keep it, or no more."""
        number, on = self._row["number"], not self._row["protected"]
        self.do(self.client.ask("protect_recording", number, on), lambda _: self._became(number, {"protected": on}))

    def write_note(self, note: str) -> None:
        """What others should know."""
        number, note = self._row["number"], note.strip()
        self.do(self.client.ask("note_recording", number, note), lambda _: self._became(number, {"note": note}))

    def classify(self, class_: str) -> None:
        """What sort it is; a complaint is protected, too."""
        number, class_ = self._row["number"], class_.strip()
        became: Row = {"class": class_} | ({"protected": True} if class_ == COMPLAINT else {})
        self.do(self.client.ask("classify_recording", number, class_), lambda _: self._became(number, became))

    # As a file

    def proposed_path(self, folder: Path) -> str:
        """Where it would be written, if nothing else is said."""
        started = moment(self._row["started"]).replace(":", "").replace(" ", "-") if self._row else ""
        return str(folder / f"recording-{self._row.get('number', 0)}-{started}.wav")

    def fetch(self, path: str, form: str) -> None:
        """Write it to this computer; `form` is one of `FORMS`."""
        if self._fetching is not None or not self._row:
            return
        number, target = self._row["number"], typed_path(path)
        self._fetched, self._says = 0.0, ""
        self._fetching = fetch(lambda at: self.client.ask("export_recording", number, form, at), target, self._got)
        self.do(self._fetching.addBoth(self._fetch_over), lambda _: self._written(target))

    def cancel_fetch(self) -> None:
        """No more of it; nothing stays of the file."""
        if self._fetching is not None:
            self._fetching.cancel()

    def _got(self, share: float) -> None:
        self._fetched = share
        self.refresh()

    def _fetch_over(self, result: Any) -> Any:
        self._fetching = self._fetched = None
        return result

    def _written(self, target: Path) -> None:
        self._says = self.work.words("Written: {path}", path=str(target))

    # What comes of it

    def _draws(self) -> None:
        """Of hours in a compressed file that takes seconds; it can be played meanwhile."""
        self._says = self.work.words("The picture is being drawn…")
        self.refresh()

    def _drawn(self, result: Any, number: int) -> Any:
        if number == self._row.get("number"):
            self._patient()
            self._says = ""
        return result

    def _patient(self) -> None:
        if self._patience is not None and self._patience.active():
            self._patience.cancel()

    def _picture(self, number: int, found: Row) -> None:
        if number == self._row.get("number"):
            self._sides = found["far"], found["near"]
            self._length_s = found["samples"] / RATE_HZ

    def _marked(self, number: int, found: list[Row]) -> None:
        if number == self._row.get("number"):
            self._marks = found

    def _became(self, number: int, what: Row) -> None:
        self._changed(number, what)
        if number == self._row.get("number"):
            self._row = self._row | what
            self._says = self.work.words("Saved")

    def _silent(self, number: int, failure: Any) -> None:
        """A part of its sound did not come."""
        if number == self._row.get("number"):
            self.playing.pause()
            self._not_done(failure)
            self.refresh()

    def _moved(self) -> None:
        if self.playing.device_lost:
            self.problem = self.work.words(NO_DEVICE)
        self.refresh()

    def _title(self) -> str:
        if not self._row:
            return ""
        who = self._row["name"] or self._row["caller"] or self.work.words("withheld")
        return f"{self._row['number']} · {moment(self._row['started'])} · {who}"

    # What makes it look otherwise

    def status(self, status: SeatStatus) -> None:
        if status.state is SeatState.RINGING or status.state in IN_CALL:
            self.playing.pause()
        self.refresh()

    def access(self, access: Access) -> None:
        if self.work.lacks(Right.PLAY_RECORDINGS):
            self.playing.pause()
        self.refresh()

    def logged_in(self, hello: Hello) -> None:
        """The picture that did not come before is asked for again."""
        if self.data().may_play and not any(self._sides):
            self._ask_picture(self._row["number"])
        self.refresh()

    def lost(self, why: object) -> None:
        self.refresh()
