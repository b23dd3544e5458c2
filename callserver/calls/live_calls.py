"""Every call of the shop that is not over, and what a new one is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.calls.call import Call, FirstParty
from callserver.calls.event_log import EventLog
from callserver.calls.recording_rules import RecordingRules
from callserver.dsp.frames import FloatArray
from callserver.lines.interfaces import Caller
from callserver.media.patch_bay import PatchBay
from callserver.media.recorder import Recorder
from callserver.wire.causes import Reason

log = Logger()


class LiveCalls:
    """
    Makes calls and knows them until they end.

    :param new_id: a fresh UUID each time
    :param recorder: None: calls are not recorded
    :param rules: which are, without anybody's demand
    `music`: what a held or waiting party hears, shape (n,); None until the prompts are loaded.
    """

    def __init__(
        self,
        clock: IReactorTime,
        bay: PatchBay,
        events: EventLog,
        new_id: Callable[[], str],
        recorder: Recorder | None = None,
        rules: RecordingRules = RecordingRules(),  # noqa: B008
    ) -> None:
        self.bay, self.events, self.clock = bay, events, clock
        self.music: FloatArray | None = None
        self._new_id, self._recorder, self._rules = new_id, recorder, rules
        self._calls: dict[str, Call] = {}
        self._watchers: list[Callable[[Call], None]] = []
        self._card_watchers: list[Callable[[Call], None]] = []

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls.values()))

    def __len__(self) -> int:
        return len(self._calls)

    def find(self, call_id: str | None) -> Call | None:
        """The call with this id, while it is not over."""
        return None if call_id is None else self._calls.get(call_id)

    def watch(self, watcher: Callable[[Call], None]) -> Callable[[], None]:
        """
        Call `watcher` when somebody has joined a call, has left it or has another role there; returns what ends it.

        It may act on any call at once. A call that has ended is told once more, with nobody in it.
        """
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def watch_cards(self, watcher: Callable[[Call], None]) -> None:
        """Call `watcher` when somebody has said who a call's caller is; it may be over."""
        self._card_watchers.append(watcher)

    def begin(self, direction: str, first: FirstParty, caller: Caller) -> Call:
        """A call begins at a party: "in" with a ring, "out" with a dial."""
        call = Call(
            self._new_id(),
            direction,
            first,
            caller,
            events=self.events,
            clock=self.clock,
            bay=self.bay,
            music=lambda: self.music,
            find=self._calls.get,
            on_parts=partial(self._tell, self._watchers),
            on_card=partial(self._tell, self._card_watchers),
            recorder=self._recorder,
            rules=self._rules,
        )
        self._calls[call.id] = call
        call.when_ended().addCallback(lambda _: self._calls.pop(call.id))
        return call

    def _tell(self, watchers: Sequence[Callable[[Call], None]], call: Call) -> None:
        for watcher in tuple(watchers):
            try:
                watcher(call)
            except Exception:
                log.failure("one who watches call {call} failed", call=call.id)

    def end_all(self, by: str, reason: Reason) -> None:
        """The server stops."""
        for call in self:
            call.end(by, reason)
