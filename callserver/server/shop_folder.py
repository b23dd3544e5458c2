"""The folder of one shop: its config.ini, certificate, first password, database, recordings."""

import secrets
import shutil
from pathlib import Path

from callserver.config import Config, read_config

TOP = Path(__file__).parents[2]
PASSWORD_BYTES = 9


class ShopFolder:
    """Where a shop keeps everything; `prepare` makes what a first start needs and leaves what is there."""

    def __init__(self, path: Path) -> None:
        self.path = path
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

    def first_password(self) -> str:
        """The password the first staff got; they should change it."""
        return self.first_password_file.read_text().strip()
