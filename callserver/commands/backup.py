"""`callserver backup` and `callserver restore`: a shop in one file, also while it runs, and back out of it."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from callserver.commands.options import require_shop
from callserver.commands.start import shop_option
from callserver.config import ConfigError
from callserver.server.backup_file import BackupError
from callserver.server.backups import make_backup
from callserver.server.lock import FolderError, locked
from callserver.server.restore import Restored, is_unfinished, restore
from callserver.server.shop_folder import ShopFolder
from callserver.wire.terminal import complaint, error, here

HELP = (
    here("Back up the shop in one file, also while the server runs: database, settings, certificate, prompts, menus."),
    here("Without FILE it goes to the folder that config.ini names under [backup], where the server puts one a night."),
)


@click.command(help="\n\n".join(HELP))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--recordings", is_flag=True, help=here("The recordings too; they may be large."))
@shop_option
def backup(file: Path | None, recordings: bool, shop: Path) -> None:
    folder = ShopFolder(shop)
    try:
        if is_unfinished(shop):
            raise BackupError("{folder}: a restore was interrupted; the next start finishes it", folder=shop)
        require_shop(folder)
        made, manifest = make_backup(folder, folder.config(), datetime.now(UTC), target=file, recordings=recordings)
    except (BackupError, ConfigError) as problem:
        sys.exit(error(problem))
    click.echo(
        here(
            "{file}: {n} files, {mb} MB",
            file=str(made),
            n=len(manifest.files),
            mb=f"{made.stat().st_size / 1e6:.2f}",
        )
    )
    if not any(name == "database.db" for name in manifest.files):
        click.echo(here("The database is not in it: PostgreSQL has its own tools (pg_dump)."))


@click.command(name="restore", help=here("Put a backup into an empty or a broken shop; it is checked first."))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help=here("Move a shop that is there aside, and keep it."))
@shop_option
def restore_command(file: Path, replace: bool, shop: Path) -> None:
    if not replace and sys.stdin.isatty() and ShopFolder(shop).config_file.exists():
        replace = click.confirm(here("{shop}: there is a shop already. Move it aside, and keep it?", shop=str(shop)))
    try:
        with locked(shop):
            done = restore(ShopFolder(shop), file, datetime.now(UTC), replace=replace)
    except (BackupError, FolderError) as problem:
        sys.exit(error(problem))
    _tell(done, shop)


def _tell(done: Restored, shop: Path) -> None:
    day = done.manifest.made.astimezone().isoformat(" ", "minutes")
    click.echo(here("{shop}: the shop as it was on {day}.", shop=str(shop), day=day))
    if done.aside is not None:
        click.echo(here("What was there before is in {aside}.", aside=str(done.aside)))
    for told in done.news:
        click.echo(complaint(told))
