"""What this computer remembers for its agents: servers and their certificates, devices, favourites, keys."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from click import get_app_dir
from twisted.logger import Logger

from callserver.wire.messages import PORT

log = Logger()
FILE = "settings.json"


def own_folder() -> Path:
    """Where programs of this kind keep such things on this system."""
    return Path(get_app_dir("callserver-agent"))


@dataclass(frozen=True)
class Remembered:
    """All of it; passwords are not."""

    language: str = ""
    servers: tuple[str, ...] = (f"localhost:{PORT}",)  # the last one first
    number: str = ""
    by_telephone: bool = False
    telephone: str = ""  # that of the own staff record, which the server dials
    headset: str = ""  # devices by their ids; "": whatever the system uses
    microphone: str = ""
    ring: str = ""
    ring_percent: int = 100  # how loud
    theme: str = ""  # "light", "dark"; "": the system's
    favourites: tuple[str, ...] = ()  # `Target`s
    dialled: tuple[str, ...] = ()  # the last one first
    missed_seen: str = ""  # when the newest of the missed calls came that have been looked at
    faxes_seen: str = ""  # when the newest fax came that somebody has seen
    keys: dict[str, str] = field(default_factory=dict)


class OwnSettings:
    """
    Kept in one file of the person's own; one that cannot be read is begun anew, one that cannot be written is said in
    the log: neither keeps anybody from working.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else own_folder()
        self.now = self._read()
        self._watchers: list[Callable[[], None]] = []

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call it after each change; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def remember(self, **changes: Any) -> None:
        """Fields of `Remembered`, from now on."""
        self.now = replace(self.now, **changes)
        text = json.dumps(vars(self.now), ensure_ascii=False, indent=1)
        try:
            self._write(FILE, text.encode())
        except OSError as problem:
            log.warn("{file} cannot be written: {problem}", file=self.folder / FILE, problem=problem.strerror)
        for watcher in tuple(self._watchers):
            watcher()

    def certificate_file(self, host: str, port: int) -> Path:
        """Where the certificate is pinned that this server showed at first; there is no file before that."""
        name = "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in host.lower())
        return self.folder / f"{name}_{port}.pem"

    def pin(self, host: str, port: int, pem: bytes) -> None:
        """
        Trust this certificate from now on.

        :raises OSError: it cannot be written
        """
        self._write(self.certificate_file(host, port).name, pem)

    def keep(self, name: str, text: str) -> None:
        """A file of one's own beside the settings; "": there is none any more."""
        try:
            if text:
                self._write(name, text.encode())
            else:
                (self.folder / name).unlink(missing_ok=True)
        except OSError as problem:
            log.warn("{file} cannot be written: {problem}", file=self.folder / name, problem=problem.strerror)

    def kept(self, name: str, max_octets: int) -> str:
        """What `keep` has written; "": nothing that can be read, or more than that."""
        file = self.folder / name
        try:
            return file.read_text("utf-8") if file.stat().st_size <= max_octets else ""
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as problem:
            log.warn("{file} cannot be read: {problem}", file=file, problem=problem)
            return ""

    def _write(self, name: str, octets: bytes) -> None:
        """Whole or not at all, and for nobody else's eyes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f".{name}.{os.getpid()}"
        beside.touch(mode=0o600)
        beside.write_bytes(octets)
        beside.replace(self.folder / name)

    def _read(self) -> Remembered:
        try:
            found = json.loads((self.folder / FILE).read_text("utf-8"))
            known = {one.name: one for one in fields(Remembered)}
            return Remembered(**{name: _fits(name, value) for name, value in found.items() if name in known})
        except FileNotFoundError:
            return Remembered()
        except (OSError, ValueError, TypeError, AttributeError) as problem:
            log.warn("{file} is begun anew: {problem}", file=self.folder / FILE, problem=problem)
            return Remembered()


def _fits(name: str, value: Any) -> Any:
    """
    :raises TypeError: it is of another kind than this setting
    """
    kind = type(getattr(Remembered(), name))
    if kind is tuple and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if not isinstance(value, kind) or (kind is dict and not all(isinstance(one, str) for one in value.values())):
        raise TypeError(f"{name} does not fit")
    return value
