"""Who is connected to whom: hook states and digits in, ringing, tones and connections out."""

from collections.abc import Callable
from datetime import datetime

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.dsp.progress.plans import Plan
from callserver.dsp.tones import ToneSource
from callserver.emulator.loop import CallerId, CallProgress, SubscriberLine, SubscriberStage
from callserver.emulator.ringing import RingingCurrent

log = Logger()

TONE_LEVEL_DBM0 = -10.0
FIRST_DIGIT_S = 15.0
NEXT_DIGIT_S = 5.0
NO_ANSWER_S = 60.0
# A plan without the first tone uses the next.
FALLBACKS = {"unobtainable": "sit", "sit": "congestion", "congestion": "busy"}


# A subscriber's stages. "-" changes nothing; the second column is where a call from elsewhere finds the line.
#
#     stage     | called  | lifts     | digits, number     | hangs up | time-out        | peer answers | peer leaves
#     ----------+---------+-----------+--------------------+----------+-----------------+--------------+------------
#     ON_HOOK   | RINGING | DIALLING  | routed (in 1 piece)| -        |                 |              |
#     RINGING   | busy    | TALKING   | -                  | -        |                 |              | ON_HOOK
#     DIALLING  | busy    | -         | routed             | ON_HOOK  | routed, or TONE |              |
#     RINGBACK  | busy    | -         | -                  | ON_HOOK  | TONE (60 s)     | TALKING      |
#     TALKING   | busy    | -         | -                  | ON_HOOK  |                 |              | TONE
#     TONE      | busy    | -         | -                  | ON_HOOK  |                 |              |
#
# Routed: RINGBACK if a line of the number is on hook, else TONE: busy, or unobtainable for a number nobody has. Digits
# are routed as soon as no longer number begins with them, else after 5 s. A peer "leaves" a ringing line when the
# caller hangs up or his time is over.
#
# A flash, on a line that has ordered the service, while it talks: its peer is set aside (`held`; TALKING without a
# peer, it hears nothing), and the line is in DIALLING. Another flash drops the second call and is back with the first.
# The line that hangs up hands the first over to the second, who rings or talks; where there is none, it leaves it.
#
# Invariants. `peer` is mutual: `_ring` sets it on both lines, and whoever clears one clears the other in the same call.
# So are `held` and `held_by`; who is held has no peer. Each change of stage goes through `_set`, which stops the
# stage's timer, so that no time-out meets a later stage. A line is chosen and set ringing in one call: two callers
# never get the same one.
#
# Races. Off hook in the very moment a call arrives answers it, as on every analog line (glare): a modem that wanted to
# dial has a caller then. A terminal is told its progress when its own line is in the new stage already, because it may
# hang up at once; ringing begins last of all, because it may be answered at once. A key that is held while the other
# side leaves must still end: therefore what begins after TALKING does not clear the row's detectors (`on_begun`), while
# every other change does.
#
# 用户线状态表；peer 总是成对设置与清除；换状态必经 _set，旧定时器随之取消。来电瞬间摘机即为应答（同抢）。


