"""`callserver emulate`: an exchange without the server, and calls on whichever exchange runs."""

import json
import os
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.internet.task import react

from callserver.config import COUNTRIES
from callserver.dsp.sound.files import write_wav
from callserver.dsp.tones import beep
from callserver.emulator.chip import CX93001, CX93001_WITH_LAWS
from callserver.emulator.client import RemotePhone, open_phone
from callserver.emulator.control import Failed, Lines, connect
from callserver.emulator.narration import told
from callserver.emulator.script import read_script
from callserver.emulator.standalone import serve, table
from callserver.wire.catalogue import Complaint, known
from callserver.wire.script_words import ScriptError
from callserver.wire.terminal import complaint, error, here, person_language

ONE_LINE = "100"
FILE = click.Path(dir_okay=False, path_type=Path)
WAV = click.Path(exists=True, dir_okay=False, path_type=Path)


def _socket(context: click.Context, parameter: click.Parameter, given: Path | None) -> Path:
    """Given, else that of the shop whose folder was given before the command."""
    shop = context.find_root().params.get("shop") or os.environ.get("CALLSERVER_SHOP") or "shop"
    return given or Path(shop) / "exchange.sock"


socket_option = click.option(
    "--socket",
    type=FILE,
    callback=_socket,
    show_default="shop/exchange.sock",
    help=here("Where the exchange is controlled."),
)
country_option = click.option(
    "--country",
    type=click.Choice(COUNTRIES),
    default="cn",
    show_default=True,
    help=here("Whose tones and bells."),
)
laws_option = click.option("--laws", is_flag=True, help=here("Modems that also offer mu-law and A-law."))
json_option = click.option("--json", "as_json", is_flag=True, help=here("Print JSON, on one line."))
speak_option = click.option("--played", type=WAV, help=here("WAV file that number 200 plays (else a tone)."))


HELP = (
    here("A telephone exchange without hardware."),
    here("exchange and line run until stopped and print the ports of their modems, which any program can open."),
    here("ring and run-script call on a running exchange (the server's own too)."),
    here("200 answers, 201 is busy, 202 does not answer, 203 does not exist."),
)


@click.group(help="\n\n".join(HELP), context_settings={"help_option_names": ["-h", "--help"]})
def emulate() -> None:
    """Holds the commands below."""


@emulate.command(help=here("Run an exchange whose lines have modems."))
@click.option(
    "--lines",
    "n_lines",
    type=click.IntRange(1, 200),
    default=20,
    show_default=True,
    help=here("How many lines with a modem."),
)
@click.option("--number", default="8008", show_default=True, help=here("Rings the first free line; line 3 is 800803."))
@click.option(
    "--links",
    type=click.Path(file_okay=False, path_type=Path),
    help=here("Folder for stable paths line-1, line-2 ..."),
)
@click.option("--noise", type=click.FloatRange(-90, -20), help=here("Noise on each line, dBm0."))
@click.option("--loop-break", is_flag=True, help=here("The far end's hang-up breaks the loop."))
@country_option
@laws_option
@speak_option
@socket_option
@json_option
def exchange(
    n_lines: int,
    number: str,
    links: Path | None,
    noise: float | None,
    loop_break: bool,
    country: str,
    laws: bool,
    played: Path | None,
    socket: Path,
    as_json: bool,
) -> None:
    links_of = {f"{number}{index:02}": links / f"line-{index}" if links else None for index in range(1, n_lines + 1)}
    chip = CX93001_WITH_LAWS if laws else CX93001
    serve(number, links_of, chip, country, played, socket, as_json, noise_dbm0=noise, loop_break=loop_break)


@emulate.command(help=here("Run one line with a modem, for any program."))
@click.option("--number", default=ONE_LINE, show_default=True, help=here("Of the line."))
@click.option("--link", type=FILE, help=here("A stable path that leads to the port."))
@country_option
@laws_option
@speak_option
@socket_option
@json_option
def line(
    number: str, link: Path | None, country: str, laws: bool, played: Path | None, socket: Path, as_json: bool
) -> None:
    serve(number, {number: link}, CX93001_WITH_LAWS if laws else CX93001, country, played, socket, as_json)


