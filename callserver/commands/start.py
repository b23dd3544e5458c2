"""The commands that start the server and check its settings."""

import signal
from pathlib import Path
from typing import Any

import click

from callserver.server.shop_folder import ShopFolder
from callserver.wire.terminal import both, here

shop_option = click.option(
    "--shop",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("shop"),
    envvar="CALLSERVER_SHOP",
    show_default=True,
    help=here("The shop's folder; made when it is missing."),
)


@click.command(help=here("Start the server in the foreground."))
@shop_option
def start(shop: Path) -> None:
    from twisted.scripts import twistd

    from callserver.server.log_file import observer

    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal that is closed; heeded when the server runs
    folder = ShopFolder(shop.absolute())
    if not folder.config_file.exists():
        place = {"shop": str(folder.path), "file": str(folder.config_file)}
        click.echo("\n".join(both("A new shop is made in {shop}; its settings will be in {file}.", **place)))
    options: Any = twistd.ServerOptions()  # type: ignore[attr-defined,no-untyped-call]
    options.parseOptions(["--nodaemon", "--pidfile=", "callserver", f"--shop={folder.path}"])
    options["logger"] = lambda: observer(folder.log_file, folder.config().server.zone)
    twistd.runApp(options)  # type: ignore[no-untyped-call]


@click.command(help=here("Check the settings without starting anything."))
@shop_option
def check(shop: Path) -> None:
    config = ShopFolder(shop).config()
    click.echo(
        here(
            "{file}: all right; lines: {lines}, seats: {seats}.",
            file=str(shop / "config.ini"),
            lines=len(config.lines),
            seats=config.agents.seats,
        )
    )
