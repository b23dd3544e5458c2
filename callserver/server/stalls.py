"""What has held up the reactor, and where: from looks at its thread in short intervals."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from callserver.ivr.interruption import is_menus, menu_on, own_frame, stack

OUR_FOLDER = Path(__file__).parents[2]
PERIOD_S = 0.02  # of the looks
STALL_S = 0.05  # what takes longer is named
LAST = 20  # stalls that are remembered
LOG_AGAIN_S = 60.0  # of the same place
LONG_S = 1.0  # always worth a line


@dataclass(frozen=True)
class Place:
    """Where the reactor's thread stood; menu and channel only if that was in a menu."""

    file: str
    line: int
    function: str
    menu: str = ""
    channel: str = ""
    call_id: str = ""

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line} ({self.function})"
        return f"menu {self.menu} on {self.channel}: {where}" if self.menu else where


@dataclass(frozen=True)
class Stall:
    """
    The reactor did one thing for so long.

    `machine_s`: of it the thread did not get the processor, because other programs had it
    """

    busy_s: float
    machine_s: float
    place: Place
    interrupted: bool = False


@dataclass(frozen=True)
class Look:
    """At the reactor's thread; `turn` counts what it does one after the other, no frame: it waits for work."""

    at_s: float
    turn: int
    frame: FrameType | None
    machine_s: float = 0.0  # waited for the processor in all


def place_of(frame: FrameType) -> Place:
    """The innermost of our own lines on a stack; in a menu its own, with the telephone line it serves."""
    menu = menu_on(frame)
    own = next((one for one in stack(frame) if is_menus(one)), None) if menu else None
    shown = own or own_frame(frame) or frame
    place = Place(_short(shown.f_code.co_filename), shown.f_lineno, shown.f_code.co_name)
    return place if menu is None else replace(place, menu=menu.menu, channel=menu.line, call_id=menu.call_id)


def _short(file: str) -> str:
    return file.removeprefix(f"{OUR_FOLDER}/")


class StallMeter:
    """Looks in, stalls out. Lengths are too short by up to two looks, never too long."""

    def __init__(self) -> None:
        self._before: Look | None = None
        self._begun: Look | None = None
        self._seen: Place | None = None
        self._busy_s = self._machine_s = 0.0

    def feed(self, look: Look) -> Stall | None:
        """The stall that is over with this look, if one is."""
        over = None
        if self._begun is not None and (look.frame is None or look.turn != self._begun.turn):
            over, self._begun, self._seen = self.so_far(), None, None
        if look.frame is not None:
            self._go_on(look, look.frame)
        self._before = look
        return over

    def so_far(self) -> Stall | None:
        """The stall that goes on; None while nothing has taken long enough."""
        if self._seen is None:
            return None
        return Stall(round(self._busy_s, 3), round(self._machine_s, 3), self._seen)

    def _go_on(self, look: Look, frame: FrameType) -> None:
        if self._begun is None:
            self._begun = self._beginning(look)
        self._busy_s = look.at_s - self._begun.at_s
        self._machine_s = min(self._busy_s, look.machine_s - self._begun.machine_s)
        if self._seen is None and self._busy_s - self._machine_s >= STALL_S:
            self._seen = place_of(frame)

    def _beginning(self, look: Look) -> Look:
        """One look late means that nobody could look: what holds Python's lock has begun after the look before."""
        before = self._before
        if before is None or look.at_s - before.at_s < 2 * PERIOD_S:
            return look
        return Look(before.at_s + PERIOD_S, look.turn, look.frame, before.machine_s)


class Stalls:
    """
    What `status` tells of them.

    :param on_stall: told of each, and whether it is worth a line in the log: of one place once a minute
    """

    def __init__(self, on_stall: Callable[[Stall, bool], None]) -> None:
        self._on_stall = on_stall
        self.n, self.longest_s = 0, 0.0
        self.last: deque[tuple[float, Stall]] = deque(maxlen=LAST)  # when they ended, by the reactor's clock
        self._told_s: dict[tuple[str, str], float] = {}

    def add(self, stall: Stall, at_s: float) -> None:
        """One that is over."""
        self.n += 1
        self.longest_s = max(self.longest_s, stall.busy_s)
        self.last.append((at_s, stall))
        place = stall.place.file, stall.place.function
        worth = stall.busy_s >= LONG_S or at_s - self._told_s.get(place, -LOG_AGAIN_S) >= LOG_AGAIN_S
        if worth:
            self._told_s[place] = at_s
        self._on_stall(stall, worth)
