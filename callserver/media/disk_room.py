"""How much room the recordings still have."""

import os
from enum import Enum
from pathlib import Path

GB = 10**9
LOW_BYTES, LOW_SHARE = 2 * GB, 0.1  # alarm: retention has to make room
FULL_BYTES = GB // 2  # no new recordings; callers are still served
BALLAST_BYTES = 64 * 10**6  # given up when the disk is full, so that files can be closed and the database can commit


class Room(Enum):
    """What the free space allows."""

    ENOUGH = "enough"
    LOW = "low"
    FULL = "full"


class DiskRoom:
    """The disk that holds a folder. Its methods wait for the disk: never in the reactor thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def make_folder(self) -> bool:
        """Make the folder where it is missing; whether it was."""
        try:
            self.folder.mkdir(parents=True, mode=0o700)
        except FileExistsError:
            return False
        return True

    def check(self) -> tuple[Room, int]:
        """What there is, and the free bytes; puts the ballast back when there is enough."""
        self.make_folder()
        room, free_bytes = room_on(self.folder)
        if room is Room.ENOUGH:
            self._take_ballast()
        return room, free_bytes

    def drop_ballast(self) -> bool:
        """Give the ballast's room to what must still be written; whether there was any."""
        try:
            self._ballast.unlink()
        except FileNotFoundError:
            return False
        return True

    def _take_ballast(self) -> None:
        if not self._ballast.exists():
            with self._ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)


def room_on(folder: Path) -> tuple[Room, int]:
    """What there is on a folder's disk, and the free bytes."""
    disk = os.statvfs(folder)
    free_bytes, all_bytes = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
    if free_bytes < FULL_BYTES:
        return Room.FULL, free_bytes
    if free_bytes < LOW_BYTES or free_bytes < LOW_SHARE * all_bytes:
        return Room.LOW, free_bytes
    return Room.ENOUGH, free_bytes
