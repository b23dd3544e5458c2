"""
Takes the pictures of docs/pictures: every screen, in Chinese and English, at 100 % and 200 %.

Each language and size is a program of its own, since Qt is told its scale before it begins. Pictures have few colours:
those of a palette make them a fifth as large.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from PIL import Image

from callserver.desktop.views.theme import Chosen, Theme
from callserver.wire.catalogue import LANGUAGES

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SCALES = (1, 2)
COLOURS = 128
LOOKS: tuple[tuple[Chosen, str], ...] = (("light", ""), ("dark", "-dark"))
DARK_TOO = ("zh-100",)  # once is enough to look at


@click.command(help=__doc__)
@click.option("--language", type=click.Choice(LANGUAGES), help="Only this one, at one scale.")
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), default=FOLDER, help="Where they go.")
def main(language: str | None, to: Path) -> None:
    if language is not None:
        take(language, to)
        return
    for one in LANGUAGES:
        for scale in SCALES:
            folder = to / f"{one}-{100 * scale}"
            folder.mkdir(parents=True, exist_ok=True)
            click.echo(f"{folder} ...")
            environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale)}
            command = [sys.executable, "-m", "tools.pictures", "--language", one, "--to", str(folder)]
            subprocess.run(command, env=environment, check=True)


def take(language: str, folder: Path) -> None:
    """All pictures of one language, at the scale that Qt was told."""
    from PySide6.QtWidgets import QApplication

    from tools.pictures.scenes import scenes
    from tools.pictures.shop import PictureShop

    app = QApplication([])
    theme = Theme(app, "light")
    with tempfile.TemporaryDirectory() as shop_folder:
        shop = PictureShop(Path(shop_folder))
        for name, widget in scenes(shop, language):
            for chosen, ending in LOOKS if folder.name in DARK_TOO else LOOKS[:1]:
                theme.choose(chosen)
                app.processEvents()
                file = folder / f"{name}{ending}.png"
                widget.grab().save(str(file))
                Image.open(file).convert("RGB").quantize(COLOURS).save(file, optimize=True)
        shop.close()


if __name__ == "__main__":
    main()