class Switch:
    """
    The exchange's call control; it never touches sound.

    :param time: of the exchange; advances block by block
    :param now: wall time, for the caller's number message
    :param on_begun: told of each line on which something new begins
    :param loop_break: whether the loop is interrupted for a moment when the other party hangs up (not usual in China)
    """

    def __init__(
        self,
        time: IReactorTime,
        plan: Plan,
        now: Callable[[], datetime],
        on_begun: Callable[[SubscriberLine], None],
        loop_break: bool = False,
    ) -> None:
        self._time, self._plan, self._now, self._on_begun, self._loop_break = time, plan, now, on_begun, loop_break
        self._directory: dict[str, list[SubscriberLine]] = {}
        self._ringing: dict[SubscriberLine, RingingCurrent] = {}

    @property
    def country(self) -> str:
        """Its two letters."""
        return self._plan.code

    def connect(self, number: str, lines: list[SubscriberLine]) -> None:
        """A number rings the first of these lines that is on hook."""
        self._directory[number] = lines

    def disconnect(self, number: str) -> None:
        """The number is nobody's; who rings it rings into the air."""
        for line in self._directory.pop(number):
            self._stop_ringing(line)

    def knows(self, number: str) -> bool:
        """Whether the number is in the directory."""
        return number in self._directory

    def lifted(self, line: SubscriberLine) -> None:
        if line.stage is SubscriberStage.RINGING:
            self._answer(line)
        elif line.stage is SubscriberStage.ON_HOOK:
            line.digits = ""
            self._set(line, SubscriberStage.DIALLING, "dial", FIRST_DIGIT_S)

    def asked_for(self, line: SubscriberLine, number: str) -> None:
        if line.stage in (SubscriberStage.ON_HOOK, SubscriberStage.DIALLING):
            line.digits = number
            self._set(line, SubscriberStage.DIALLING)
            self._route(line)

    def dialled(self, line: SubscriberLine, key: str) -> None:
        if line.stage is not SubscriberStage.DIALLING:
            return
        line.digits += key
        self._set(line, SubscriberStage.DIALLING, None, NEXT_DIGIT_S)
        longer = [number for number in self._directory if number.startswith(line.digits) and number != line.digits]
        if not longer:
            self._route(line)

    def flashed(self, line: SubscriberLine) -> None:
        if line.held is not None:
            held, peer, was = self._free(line.held), line.peer, line.stage
            self._talk(line, held)
            self._left(peer, was)
        elif line.takes_flash and line.stage is SubscriberStage.TALKING and line.peer is not None:
            held, line.peer = line.peer, None
            held.peer, held.held_by, line.held = None, line, held
            line.digits = ""
            self._set(line, SubscriberStage.DIALLING, "dial", FIRST_DIGIT_S)

    def hung_up(self, line: SubscriberLine) -> None:
        if not line.off_hook:
            return
        if line.held_by is not None:
            self._free(line)
        peer, was = line.peer, line.stage
        line.peer = None
        self._set(line, SubscriberStage.ON_HOOK)
        if line.held is not None:
            self._hand_over(self._free(line.held), peer, was)
        else:
            self._left(peer, was)

    def _free(self, held: SubscriberLine) -> SubscriberLine:
        """Nobody has set it aside any more."""
        by, held.held_by = held.held_by, None
        if by is not None:
            by.held = None
        return held

    def _hand_over(self, held: SubscriberLine, peer: SubscriberLine | None, was: SubscriberStage) -> None:
        """Whom a line that has hung up had set aside, to whom it had called."""
        if peer is None:
            self._released(held)
        elif was is SubscriberStage.RINGBACK:
            held.peer, peer.peer = peer, held
            self._set(held, SubscriberStage.RINGBACK, "ringback", NO_ANSWER_S)
        else:
            self._talk(held, peer)

    def _talk(self, one: SubscriberLine, other: SubscriberLine) -> None:
        one.peer, other.peer = other, one
        for line in (one, other):
            self._set(line, SubscriberStage.TALKING)

    def _left(self, peer: SubscriberLine | None, was: SubscriberStage) -> None:
        """By whom rang it, or talked with it."""
        if peer and was is SubscriberStage.RINGBACK:
            self._not_answered(peer)
        elif peer:
            self._released(peer)

    def _route(self, line: SubscriberLine) -> None:
        called = self._directory.get(line.digits)
        free = next((each for each in called or () if each.stage is SubscriberStage.ON_HOOK and each is not line), None)
        if called is None:
            self._refuse(line, "unobtainable", CallProgress.UNOBTAINABLE)
        elif free is None:
            self._refuse(line, "busy", CallProgress.BUSY)
        else:
            self._ring(line, free)

    def _ring(self, caller: SubscriberLine, called: SubscriberLine) -> None:
        log.debug("{caller} rings {called}", caller=caller.number, called=called.number)
        caller.peer, called.peer = called, caller
        self._set(called, SubscriberStage.RINGING)
        self._set(caller, SubscriberStage.RINGBACK, "ringback", NO_ANSWER_S)
        current = RingingCurrent(called.terminal, self._time, self._plan.ring_s, lambda: self._caller_id(caller))
        self._ringing[called] = current
        caller.terminal.progress(CallProgress.RINGBACK)
        if self._ringing.get(called) is current:  # the caller may have hung up at once
            current.start()

    def _answer(self, line: SubscriberLine) -> None:
        caller = line.peer
        self._set(line, SubscriberStage.TALKING)
        self._stop_ringing(line)
        if caller:
            self._set(caller, SubscriberStage.TALKING)
            caller.terminal.progress(CallProgress.ANSWERED)

    def _released(self, line: SubscriberLine) -> None:
        line.peer = None
        self._set(line, SubscriberStage.TONE, "busy")
        if self._loop_break:
            line.terminal.loop_break()
        line.terminal.progress(CallProgress.GONE)

    def _refuse(self, line: SubscriberLine, tone: str, progress: CallProgress) -> None:
        self._set(line, SubscriberStage.TONE, tone)
        line.terminal.progress(progress)

    def _timed_out(self, line: SubscriberLine) -> None:
        line.timer = None
        if line.stage is SubscriberStage.DIALLING and line.digits:
            self._route(line)
            return
        called, line.peer = line.peer, None
        if called:
            self._not_answered(called)
        self._refuse(line, "busy", CallProgress.BUSY)

    def _not_answered(self, called: SubscriberLine) -> None:
        called.peer = None
        self._set(called, SubscriberStage.ON_HOOK)
        self._stop_ringing(called)

    def _stop_ringing(self, line: SubscriberLine) -> None:
        current = self._ringing.pop(line, None)
        if current:
            current.stop()

    def _set(
        self, line: SubscriberLine, stage: SubscriberStage, tone: str | None = None, timeout_s: float | None = None
    ) -> None:
        if line.timer and line.timer.active():
            line.timer.cancel()
        if line.stage not in (stage, SubscriberStage.TALKING):  # a key held while the other hangs up must end
            self._on_begun(line)
        line.stage = stage
        line.timer = self._time.callLater(timeout_s, self._timed_out, line) if timeout_s else None
        line.tone = ToneSource(self._plan.tones[self._tone_name(tone)], TONE_LEVEL_DBM0) if tone else None

    def _tone_name(self, tone: str) -> str:
        while tone not in self._plan.tones:
            tone = FALLBACKS[tone]
        return tone

    def _caller_id(self, caller: SubscriberLine) -> CallerId:
        if caller.withheld:
            return CallerId(None, "", self._now())
        return CallerId(caller.number, caller.name, self._now())
