"""The shop's lines, and the emulated exchange that those without a modem are attached to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from twisted.application.service import MultiService
from twisted.internet.error import CannotListenError

from callserver.calls.board import Board
from callserver.calls.call import Call
from callserver.calls.line import LineInService
from callserver.calls.line_choice import Direction, Trunk
from callserver.calls.live_calls import LiveCalls
from callserver.config import EMULATED, Config, LineConfig
from callserver.emulator.exchange import Exchange
from callserver.server.shop_folder import ShopFolder
from callserver.server.world import World
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_


class LineBank(MultiService):
    """
    `lines` by number, empty until `open`; `exchange` is the emulated one, if any line is attached to it.

    :param on_call: told each new call, with its line's number
    """

    def __init__(
        self,
        folder: ShopFolder,
        world: World,
        board: Board,
        calls: LiveCalls,
        on_alarm: Alarm,
        on_call: Callable[[int, Call], None],
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.lines: dict[int, LineInService] = {}
        self.exchange: Exchange | None = None
        self._folder, self._world, self._board, self._calls = folder, world, board, calls
        self._on_alarm, self._on_call = on_alarm, on_call
        self._settings: Mapping[int, LineConfig] = {}

    @property
    def trunks(self) -> Sequence[Trunk]:
        """The lines as calls out see them, in service and as they are set now."""
        return [
            Trunk(number, line, Direction(self._settings[number].direction), self._settings[number].group)
            for number, line in self.lines.items()
        ]

    def open(self, config: Config) -> None:
        """All lines of the settings; the shop's number rings those that are emulated, and telephones can be used."""
        self._settings = config.lines
        if any(line.device == EMULATED for line in config.lines.values()):
            self.exchange = Exchange(self._world.reactor, config.exchange.country, now=self._world.local_now)
            self.exchange.setServiceParent(self)  # type: ignore[no-untyped-call]
        for number, settings in config.lines.items():
            self._open_line(number, settings, config)
        if self.exchange is not None:
            lines = zip(self.exchange.lines, self._emulated(config), strict=True)
            self.exchange.hunt(config.exchange.number, [line for line, settings in lines if _answers(settings)])

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        if self.exchange is not None:
            self._open_to_telephones(self.exchange)  # listens at once, so that what is wrong with that is told here

    def change(self, new: Config) -> None:
        """Their direction is another from now on."""
        self._settings = new.lines
        for number, line in self.lines.items():
            line.answers = _answers(new.lines[number])

    def rest(self, call: Call, seconds: float) -> None:
        """This call's line takes no calls for so long."""
        for line in self.lines.values():
            if line is call.first:
                line.rest(seconds)

    def _emulated(self, config: Config) -> list[LineConfig]:
        return [line for line in config.lines.values() if line.device == EMULATED]

    def _open_line(self, number: int, settings: LineConfig, config: Config) -> None:
        subscriber = None
        if settings.device == EMULATED and self.exchange is not None:
            subscriber = self.exchange.add_line(f"{config.exchange.number}{number:02}")
        line = self._world.line(f"line {number}", settings, config.exchange.country, subscriber)
        self.lines[number] = LineInService(
            line,
            clock=self._world.reactor,
            board=self._board,
            calls=self._calls,
            on_call=partial(self._on_call, number),
            keys_from_sound=settings.keys == "sound",
            ring_stop_s=settings.ring_stop_s,
            guard_s=settings.guard_s,
            answers=_answers(settings),
            fax_by_modem=settings.fax_by == "modem",
        )
        line.setServiceParent(self)

    def _open_to_telephones(self, exchange: Exchange) -> None:
        try:
            telephones = self._world.open_to_telephones(exchange, self._folder.exchange_socket)
            telephones.setServiceParent(self)  # type: ignore[no-untyped-call]
        except (CannotListenError, OSError) as problem:  # in use, or the path is too long for a socket
            self._on_alarm(N_("telephones cannot reach the emulated exchange: {problem}"), problem=problem)


def _answers(settings: LineConfig) -> bool:
    return settings.direction != Direction.OUT.value
