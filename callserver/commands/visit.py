"""A visit to the shop, start to end: a scripted shopper on the emulated exchange, a headless agent, the real server."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from twisted.internet.defer import Deferred

from callserver.calls.board import ChannelStatus
from callserver.desktop.connection import pinned_endpoint
from callserver.desktop.headless import AgentPlan, headless_agent
from callserver.emulator.script_run import ScriptEvent, ignored, run_script
from callserver.server.assembly import CallServer
from callserver.wire.states import LineState

# He hears every question to its end, orders two of item 1001, asks for a person, hears him out and answers.
SHOPPER = """
caller {number} "{name}"
dial {shop}
wait answer
wait silence 1.2
press 1                      # Mandarin
wait silence 1.2
press 1                      # order
wait silence 1.2
press 1001#
wait silence 1.2             # name, price, stock
press 1
wait silence 1.2
press 2#                     # two pieces
wait silence 1.2
press 2                      # that is all
wait silence 1.2
press 1                      # paid on delivery, at home; or he is new here
wait silence 1.2             # read back
press 1                      # confirm
wait silence 1.2 within 60   # the order number, twice; the main menu
press 0                      # a person
wait sound
wait silence 1.5 within 600  # he waits with music, and the agent greets him
speak {voice}
wait 1
hang up
"""
PROMPTS = (  # what he hears in this order; names and numbers between them left out, and where the parcel goes
    "zh/welcome",
    "zh/choose-language",
    "en/choose-language",
    "recorded-notice",
    "main-menu",
    "enter-item-number",
    "item-price-is",
    "item-in-stock",
    "item-right-or-other",
    "enter-quantity",
    "more-or-done",
    "you-order",
    "total-is",
    "confirm-change-cancel",
    "order-taken",
    "order-number-again",
    "main-menu",
    "please-wait-for-person",
)
KEYS = "111001#12#2110"


@dataclass(frozen=True)
class Shopper:
    """Who calls, with what voice, and where what he heard (left) and said (right) is written."""

    number: str
    name: str
    voice: Path
    recording: Path


def visit(
    server: CallServer, shopper: Shopper, on_event: Callable[[ScriptEvent], None] = ignored
) -> Deferred[list[ScriptEvent]]:
    """One call by a shopper; fires when he has hung up, fails with ScriptError if it went otherwise."""
    assert server.exchange is not None
    script = SHOPPER.format(
        number=shopper.number, name=shopper.name, shop=server.config.exchange.number, voice=shopper.voice
    )
    return run_script(server.exchange, script, on_event, recording=shopper.recording)


def agent(server: CallServer, number: str, plan: AgentPlan, say: Callable[[str], object]) -> Deferred[int]:
    """A headless agent who comes in through the agents' channel, as from another computer; fires when he has left."""
    assert server.agents is not None
    assert server.certificate is not None
    endpoint = pinned_endpoint(
        server.reactor, server.config.agents.host, server.agents.port_number, server.certificate.file
    )
    password = server.folder.first_password(number)
    return Deferred.fromCoroutine(headless_agent(server.reactor, endpoint, number, password, plan, say))


def when_idle(server: CallServer) -> Deferred[None]:
    """Fires when every line is on hook and ready."""
    done: Deferred[None] = Deferred()

    def look(_: ChannelStatus | None = None) -> None:
        states = [server.board.statuses[channel.name].state for channel in server.lines.values()]
        if not done.called and all(state is LineState.IDLE for state in states):
            stop_watching()
            done.callback(None)

    stop_watching = server.board.watch(look)
    look()
    return done
