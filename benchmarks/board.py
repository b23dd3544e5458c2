"""
What it costs the server when all of a big hall watch the board.

    python -m benchmarks.board [--seats 50] [--changes 20] [--seconds 20]

The server is a process of its own, the programs are real ones over TLS on loopback, all of supervisors, who see the
lines too. Prints, and writes to benchmarks/results/board.json, the server's share of one core (its user and system time
over the wall time) with nothing to show and with a busy board, and the rows that came to each program.
"""

import json
import os
import platform
import signal
import sys
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater, react

from benchmarks.load import ServerProcess
from callserver.desktop.client import AgentClient
from callserver.desktop.connection import pinned_endpoint
from callserver.desktop.listener import AgentListener
from callserver.server.shop_folder import ShopFolder
from callserver.wire.messages import ChannelRow, Hello, QueueRow

RESULTS = Path(__file__).parent / "results" / "board.json"
SETTLE_S = 2.0
AIM = 0.10  # of a core


class Watching(AgentListener):
    """A program whose window shows the board."""

    client: AgentClient

    def __init__(self) -> None:
        self.at_desk: Deferred[None] = Deferred()
        self.n_rows = 0

    def logged_in(self, hello: Hello) -> None:
        self.at_desk.callback(None)

    def row(self, row: ChannelRow) -> None:
        self.n_rows += 1

    def queue(self, row: QueueRow) -> None:
        self.n_rows += 1


@click.command()
@click.option("--seats", default=50, show_default=True, help="Programs that watch.")
@click.option("--changes", default=20.0, show_default=True, help="Changes of the board, a second.")
@click.option("--seconds", default=20.0, show_default=True, help="How long is measured.")
def main(seats: int, changes: float, seconds: float) -> None:
    """Measure what a watched board costs the server."""
    reactor.seconds = time.monotonic
    react(lambda _: Deferred.fromCoroutine(measure(seats, changes, seconds)))


async def measure(seats: int, changes: float, seconds: float) -> None:
    """Quiet, then busy."""
    folder = furnish(seats)
    server = ServerProcess()
    command = [sys.executable, "-m", "benchmarks.board_child", str(folder.path), str(changes)]
    reactor.spawnProcess(server, sys.executable, command, env=os.environ)
    await server.when("port")
    programs = await seat(server, folder, seats)
    await deferLater(reactor, SETTLE_S)
    quiet = await share(server, seconds / 2)
    os.kill(server.transport.pid, signal.SIGUSR1)
    await deferLater(reactor, SETTLE_S)
    before = sum(program.n_rows for program in programs)
    busy = await share(server, seconds)
    rows = sum(program.n_rows for program in programs) - before
    for program in programs:
        program.client.stop()
    server.transport.signalProcess("TERM")
    await server.ended
    show({"seats": seats, "changes_a_second": changes, "quiet_share": quiet, "busy_share": busy,
          "rows_a_second_and_program": round(rows / seats / seconds, 2)})  # fmt: skip


def furnish(seats: int) -> ShopFolder:
    """A shop whose one line has no modem: nothing is to be done but the board."""
    folder = ShopFolder(Path(mkdtemp(prefix="callserver-board-")))
    folder.path.joinpath("config.ini").write_text(
        f"[agents]\nport = 0\nseats = {seats}\n[line 1]\ndevice = /dev/ttyNone\n[recording]\nannounce = no\n"
    )
    folder.prepare()
    return folder


async def seat(server: ServerProcess, folder: ShopFolder, seats: int) -> list[Watching]:
    """One after the other: a password takes its time."""
    endpoint = pinned_endpoint(reactor, "127.0.0.1", server.words["port"], folder.path / "agents.certificate.pem")
    programs = []
    for n in range(seats):
        program = Watching()
        password = folder.first_password("801" if n > 3 else f"{801 + n}")
        program.client = AgentClient(reactor, endpoint, f"{801 + n}", password, program)
        program.client.start()
        await program.at_desk
        programs.append(program)
    return programs


async def share(server: ServerProcess, seconds: float) -> float:
    """Of a core, that the server takes while this lasts."""
    began_s, cpu_s = time.monotonic(), server.cpu_s
    await deferLater(reactor, seconds)
    return round((server.cpu_s - cpu_s) / (time.monotonic() - began_s), 4)


def show(figures: dict[str, Any]) -> None:
    """On the screen and in a file."""
    RESULTS.parent.mkdir(exist_ok=True)
    told = {"machine": platform.platform(), "python": platform.python_version()} | figures
    RESULTS.write_text(json.dumps(told, indent=1) + "\n")
    print(
        f"{figures['seats']} programs watch a board that changes {figures['changes_a_second']:g} times a second: "
        f"{figures['busy_share']:.1%} of a core (aim {AIM:.0%}), {figures['quiet_share']:.1%} when nothing changes; "
        f"{figures['rows_a_second_and_program']:g} rows a second at each"
    )
    print(f"written to {RESULTS}")


if __name__ == "__main__":
    main()
