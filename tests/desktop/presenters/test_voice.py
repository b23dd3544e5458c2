"""The agent's voice: muted or not, on which devices, and what has become of them."""

from __future__ import annotations

from callserver.desktop.headset.devices import Use
from callserver.desktop.headset.formats import SILENCE
from callserver.desktop.headset.level import Level
from callserver.desktop.headset.sound_system import Device
from callserver.desktop.keys import Act
from callserver.desktop.not_connected import NO_ANSWER, NotConnected
from callserver.desktop.presenters.call_there import CallThere
from callserver.desktop.presenters.controls import Button, Controls, ControlsData
from callserver.desktop.presenters.headset_line import HeadsetLine, HeadsetLineData
from callserver.desktop.presenters.state_bar import StateBar, StateBarData
from callserver.wire.messages import Card
from callserver.wire.states import SeatState
from tests.desktop.headset.fakes import BLOCK, tone
from tests.desktop.presenters.work_case import WorkCase

CALL = Card("call-1", "13912345678")


class VoiceCase(WorkCase):
    """With the bar, the row of buttons, and the line of the headset."""

    def setUp(self) -> None:
        super().setUp()
        self.sent: list[bytes] = []
        self.work.voice._send = self.sent.append
        self.work.voice.begin(self.model.seat, by_telephone=False)
        self.controls = Controls(self.work, self.show_row, lambda act: None)
        self.bar = StateBar(self.work, self.show_bar)
        self.line = HeadsetLine(self.work, self.show_line)
        for presenter in (self.controls, self.bar, self.line):
            presenter.start()
            self.addCleanup(presenter.stop)

    def show_row(self, data: ControlsData) -> None:
        self.row = data

    def show_bar(self, data: StateBarData) -> None:
        self.shown = data

    def show_line(self, data: HeadsetLineData) -> None:
        self.foot = data

    @property
    def mute(self) -> Button:
        return next(button for button in self.row.buttons if button.act is Act.MUTE)


class MuteTests(VoiceCase):
    def test_begun_anew(self) -> None:
        """However often he goes over to his telephone and back: a change of devices is told once, as at first."""
        told: list[int] = []
        self.addCleanup(self.work.voice.watch(lambda: told.append(1)))
        self.sound.changed()
        once = len(told)
        for _ in range(3):
            self.work.voice.begin(self.model.seat, by_telephone=False)
        told.clear()
        self.sound.changed()
        self.assertEqual(len(told), once)

    def test_muted(self) -> None:
        """F7: the caller hears silence, the button stays pressed, the bar says it; F7 again: he is heard."""
        self.seat(SeatState.TALKING, CALL)
        self.controls.act(Act.MUTE)
        self.sound.stream("m1").heard(BLOCK)
        self.assertEqual((self.sent, self.mute.is_on, self.shown.word), ([SILENCE], True, "Talking · muted"))
        self.controls.act(Act.MUTE)
        self.sound.stream("m1").heard(BLOCK)
        self.assertEqual((self.sent[-1], self.mute.is_on, self.shown.word), (BLOCK, False, "Talking"))

    def test_next_call(self) -> None:
        """The next caller hears him."""
        self.seat(SeatState.TALKING, CALL)
        self.controls.act(Act.MUTE)
        self.seat(SeatState.IDLE_PC)
        self.assertEqual((self.mute.is_on, self.shown.word), (False, "Idle · PC"))
        self.seat(SeatState.TALKING, CALL)
        self.assertFalse(self.mute.is_on)

    def test_ringing(self) -> None:
        """F7 while it rings makes the room quiet; the call is still offered."""
        self.seat(SeatState.RINGING, CALL)
        self.clock.advance(0)
        self.assertEqual(self.sound.running, ["l1"])
        self.controls.act(Act.MUTE)
        self.assertEqual((self.sound.running, self.model.seat.state, self.mute.is_on), ([], SeatState.RINGING, False))

    def test_by_telephone(self) -> None:
        """There is nothing to mute here, and it says why."""
        self.work.voice.begin(self.model.seat, by_telephone=True)
        self.seat(SeatState.TALKING, CALL)
        self.assertFalse(self.mute.may)
        self.assertIn("mute it there", self.mute.why_not)
        self.controls.act(Act.MUTE)
        self.assertEqual((self.sound.running, self.shown.word), ([], "Talking"))
        self.assertEqual(self.foot, HeadsetLineData("Seat telephone", has_meters=False))

    def test_no_microphone(self) -> None:
        """Likewise without one; plugged in, it can be muted."""
        self.seat(SeatState.TALKING, CALL)
        inputs, self.sound.inputs = self.sound.inputs, []
        self.sound.changed()
        self.assertFalse(self.mute.may)
        self.assertIn("No microphone", self.mute.why_not)
        self.sound.inputs = inputs
        self.sound.changed()
        self.assertTrue(self.mute.may)


