"""The messages in the mailboxes that one may open: heard, kept, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

from callserver.desktop.foreign import beside
from callserver.desktop.listener import IN_CALL
from callserver.desktop.playing import RATE_HZ, Playing, Speaker
from callserver.desktop.presenters.clocks import moment, stopwatch
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.rows import Row
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.recording_sound import RecordingSound
from callserver.wire.messages import MailMark, SeatStatus

HEADER_OCTETS, SAMPLE_OCTETS = 44, 2  # of a WAV file of 16 bits


@dataclass(frozen=True)
class VoiceMailData:
    """The boxes by number and name; a row for each message of the one that is open."""

    boxes: tuple[tuple[str, str], ...]
    box: str
    rows: tuple[Row, ...]
    nothing: str
    clock: str
    plays: bool
    may_play: bool
    problem: str


class VoiceMail(Presenter[VoiceMailData]):
    """
    A message that has been played is an old one from then on.

    :param open_speaker: see `Playing`
    """

    def __init__(
        self, work: Workplace, show: Callable[[VoiceMailData], None], open_speaker: Callable[[], Speaker | None]
    ) -> None:
        super().__init__(work, show)
        self._boxes: list[dict[str, Any]] = []
        self._messages: list[dict[str, Any]] = []
        self._box = self._playing_id = ""
        self.playing = Playing(work.clock, open_speaker, self.refresh)

    def data(self) -> VoiceMailData:
        words = self.work.words
        return VoiceMailData(
            boxes=tuple((box["box"], f"{box['box']} {beside(box['name'])} ({box['new']})") for box in self._boxes),
            box=self._box,
            rows=tuple(map(self._row, self._messages)),
            nothing="" if self._messages else words("No voice messages"),
            clock=stopwatch(self.playing.at / RATE_HZ) if self._playing_id else "",
            plays=self.playing.plays,
            may_play=bool(self._messages) and self.model.seat.state not in IN_CALL,
            problem=self.problem,
        )

    def stop(self) -> None:
        self.playing.pause()
        super().stop()

    # What the person does

    def opened(self) -> None:
        """Ask which boxes there are."""
        self.do(self.client.ask("list_mailboxes"), self._boxes_listed)

    def open_box(self, number: str) -> None:
        """Show what is in it."""
        self.playing.load(None)
        self._box, self._playing_id, self._messages = number, "", []
        self._ask()
        self.refresh()

    def play_or_pause(self, message: str) -> None:
        """Hear it, from its beginning or where it stood still."""
        if not message or not self.data().may_play:
            return
        if self.playing.plays and message == self._playing_id:
            self.playing.pause()
        else:
            self._play(message)
        self.refresh()

    def mark(self, message: str) -> None:
        """It is a new one again, or an old one."""
        found = next((one for one in self._messages if one["message"] == message), None)
        if found is not None:
            self.do(self.client.ask("mark_message", message, not found["heard"]), self._asked_again)

    def delete(self, message: str) -> None:
        """For ever."""
        if message:
            self.playing.load(None)
            self.do(self.client.ask("delete_message", message), self._asked_again)

    def _play(self, message: str) -> None:
        if message != self._playing_id:
            self._playing_id = message
            self.playing.load(RecordingSound(partial(self._part, message), partial(self._silent, message)))
            self.do(self.client.ask("mark_message", message, True), self._asked_again)
        if not self.playing.play():
            self.problem = self.work.words("There is no headset or loudspeaker to hear it on: plug one in")

    def _part(self, message: str, sample: int) -> Deferred[Any]:
        """As an answer of `play_recording`: the samples behind a file's header."""
        asked = self.client.ask("open_message", message, HEADER_OCTETS + SAMPLE_OCTETS * sample)
        return asked.addCallback(
            lambda answer: {
                "octets": answer["octets"],
                "samples": max(0, answer["total"] - HEADER_OCTETS) // SAMPLE_OCTETS,
            }
        )

    def _silent(self, message: str, failure: Any) -> None:
        """A part of its sound did not come: it would be asked for twenty times a second."""
        if message == self._playing_id:
            self.playing.pause()
            self._not_done(failure)
            self.refresh()

    def _asked_again(self, answer: object) -> None:
        self._ask()

    def _ask(self) -> None:
        if self._box:
            self.do(self.client.ask("list_messages", self._box), partial(self._messages_listed, self._box))

    def _boxes_listed(self, answer: list[dict[str, Any]]) -> None:
        self._boxes = list(answer or ())
        numbers = [box["box"] for box in self._boxes]
        if self._box not in numbers:
            self._box = next((box["box"] for box in self._boxes if box["new"]), numbers[0] if numbers else "")
        self._ask()

    def _messages_listed(self, box: str, answer: list[dict[str, Any]]) -> None:
        if box == self._box:  # else another one is open by now
            self._messages = list(answer or ())

    def _row(self, message: dict[str, Any]) -> Row:
        words = self.work.words
        who = f"{message['number'] or words('number withheld')} {beside(message['name'] or '')}".rstrip()
        details = [moment(message["came"]), stopwatch(message["length_s"])]
        details += [words("urgent")] if message["urgent"] else []
        details += [words("private")] if message["private"] else []
        details += [words("taken by {name}", name=message["taken_name"])] if message["taken_name"] else []
        is_new = not message["heard"]
        return Row(
            message["message"], who, " · ".join(details), is_new=is_new, aloud=self.work.words("new") if is_new else ""
        )

    # What makes it look otherwise

    def mail(self, mark: MailMark) -> None:
        if self._boxes:
            self.opened()

    def status(self, status: SeatStatus) -> None:
        if status.state in IN_CALL:
            self.playing.pause()
        self.refresh()