@emulate.command(help=here("Call NUMBER: let it ring, then keys, talk, hang up."))
@click.argument("number", default=ONE_LINE)
@click.option("--caller", default="13912345678", show_default=True, help=here("Number shown to who is called."))
@click.option("--name", default="", help=here("Name shown with it."))
@click.option("--withheld", is_flag=True, help=here("Show neither."))
@click.option("--within", type=float, default=60.0, show_default=True, help=here("Seconds to wait for an answer."))
@click.option("--keys", default="", help=here("Pressed a second after the answer."))
@click.option(
    "--talk",
    type=float,
    default=5.0,
    show_default=True,
    help=here("Seconds of tone, or of listening after --speak."),
)
@click.option("--speak", type=WAV, help=here("WAV file to say instead of a tone."))
@click.option(
    "--heard",
    type=FILE,
    default="heard.wav",
    show_default=True,
    help=here("WAV file to write: left heard, right said."),
)
@socket_option
def ring(
    number: str,
    caller: str,
    name: str,
    withheld: bool,
    within: float,
    keys: str,
    talk: float,
    speak: Path | None,
    heard: Path,
    socket: Path,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sound = speak or Path(folder) / "tone.wav"
        if not speak:
            write_wav(sound, beep(1000.0, 1000 * talk))
        steps = [f"dial {number}", f"wait answer within {within:g}", "wait 1"]
        steps += [f"press {keys}"] if keys else []
        steps += [f'speak "{sound.resolve()}"'] + ([f"wait {talk:g}"] if speak and talk else [])
        steps += ["hang up"]
        _run(lambda reactor: _run_script(reactor, socket, (caller, name, withheld), "\n".join(steps), heard))


SCRIPT = """\b
caller 13912345678 "Li Ming"
dial 8008
wait answer within 20
wait silence 1.2
press 1001#
speak order.wav
fax receive page.png
fax send offer.pdf
hang up"""
SCRIPT_HELP = (
    here("Let a caller do what FILE says."),
    SCRIPT,
    here("One can also wait for: ringback, sound, hang up, tone busy, 0.5 (seconds)."),
    here("fax presses Start of a fax machine: what it prints is a PNG, what it sends a PDF, a picture or text."),
)


@emulate.command("run-script", help="\n\n".join(SCRIPT_HELP))
@click.argument("file", type=WAV)
@click.option("--recording", type=FILE, help=here("WAV file to write: left heard, right said."))
@socket_option
def run_script(file: Path, recording: Path | None, socket: Path) -> None:
    text = file.read_text("utf-8-sig")
    try:
        read_script(text)
    except ScriptError as problem:
        raise SystemExit(error(f"{file}, {complaint(problem)}")) from problem
    _run(lambda reactor: _run_script(reactor, socket, None, text, recording, file.parent))


@emulate.command(help=here("List the lines of a running exchange."))
@socket_option
@json_option
def lines(socket: Path, as_json: bool) -> None:

    async def ask(reactor: Any) -> None:
        link = await connect(reactor, socket, RemotePhone())
        found = (await link.callRemote(Lines))["lines"]  # type: ignore[no-untyped-call]
        click.echo(json.dumps(found) if as_json else table([tuple(map(str, each.values())) for each in found]))

    _run(ask)


async def _run_script(
    reactor: Any,
    socket: Path,
    caller: tuple[str, str, bool] | None,
    script: str,
    recording: Path | None,
    folder: Path = Path(),
) -> None:
    telephone = RemotePhone(lambda at_s, line, what, stage: click.echo(told(at_s, what)))
    await open_phone(reactor, socket, telephone, caller or ("", "", False), recording, folder)
    await telephone.do(script)
    if recording:
        click.echo(f"{recording}")


def _run(story: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    """Run a story to its end; what goes wrong is one line and exit code 1."""

    async def told_plainly(reactor: Any) -> None:
        try:
            await story(reactor)
        except Failed as problem:
            raise SystemExit(error(known(person_language(), str(problem)))) from problem
        except ConnectionClosed as problem:
            raise SystemExit(error(Complaint("the exchange has stopped"))) from problem
        except ConnectError as problem:
            raise SystemExit(error(Complaint("no exchange is running here: {problem}", problem=problem))) from problem

    react(lambda reactor: Deferred.fromCoroutine(told_plainly(reactor)))
