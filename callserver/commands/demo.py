"""`callserver demo`: a scripted shopper calls, orders, talks with a person; another gets a fax; told as it happens."""

import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater, react
from twisted.internet.threads import deferToThread
from twisted.logger import globalLogBeginner, textFileLogObserver

from callserver.calls.vocabulary import Kind
from callserver.commands.calls import Telling, call_lines, report_width, timeline_lines
from callserver.commands.fax_visit import add_sample, fetch_by_fax, printed
from callserver.commands.options import language_option
from callserver.commands.report_words import prompt_texts, words
from callserver.commands.visit import Shopper, agent, visit, when_idle
from callserver.desktop.headless import AgentPlan
from callserver.emulator.narration import glossed
from callserver.features.faxing import paperwork
from callserver.features.shopping import rules
from callserver.features.shopping.words import ORDER_STATES
from callserver.server.assembly import CallServer
from callserver.server.first_start import settle_in
from callserver.server.lock import FolderError, locked
from callserver.server.shop_folder import ShopFolder
from callserver.server.world import World
from callserver.store import reading
from callserver.wire.catalogue import N_, known, text
from callserver.wire.cells import column
from callserver.wire.records import CallRecord, EventRecord
from callserver.wire.terminal import complaint, here
from callserver.wire.words import code_text

SOUNDS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")  # Debian's asterisk-core-sounds-en-wav
CALLER_VOICE, AGENT_VOICE = "demo-thanks.wav", "demo-enterkeywords.wav"
OUR_VOICES = {CALLER_VOICE: "en/welcome.wav", AGENT_VOICE: "zh/main-menu.wav"}
NUMBER = "13912345678"
EVENTS_ON_DISK_S = 0.3
PREVIEW_COLUMNS = 72


def voice(name: str) -> Path:
    """Human speech if Debian's recordings are installed, else one of our own prompts."""
    human = SOUNDS / name
    return human if human.exists() else Path(__file__).parents[2] / "voice-prompts" / OUR_VOICES[name]


HELP = (
    here("See calls being served: order by phone, a person on the line, a document by fax, the records of it."),
    here("Takes about three minutes: everything runs in real time, on emulated lines."),
)


@click.command(help="\n\n".join(HELP))
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help=here("Folder for the demo's shop; if not given, a new one among the system's temporary files."),
)
@language_option
def demo(keep: Path | None, language: str) -> None:
    from twisted.internet import reactor

    reactor.seconds = time.monotonic  # type: ignore[method-assign]
    folder = ShopFolder(keep or Path(tempfile.mkdtemp(prefix="callserver-demo-")))
    try:
        with locked(folder.path):
            only_for_trying(folder)
            react(lambda _: Deferred.fromCoroutine(Demo(folder, language, reactor).run()))
    except FolderError as problem:
        raise click.ClickException(complaint(problem)) from problem


def only_for_trying(folder: ShopFolder) -> None:
    """
    No made-up caller orders in a real shop.

    :raises FolderError: it is one
    """
    life = folder.life()
    if life is not None and not life.demo:
        raise FolderError("{folder}: a real shop, not one for trying; name another folder", folder=folder.path)


class Demo:
    """Two calls, told to the terminal as they happen."""

    def __init__(self, folder: ShopFolder, language: str, reactor: Any) -> None:
        self._folder, self._language, self._reactor = folder, language, reactor
        self._began_s = reactor.seconds()
        self._prompts: Mapping[str, str] = {}

    async def run(self) -> None:
        self._folder.prepare()
        config = self._folder.config_file
        config.write_text(config.read_text("utf-8").replace("port = 8787", "port = 0"), "utf-8")  # any free one
        log = self._folder.log_file.open("a", encoding="utf-8")
        globalLogBeginner.beginLoggingTo([textFileLogObserver(log)], redirectStandardIO=False)
        server = CallServer(self._folder, World(self._reactor))
        self._prompts = prompt_texts(self._folder.prompts(server.config), self._language)
        server.events.watch(self._happened)
        server.startService()
        try:
            await server.ready
            await server.store.write(settle_in)
            await when_idle(server)
            await self._call(server)
            await self._fax(server)
        finally:
            await server.stopService()

    def _happened(self, event: EventRecord) -> None:
        """An event of the server; of twenty lines that come into service and go out of it, none."""
        of_a_line = event.kind in (Kind.STATE.value, Kind.ALARM.value) and event.person is None
        if event.call_id is not None or not of_a_line:
            self._say(event.channel or "server", words(event, self._language, self._prompts))

    async def _call(self, server: CallServer) -> None:
        folder = self._folder.path.absolute()
        shopper = Shopper(NUMBER, "Li Ming", voice(CALLER_VOICE), folder / "caller-heard-and-said.wav")
        agent_heard = folder / "agent-heard.wav"
        plan = AgentPlan(speak=voice(AGENT_VOICE), hear=agent_heard, calls=1, language=self._language)
        at_desk = agent(server, "801", plan, lambda text: self._say("agent", text))
        await visit(server, shopper, lambda happening: self._say("caller", glossed(happening.what, self._language)))
        await at_desk
        await when_idle(server)
        await deferLater(self._reactor, EVENTS_ON_DISK_S)
        record, events = await server.store.read(_last_call)
        click.echo("\n" + "\n".join(await server.store.read(_order_lines, record.order_number, self._language)))
        told = Telling(self._language, server.config.server.zone, self._prompts, report_width())
        click.echo("\n" + "\n".join([*call_lines(record, told), ""]))
        click.echo("\n".join(timeline_lines(record, events, told)))
        rows = (
            (N_("recording"), self._folder.recordings.absolute() / str(record.recording)),
            (N_("what the caller heard (left) and said (right)"), shopper.recording),
            (N_("what the agent heard"), agent_heard),
            (N_("once more"), f"bin/callserver call {record.id[:8]} --shop {folder}"),
        )
        click.echo("\n" + "\n".join(f"{known(self._language, label)}:\n    {value}" for label, value in rows))

    async def _fax(self, server: CallServer) -> None:
        """A caller with a fax machine has a document sent to it within his call."""
        number = await add_sample(server)
        click.echo()
        fax = await fetch_by_fax(
            server, number, lambda happening: self._say("caller", glossed(happening.what, self._language))
        )
        await when_idle(server)
        picture = self._folder.path.absolute() / "fax.png"
        for page in await deferToThread(printed, fax, picture):
            if sys.stdout.isatty():
                click.echo("\n".join(paperwork.preview(page, PREVIEW_COLUMNS)))
            click.echo(f"\n{known(self._language, N_('the page that his fax machine has printed'))}:\n    {picture}")

    def _say(self, who: str, what: str) -> None:
        speaker = column(code_text(who, self._language), 8)
        click.echo(f"{self._reactor.seconds() - self._began_s:7.2f}  {speaker} {what}")


def _last_call() -> tuple[CallRecord, list[EventRecord]]:
    (record,) = reading.list_calls(1)
    return record, reading.timeline(record.id)


def _order_lines(number: str, language: str) -> list[str]:
    order = rules.find_order(number)
    assert order is not None
    said = text(
        language,
        "order {number}: {state_word}, {total_fen} yuan",
        number=order.number,
        state_word=ORDER_STATES[order.state],
        total_fen=order.total_fen,
    )
    return [said, *(f"    {one.quantity} x {one.item} {one.name.text(language)}" for one in order.lines)]
