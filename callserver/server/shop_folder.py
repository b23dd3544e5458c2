"""The folder of one shop: its config.ini, certificate, first passwords, database, recordings."""

import json
import os
import stat
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from callserver.acd.staff import passwords
from callserver.config import Config, ConfigError, Reading, read_config
from callserver.store.on_disk import sync, write_whole
from callserver.store.opening import name_of

TOP = Path(__file__).parents[2]
OUR_PROMPTS = TOP / "voice-prompts"
USUAL_PROMPTS = "prompts"
FIRST_YEAR = datetime(2000, 1, 1, tzinfo=UTC)
TRACES = (  # of a life, left when shop.json is gone; the first is version 0.1's
    "first-password.txt",
    "recordings/*.wav",
    "backups/callserver-*.zip",
    "*.damaged-*Z",
    "before-restore-*",
)
PRIVATE_FOLDERS = ("recordings", "proofs", "messages", "spoken", "faxes", "first-passwords", "backups")
PRIVATE_FILES = ("config.ini*", "shop.json", "callserver.*", "spool*", "*.pem", "*.key", "*.db*", "first-password*")


def default_shop(environ: Mapping[str, str] = os.environ) -> Path:
    """
    The shop that is meant when none is named: $CALLSERVER_SHOP, else the one in this folder, else the checkout's.

    So a command given in another folder finds the same shop, and makes no second one there.
    """
    if chosen := environ.get("CALLSERVER_SHOP"):
        return Path(chosen)
    here = Path("shop")
    is_checkout = (TOP / "bin" / "callserver").exists()
    return TOP / "shop" if is_checkout and not (here / "config.ini").exists() else here


@dataclass(frozen=True)
class Life:
    """That a shop lives in this folder: from its first start on nobody gets demo goods or a first password again."""

    shop: str  # the same in its database
    born: datetime
    database: str  # where it was at the last start
    demo: bool = False  # it was given demo data


class ShopFolder:
    """Where a shop keeps everything; `prepare` makes what a first start needs and leaves what is there."""

    def __init__(self, path: Path) -> None:
        self.path = path = path.absolute()  # twistd may change to another folder
        self.config_file = path / "config.ini"
        self.life_file = path / "shop.json"
        self._shared_password_file = path / "first-password.txt"  # of version 0.1
        self.first_passwords = path / "first-passwords"  # a file for each of the first staff, named by number
        self.recordings = path / "recordings"
        self.spoken = path / "spoken"  # names and texts that were synthesised once
        self.faxes = path / "faxes"  # received ones, documents, those to be sent
        self.messages = path / "messages"  # what callers have left in mailboxes
        self.spool = path / "spool.jsonl"
        self.log_file = path / "callserver.log"
        self.stacks = path / "stacks.txt"  # of a frozen server
        self.exchange_socket = path / "exchange.sock"

    def prepare(self) -> None:
        """Make the folder and what it lacks; what is in it is its owner's alone."""
        for folder in (self.path, self.recordings, self.spoken, self.faxes):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.config_file.exists():
            write_whole(self.config_file, (TOP / "config.ini").read_bytes())
        self._make_private()

    def config(self) -> Config:
        """Read config.ini; ConfigError if it cannot be used."""
        return read_config(self.config_file)

    def reading(self) -> Reading:
        """The same as far as it can be read, with everything that is wrong in it."""
        return Reading(self.config_file)

    def known_config(self) -> Config:
        """
        For who only looks into the records: a slip in a line's settings is no reason not to.

        :raises ConfigError: where they are cannot be read
        """
        reading = self.reading()
        in_the_way = [one for one in reading.findings if one.section == "server" or not reading.is_read]
        if in_the_way:
            raise ConfigError.of(in_the_way)
        return reading.config

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
        return [self.own_prompts(config), OUR_PROMPTS]

    def own_prompts(self, config: Config) -> Path:
        """The shop's own recordings; `callserver prompts` makes the folder when it keeps the first."""
        return self.own(config.server.prompts or USUAL_PROMPTS)

    # Its life

    def life(self) -> Life | None:
        """None before its first start has ended well. An older version of callserver left other traces."""
        try:
            kept = json.loads(self.life_file.read_bytes())
            born = datetime.fromisoformat(kept["born"])
            return Life(str(kept["shop"]), born, str(kept["database"]), bool(kept["demo"]))
        except FileNotFoundError:
            return Life("", FIRST_YEAR, "callserver.db") if self._has_traces() else None
        except (OSError, ValueError, KeyError, TypeError):  # damaged: it has lived
            return Life("", FIRST_YEAR, "callserver.db")

    def keep_life(self, life: Life) -> None:
        """Written when the database is, and whenever that has moved."""
        kept = {"shop": life.shop, "born": life.born.isoformat(), "database": life.database, "demo": life.demo}
        write_whole(self.life_file, json.dumps(kept, indent=1).encode("ascii") + b"\n")

    def place(self, config: Config) -> str:
        """What `Life.database` says of the database in this config: no password of a URL."""
        return name_of(config.server.database)

    def _has_traces(self) -> bool:
        return any(any(self.path.glob(pattern)) for pattern in TRACES)

    # First passwords

    @property
    def shared_password(self) -> str:
        """What version 0.1 gave to everybody; "" in a shop that has none."""
        try:
            return self._shared_password_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def forget_shared_password(self) -> None:
        """Nobody logs in by it any more."""
        self._shared_password_file.unlink(missing_ok=True)

    def first_password(self, number: str) -> str:
        """
        What one of the first staff logs in with for the first time, and then has to change.

        :raises OSError: nobody of this number has one
        """
        return (self.first_passwords / number).read_text("ascii").strip()

    def make_first_passwords(self, numbers: tuple[str, ...]) -> dict[str, str]:
        """One for each, on disk before anybody can log in with it; those of a first start that was killed are used."""
        self.first_passwords.mkdir(mode=0o700, exist_ok=True)
        for number in numbers:
            if not (self.first_passwords / number).exists():
                write_whole(self.first_passwords / number, passwords.first().encode() + b"\n")
        sync(self.path)
        return {number: self.first_password(number) for number in numbers}

    def first_numbers(self) -> list[str]:
        """Whose first passwords lie here."""
        return sorted(one.name for one in self.first_passwords.glob("*")) if self.first_passwords.is_dir() else []

    def forget_first_passwords(self, *, but: Collection[str] = ()) -> None:
        """Those that open nothing any more; else somebody tries them in vain, or takes one for a secret."""
        for number in set(self.first_numbers()) - set(but):
            with suppress(OSError):
                (self.first_passwords / number).unlink()

    # Who may read it

    def _make_private(self) -> None:
        """Whoever made the folder, with whatever umask: what lies in it holds names, addresses, voices, keys."""
        for name in PRIVATE_FOLDERS:
            folder = self.path / name
            if folder.is_dir() and not folder.is_symlink():
                keep_private(folder)
                for one in folder.iterdir():
                    keep_private(one)
        for pattern in PRIVATE_FILES:
            for one in self.path.glob(pattern):
                keep_private(one)


def keep_private(path: Path) -> None:
    """No link is followed out of the folder; what belongs to somebody else stays as he wants it."""
    with suppress(OSError):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            path.chmod(stat.S_IMODE(mode) & 0o700)
