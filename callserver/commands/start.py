"""The command that starts the server, and the option that says for which shop."""

import signal
from pathlib import Path
from typing import Any

import click

from callserver.server.shop_folder import ShopFolder, default_shop
from callserver.wire.terminal import both, here


def _shop(context: click.Context, parameter: click.Parameter, given: Path | None) -> Path:
    """Given behind the command, else before it, else `default_shop`."""
    return given or context.find_root().params.get("shop") or default_shop()


shop_option = click.option(
    "--shop",
    type=click.Path(path_type=Path, file_okay=False),
    metavar=here("directory").upper(),  # click has made up its words before it is told of our language
    callback=_shop,
    help=here("The shop's folder; if not given CALLSERVER_SHOP, else shop here, else shop beside bin."),
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
