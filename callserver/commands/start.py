"""The commands that start the server and check its settings."""

import sys
from pathlib import Path

import click

from callserver.server.shop_folder import ShopFolder

shop_option = click.option(
    "--shop",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("shop"),
    envvar="CALLSERVER_SHOP",
    show_default=True,
    help="The shop's folder; made when it is missing.  店铺目录，不存在则新建。",
)


@click.command()
@shop_option
def start(shop: Path) -> None:
    """Start the server in the foreground.  启动服务器。"""
    from twisted.scripts.twistd import run

    folder = ShopFolder(shop)
    if folder.prepare():
        click.echo(f"A new shop in {shop}: its settings are in {folder.config_file}.  已新建店铺目录。")
    folder.config()  # a mistake in it is one line, before anything is started
    sys.argv = ["twistd", "--nodaemon", "--pidfile=", f"--logfile={folder.log_file}", "callserver", f"--shop={shop}"]
    run()  # type: ignore[no-untyped-call]


@click.command()
@shop_option
def check(shop: Path) -> None:
    """Check the settings without starting anything.  检查设置。"""
    config = ShopFolder(shop).config()
    click.echo(f"{shop / 'config.ini'}: all right, {len(config.lines)} lines, {config.agents.seats} seats.  设置正确。")
