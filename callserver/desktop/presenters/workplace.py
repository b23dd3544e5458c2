"""What every screen of one agent's program stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from callserver.desktop.client import AgentClient
from callserver.desktop.foreign import as_line, calmed
from callserver.desktop.headset.no_sound import NoSound
from callserver.desktop.kept_drafts import KeptDrafts
from callserver.desktop.missed import MissedCalls
from callserver.desktop.model import ShopModel
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.desk import Desk
from callserver.desktop.presenters.voice import Voice
from callserver.desktop.record import CustomerRecord
from callserver.wire.catalogue import Detail, text
from callserver.wire.rights import Right
from callserver.wire.words import right_text

log = Logger()


class Seconds:
    """The one timer of all clocks on the screens; it runs while somebody wants it."""

    def __init__(self, clock: IReactorTime) -> None:
        self._watchers: list[Callable[[], None]] = []
        self._loop = LoopingCall(self._tick)
        self._loop.clock = clock

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call it each second; returns what ends it."""
        self._watchers.append(watcher)
        if not self._loop.running:
            self._loop.start(1.0, now=False)

        def end() -> None:
            self._watchers.remove(watcher)
            if not self._watchers and self._loop.running:
                self._loop.stop()

        return end

    def _tick(self) -> None:
        for watcher in tuple(self._watchers):
            try:
                watcher()
            except Exception:
                log.failure("a clock on the screen broke")


@dataclass(eq=False)
class Workplace:
    """One agent's program while he is logged in."""

    clock: IReactorTime
    language: str  # "zh" or "en"
    client: AgentClient
    model: ShopModel
    settings: OwnSettings
    desk: Desk | None = None  # the computer's sound; None: there is none
    seconds: Seconds = field(init=False)
    voice: Voice = field(init=False)  # the agent's: muted or not, on which devices
    record: CustomerRecord = field(init=False)  # whose it is that the tabs show

    missed: MissedCalls = field(init=False)  # who has called in vain
    drafts: KeptDrafts = field(init=False)  # what is typed, for the case that the program is killed

    def __post_init__(self) -> None:
        self.missed = MissedCalls(self.client, self.settings, self.language)
        self.drafts = KeptDrafts(self.clock, self.settings, self.model)
        self.seconds = Seconds(self.clock)
        self.desk = self.desk or Desk(self.clock, self.settings, NoSound())
        self.voice = Voice(self.clock, self.desk, self.client.send_audio, self.model)
        self.record = CustomerRecord(self.client, self.model)

    def words(self, msgid: str, /, **details: Detail) -> str:
        """A sentence of the catalogue in the agent's language; names in it may run from the right."""
        return text(self.language, msgid, **calmed(details))

    def told(self, sentence: object) -> str:
        """The same of one that somebody else has made, as a line of its own: the server, the sound, a check."""
        return as_line(sentence, self.language)

    def lacks(self, right: Right) -> str:
        """What a disabled button says: the right that is missing; "" if he has it."""
        if self.model.may(right):
            return ""
        return self.words("Needs the right “{right}”", right=right_text(right, self.language))
