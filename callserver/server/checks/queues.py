"""Queues live in the database; what config.ini still says of them counted once, and does not any more."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from peewee import PeeweeException

from callserver.acd.organisation.tables import QueueRow
from callserver.config import Finding, Grade, Reading
from callserver.server.shop_folder import ShopFolder
from callserver.store.opening import StoreError, read_only
from callserver.wire.catalogue import Complaint


def moved(reading: Reading, folder: ShopFolder) -> Iterator[Finding]:
    """Sections of a shop that has lived: the first start of this version has taken them over, or will."""
    if folder.life() is None:
        return
    for section in reading.queue_sections:
        complaint = Complaint(
            "the database has this now, taken over once; change it by {command}, and delete this section",
            command="bin/callserver queues",
        )
        yield reading.finding(complaint, section, grade=Grade.NOTE)


def known_queues(reading: Reading, folder: ShopFolder) -> Collection[str]:
    """Those of the database; of a shop that has none yet those that its first start will make."""
    where = folder.database(reading.config)
    if folder.life() is not None:
        try:
            with read_only(where):
                return [row.name for row in QueueRow.select(QueueRow.name).order_by(QueueRow.position)]
        except (StoreError, PeeweeException):  # what is wrong with it is told elsewhere
            pass
    return reading.config.queues
