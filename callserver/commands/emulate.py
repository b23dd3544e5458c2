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
from callserver.emulator.script import ScriptError, read_script
from callserver.emulator.standalone import serve, table

SOCKET = Path(os.environ.get("CALLSERVER_SHOP", "shop")) / "exchange.sock"
ONE_LINE = "100"
FILE = click.Path(dir_okay=False, path_type=Path)
WAV = click.Path(exists=True, dir_okay=False, path_type=Path)

socket_option = click.option(
    "--socket",
    type=FILE,
    default=SOCKET,
    show_default=True,
    help="Where the exchange is controlled. 交换机的控制套接字。",
)
country_option = click.option(
    "--country",
    type=click.Choice(COUNTRIES),
    default="cn",
    show_default=True,
    help="Whose tones and bells. 哪个国家的信号音和铃流。",
)
laws_option = click.option(
    "--laws", is_flag=True, help="Modems that also offer mu-law and A-law. 调制解调器另支持 μ 律和 A 律。"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, on one line. 输出一行 JSON。")
speak_option = click.option(
    "--played", type=WAV, help="WAV file that number 200 plays (else a tone). 号码 200 播放的文件（默认为单音）。"
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def emulate() -> None:
    """
    A telephone exchange without hardware.  没有硬件的电话交换机。

    `exchange` and `line` run until stopped and print the ports of their modems, which any program can open. `ring` and
    `run-script` call on a running exchange (the server's own too). 200 answers, 201 is busy, 202 does not answer, 203
    does not exist.

    exchange 和 line 会一直运行，并显示各调制解调器的端口，任何程序都可以打开；ring 和 run-script 在运行中的交换机上拨打
    电话。拨 200 有人应答，201 占线，202 无人接听，203 是空号。
    """


@emulate.command(short_help="Run an exchange whose lines have modems. 运行交换机")
@click.option(
    "--lines",
    "n_lines",
    type=click.IntRange(1, 200),
    default=20,
    show_default=True,
    help="How many lines with a modem. 带调制解调器的线路数。",
)
@click.option(
    "--number", default="8008", show_default=True, help="Rings the first free line; line 3 is 800803. 总机号码。"
)
@click.option(
    "--links",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for stable paths line-1, line-2 ... 存放固定端口路径的文件夹。",
)
@click.option("--noise", type=click.FloatRange(-90, -20), help="Noise on each line, dBm0. 线路噪声。")
@click.option("--loop-break", is_flag=True, help="The far end's hang-up breaks the loop. 对方挂机时断开环路电流。")
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
    """Run an exchange whose lines have modems.  运行一台交换机，线路都接有调制解调器。"""
    links_of = {f"{number}{index:02}": links / f"line-{index}" if links else None for index in range(1, n_lines + 1)}
    chip = CX93001_WITH_LAWS if laws else CX93001
    serve(number, links_of, chip, country, played, socket, as_json, noise_dbm0=noise, loop_break=loop_break)


@emulate.command(short_help="Run one line with a modem. 运行一条线路")
@click.option("--number", default=ONE_LINE, show_default=True, help="Of the line. 线路的号码。")
@click.option("--link", type=FILE, help="A stable path that leads to the port. 指向端口的固定路径。")
@country_option
@laws_option
@speak_option
@socket_option
@json_option
def line(
    number: str, link: Path | None, country: str, laws: bool, played: Path | None, socket: Path, as_json: bool
) -> None:
    """Run one line with a modem, for any program.  运行一条带调制解调器的线路，供任何程序使用。"""
    serve(number, {number: link}, CX93001_WITH_LAWS if laws else CX93001, country, played, socket, as_json)


@emulate.command(short_help="Call NUMBER: ring, keys, talk, hang up. 拨打电话")
@click.argument("number", default=ONE_LINE)
@click.option("--caller", default="13912345678", show_default=True, help="Number shown to who is called. 主叫号码。")
@click.option("--name", default="", help="Name shown with it. 主叫姓名。")
@click.option("--withheld", is_flag=True, help="Show neither. 不显示主叫。")
@click.option(
    "--within", type=float, default=60.0, show_default=True, help="Seconds to wait for an answer. 等待应答的秒数。"
)
@click.option("--keys", default="", help="Pressed a second after the answer. 应答后按的键。")
@click.option(
    "--talk",
    type=float,
    default=5.0,
    show_default=True,
    help="Seconds of tone, or of listening after --speak. 通话秒数。",
)
@click.option("--speak", type=WAV, help="WAV file to say instead of a tone. 代替单音的语音文件。")
@click.option(
    "--heard",
    type=FILE,
    default="heard.wav",
    show_default=True,
    help="WAV file to write: left heard, right said. 录音文件：左声道为听到的，右声道为说出的。",
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
    """Call NUMBER: let it ring, then keys, talk, hang up.  呼叫 NUMBER：振铃，应答后按键、通话、挂机。"""
    with tempfile.TemporaryDirectory() as folder:
        sound = speak or Path(folder) / "tone.wav"
        if not speak:
            write_wav(sound, beep(1000.0, 1000 * talk))
        steps = [f"dial {number}", f"wait answer within {within:g}", "wait 1"]
        steps += [f"press {keys}"] if keys else []
        steps += [f'speak "{sound.resolve()}"'] + ([f"wait {talk:g}"] if speak and talk else [])
        steps += ["hang up"]
        _run(lambda reactor: _run_script(reactor, socket, (caller, name, withheld), "\n".join(steps), heard))


@emulate.command("run-script", short_help="Let a caller do what FILE says. 运行脚本")
@click.argument("file", type=WAV)
@click.option("--recording", type=FILE, help="WAV file to write: left heard, right said. 录音文件。")
@socket_option
def run_script(file: Path, recording: Path | None, socket: Path) -> None:
    """
    Let a caller do what FILE says.  按脚本文件拨打电话。

    \b
    caller 13912345678 "Li Ming"   # who calls
    dial 8008
    wait answer within 20          # or ringback, sound, hang up, tone busy, 0.5
    wait silence 1.2
    press 1001#
    speak order.wav
    hang up
    """
    text = file.read_text("utf-8-sig")
    try:
        read_script(text)
    except ScriptError as problem:
        raise SystemExit(f"{file}, {problem}") from problem
    _run(lambda reactor: _run_script(reactor, socket, None, text, recording, file.parent))


@emulate.command(short_help="List the lines of a running exchange. 列出线路")
@socket_option
@json_option
def lines(socket: Path, as_json: bool) -> None:
    """List the lines of a running exchange.  列出运行中交换机的线路。"""

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
            raise SystemExit(str(problem)) from problem
        except ConnectionClosed as problem:
            raise SystemExit("the exchange has stopped / 交换机已停止") from problem
        except ConnectError as problem:
            raise SystemExit(f"no exchange is running here: {problem} / 此处没有运行中的交换机") from problem

    react(lambda reactor: Deferred.fromCoroutine(told_plainly(reactor)))
