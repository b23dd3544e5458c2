"""The folder of one shop: its config.ini, certificate, first password, database, recordings."""

import secrets
import shutil
from pathlib import Path

from callserver.config import Config, Reading, read_config

TOP = Path(__file__).parents[2]
OUR_PROMPTS = TOP / "voice-prompts"
PASSWORD_BYTES = 9


class ShopFolder:
    """Where a shop keeps everything; `prepare` makes what a first start needs and leaves what is there."""

    def __init__(self, path: Path) -> None:
        self.path = path = path.absolute()  # twistd may change to another folder
        self.config_file = path / "config.ini"
        self.first_password_file = path / "first-password.txt"
        self.recordings = path / "recordings"
        self.spoken = path / "spoken"  # names and texts that were synthesised once
        self.spool = path / "spool.jsonl"
        self.log_file = path / "callserver.log"
        self.stacks = path / "stacks.txt"  # of a frozen server
        self.exchange_socket = path / "exchange.sock"

    def prepare(self) -> bool:
        """Make the folder and what it lacks; True if this was its first time."""
        first = not self.config_file.exists()
        for folder in (self.path, self.recordings, self.spoken):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        if first:
            shutil.copyfile(TOP / "config.ini", self.config_file)
        if not self.first_password_file.exists():
            self.first_password_file.touch(mode=0o600)
            self.first_password_file.write_text(secrets.token_urlsafe(PASSWORD_BYTES) + "\n")
        return first

    def config(self) -> Config:
        """Read config.ini; ConfigError if it cannot be used."""
        return read_config(self.config_file)

    def reading(self) -> Reading:
        """The same as far as it can be read, with everything that is wrong in it."""
        return Reading(self.config_file)

    def own(self, name: str) -> Path:
        """A path of config.ini: relative ones begin in the shop's folder, wherever the server was started."""
        return self.path / name

    def database(self, config: Config) -> str:
        """The path or the URL of its database."""
        where = config.server.database
        return where if "://" in where else str(self.own(where))

    def plugins(self, config: Config) -> list[Path]:
        """Where menus are looked for: the shop's own folder, if it has one, before ours."""
        own = config.server.plugins
        return [*([self.own(own)] if own else []), TOP / "plugins"]

    def prompts(self, config: Config) -> list[Path]:
        """Where recordings are looked for, in the same order."""
        own = config.server.prompts
        return [*([self.own(own)] if own else []), OUR_PROMPTS]

    def first_password(self) -> str:
        """The password the first staff got; they should change it."""
        return self.first_password_file.read_text().strip()