class HeadsetTests(VoiceCase):
    def test_pulled_out(self) -> None:
        """In a talk: the bar says for half a minute what is used instead, the line at the bottom which one it is."""
        self.assertEqual(self.foot, HeadsetLineData("Jabra", has_meters=True))
        self.seat(SeatState.TALKING, CALL)
        self.sound.inputs = [Device("m2", "Webcam")]
        self.sound.changed()
        self.assertIn("Webcam", self.shown.problem)
        self.assertEqual(self.foot.devices, "Webcam · Jabra")
        self.clock.pump([1.0] * 31)
        self.assertEqual(self.shown.problem, "")

    def test_nothing_there(self) -> None:
        """Who comes to a computer without sound is told once that he can work by telephone."""
        self.sound.inputs = self.sound.outputs = []
        self.sound.changed()
        self.clock.pump([1.0] * 31)
        self.work.voice.begin(self.model.seat, by_telephone=False)
        self.assertEqual(self.shown.problem, "No microphone: plug one in, or log in by telephone")
        self.assertEqual(self.foot.devices, "No microphone · No headset")
        self.clock.pump([1.0] * 31)
        self.work.voice.begin(self.model.seat, by_telephone=True)
        self.assertEqual(self.shown.problem, "")

    def test_levels(self) -> None:
        """In a talk the meters move, and fall when it is over."""
        levels: list[tuple[Use, Level]] = []
        end = self.work.voice.watch_levels(lambda *level: levels.append(level))
        self.seat(SeatState.TALKING, CALL)
        for _ in range(5):
            self.sound.stream("m1").heard(tone(0.02, 1000))
        self.seat(SeatState.IDLE_PC)
        self.assertEqual(levels, [(Use.MICROPHONE, Level(-6.0, -9.0)), *((use, Level()) for use in list(Use)[:2])])
        end()
        self.seat(SeatState.TALKING, CALL)
        self.seat(SeatState.IDLE_PC)
        self.assertEqual(len(levels), 3)

    def test_recording(self) -> None:
        """A recording is heard on the headset in use; nothing where nothing is plugged in."""
        self.assertEqual(self.work.voice.speaker().device_id, "l1")  # type: ignore[union-attr]
        self.work.voice.desk.devices.choose(Use.HEADSET, "l2")
        self.assertEqual(self.work.voice.speaker().device_id, "l2")  # type: ignore[union-attr]
        self.sound.outputs = []
        self.sound.changed()
        self.assertIsNone(self.work.voice.speaker())

    def test_stopped(self) -> None:
        """After the log-out nothing is told and nothing sounds."""
        self.work.voice.stop()
        self.seat(SeatState.RINGING, CALL)
        self.assertEqual(self.sound.running, [])

    def test_call_there(self) -> None:
        """A call that is offered or in hand goes before a test call."""
        there: list[bool] = []
        presenter = CallThere(self.work, there.append)
        presenter.start()
        self.addCleanup(presenter.stop)
        for state in (SeatState.RINGING, SeatState.TALKING, SeatState.PAUSED):
            self.seat(state, CALL)
        self.model.lost(NotConnected(NO_ANSWER))
        self.assertEqual(there, [False, True, False])
