"""A script run on a telephone of the exchange."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.defer import TimeoutError as TimedOut
from twisted.internet.task import deferLater

from callserver.config import Sentence
from callserver.dsp.frames import FloatArray
from callserver.dsp.sound.files import SoundFileError, read_wav
from callserver.emulator import script_fax
from callserver.emulator.exchange import Exchange
from callserver.emulator.fax_machine import TelephoneFax
from callserver.emulator.loop import CallProgress, SubscriberStage
from callserver.emulator.narration import STAGES
from callserver.emulator.phone import Phone, PhoneListener
from callserver.emulator.script import Step, read_script
from callserver.emulator.script_fax import InThread
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.script_words import ScriptError

HERE = Path()
ENDINGS = {
    CallProgress.BUSY: N_("the number is busy"),
    CallProgress.UNOBTAINABLE: N_("the number is unobtainable"),
    CallProgress.GONE: N_("the other side has hung up"),
}


@dataclass(frozen=True)
class ScriptEvent:
    """Something in a run: a step done, or what the network told meanwhile (then `line` is that of the step)."""

    at_s: float  # since the script began
    line: int
    what: str  # the step's words, or a value of CallProgress


def ignored(event: ScriptEvent) -> None:
    """Nobody narrates."""


def run_script(
    exchange: Exchange,
    text: str,
    on_event: Callable[[ScriptEvent], None] = ignored,
    *,
    phone: Phone | None = None,
    recording: Path | None = None,
    folder: Path = HERE,
    in_thread: InThread = maybeDeferred,
) -> Deferred[list[ScriptEvent]]:
    """
    Run a script; cancelling it hangs up.

    :param phone: whose; without one, the script names it with `caller`
    :param recording: WAV file to write: left what the caller heard, right what he said
    :param folder: where the files of `speak` and `fax` are
    :param in_thread: where pages of faxes are drawn; on virtual time at once
    :return: fires with all that happened when the script is through and the telephone on hook; fails with `ScriptError`
        naming the line, at once if the text cannot be read or a WAV file is missing
    """
    return Deferred.fromCoroutine(ScriptRun(exchange, on_event, phone, recording, folder, in_thread).run(text))


class ScriptRun:
    """A telephone that does what lines of script say; without one, the first `caller` line picks or brings it."""

    def __init__(
        self,
        exchange: Exchange,
        on_event: Callable[[ScriptEvent], None],
        phone: Phone | None = None,
        recording: Path | None = None,
        folder: Path = HERE,
        in_thread: InThread = maybeDeferred,
    ) -> None:
        self.phone: Phone | None = None
        self._brought: Phone | None = None  # one that was not there before; it goes with the run
        self._exchange, self._time = exchange, exchange.time
        self._on_event, self._recording, self._folder = on_event, recording, folder
        self._in_thread = in_thread
        self._fax_machine: TelephoneFax | None = None  # while its fax is under way
        self._began_s, self._line = exchange.time.seconds(), 0
        self._events: list[ScriptEvent] = []
        self._listener = PhoneListener(on_progress=lambda progress: self._tell(progress.value))
        self._sounds: dict[Step, FloatArray] = {}
        self._steps: dict[str, Callable[[Step], Awaitable[None]]] = {
            "caller": self._caller,
            "dial": self._dial,
            "wait": self._wait,
            "press": self._press,
            "speak": self._speak,
            "fax": self._fax,
            "answer": self._answer,
            "lift": self._lift,
            "hang up": self._hang_up,
        }
        if phone:
            self._pick(phone)

    async def run(self, text: str) -> list[ScriptEvent]:
        """
        A whole script; the telephone is on hook afterwards.

        :raises ScriptError: see `run_script`
        """
        try:
            await self.do(text)
        finally:
            self.close()
        return self._events

    async def do(self, text: str) -> None:
        """
        Some lines; the telephone stays as they leave it.

        :raises ScriptError: naming the line
        """
        steps = read_script(text)
        self._sounds.update({step: _sound(step, self._folder) for step in steps if step.word == "speak"})
        for step in steps:
            self._line = step.line
            await self._steps[step.word](step)
            if step.word != "dial":
                self._tell(str(step))

    def close(self) -> None:
        """On hook, the recording whole."""
        if self._fax_machine:
            self._fax_machine.hang_up()
        if self.phone:
            self.phone.hang_up()
            self.phone.stop_recording()
            self.phone.detach(self._listener)
        if self._brought:
            self._exchange.remove_phone(self._brought)

    def happens(self, what: str, line: int = 0) -> None:
        """Something, by itself or as a line says: told with the seconds since the telephone was taken."""
        event = ScriptEvent(round(self._time.seconds() - self._began_s, 2), line, what)
        self._events.append(event)
        self._on_event(event)

    def _tell(self, what: str) -> None:
        self.happens(what, self._line)

    def _pick(self, phone: Phone) -> None:
        if self._recording:
            phone.record(self._recording)
        self.phone = phone
        phone.attach(self._listener)

    def _demand_free(self, phone: Phone, step: Step) -> None:
        if phone.in_use:
            who = {"number": phone.line.number, "stage_word": STAGES[phone.stage.value]}
            raise ScriptError(step.line, Sentence("telephone {number} is in use: {stage_word}", **who))

    def _own(self, step: Step) -> Phone:
        if not self.phone:
            raise ScriptError(step.line, Sentence("who calls? Begin with: caller 13912345678"))
        return self.phone

    async def _caller(self, step: Step) -> None:
        number, name, withheld = step.arguments
        if self.phone and self.phone.line.number != number:
            raise ScriptError(step.line, Sentence("the caller is {number} already", number=self.phone.line.number))
        is_new = number not in self._exchange.phones
        try:
            phone = self._exchange.add_phone(number, name)
        except ValueError as problem:
            raise ScriptError(step.line, problem) from problem
        phone.line.withheld = bool(withheld)
        if not self.phone:
            self._demand_free(phone, step)
            self._brought = phone if is_new else None
            self._pick(phone)

    async def _dial(self, step: Step) -> None:
        phone = self._own(step)
        if phone.stage not in (SubscriberStage.ON_HOOK, SubscriberStage.DIALLING):
            raise ScriptError(step.line, Sentence("cannot dial now: {state}", state=_state(phone)))
        self._tell(str(step))  # before what the network answers at once
        phone.dial(step.arguments[0])

    async def _press(self, step: Step) -> None:
        await self._own(step).press(step.arguments[0])

    async def _speak(self, step: Step) -> None:
        await self._own(step).say(self._sounds[step])

    async def _fax(self, step: Step) -> None:
        phone, (act, file) = self._own(step), step.arguments
        if phone.stage is not SubscriberStage.TALKING:
            raise ScriptError(step.line, Sentence("cannot fax now: {state}", state=_state(phone)))
        fax = self._fax_machine = TelephoneFax(phone, phone.line.number, in_thread=self._in_thread)
        work = script_fax.send if act == "send" else script_fax.receive
        try:
            await work(fax, self._folder / file, self._in_thread)
        except (Complaint, OSError) as problem:
            raise ScriptError(step.line, problem) from problem
        finally:
            self._fax_machine = None

    async def _answer(self, step: Step) -> None:
        phone = self._own(step)
        if phone.stage is not SubscriberStage.RINGING:
            raise ScriptError(step.line, Sentence("nobody rings"))
        phone.lift()

    async def _lift(self, step: Step) -> None:
        self._own(step).lift()

    async def _hang_up(self, step: Step) -> None:
        self._own(step).hang_up()

    async def _wait(self, step: Step) -> None:
        what, *details = step.arguments
        if what[0].isdigit():
            await deferLater(self._time, float(what))
            return
        phone = self._own(step)
        reached = _condition(phone, what, details, self._time.seconds())
        hopeless = _hopeless(phone, what)
        try:
            await phone.when(lambda: reached() or hopeless()).addTimeout(step.within_s, self._time)
        except TimedOut as timeout:
            waited = {"seconds": f"{step.within_s:g}", "what": _words(step)}
            said = Sentence("waited {seconds} s for {what}; {state}", **waited, state=_state(phone))
            raise ScriptError(step.line, said) from timeout
        if hopeless():
            said = Sentence("no {what} will come: {state}", what=_words(step), state=_ending(phone))
            raise ScriptError(step.line, said)


def _sound(step: Step, folder: Path) -> FloatArray:
    try:
        return read_wav(folder / step.arguments[0])
    except SoundFileError as problem:
        raise ScriptError(step.line, problem) from problem


def _condition(phone: Phone, what: str, details: list[str], since_s: float) -> Callable[[], bool]:
    conditions: dict[str, Callable[[], bool]] = {
        "answer": lambda: phone.stage is SubscriberStage.TALKING,
        "hang up": lambda: phone.ending is CallProgress.GONE,
        "ring": lambda: phone.stage is SubscriberStage.RINGING,
        "ringback": lambda: phone.stage in (SubscriberStage.RINGBACK, SubscriberStage.TALKING),
        "sound": lambda: phone.sounded_s > since_s,
        "silence": lambda: phone.time.seconds() - max(phone.sounded_s, since_s) >= float(details[0]) - 0.001,
        "tone": lambda: phone.tones.get(details[0], -1.0) > since_s,
    }
    return conditions[what]


def _hopeless(phone: Phone, what: str) -> Callable[[], bool]:
    """What can never come once the exchange has put its tone on the line, or while nobody has dialled."""
    if what == "ring":
        return lambda: phone.line.off_hook
    if what == "tone":
        return lambda: not phone.line.off_hook
    ended = (SubscriberStage.ON_HOOK,) if what == "hang up" else (SubscriberStage.ON_HOOK, SubscriberStage.TONE)
    return lambda: phone.stage in ended


def _ending(phone: Phone) -> Sentence:
    if phone.stage is SubscriberStage.TONE and phone.ending in ENDINGS:
        return Sentence(ENDINGS[phone.ending])
    return _state(phone)


def _state(phone: Phone) -> Sentence:
    return Sentence("the telephone is {stage_word}", stage_word=STAGES[phone.stage.value])


def _words(step: Step) -> str | Sentence:
    what, *details = step.arguments
    return Sentence("{seconds} s of silence", seconds=details[0]) if what == "silence" else " ".join((*details, what))
