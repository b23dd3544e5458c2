"""What voice mail brings to the server."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from callserver.features import Feature, House, Shop
from callserver.features.voicemail.access import Access
from callserver.features.voicemail.bulletins import Bulletins
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.files import Sounds
from callserver.features.voicemail.flow import MailboxMenu
from callserver.features.voicemail.guest import GuestTalk
from callserver.features.voicemail.intake import Intake
from callserver.features.voicemail.mailboxes import Mailboxes
from callserver.features.voicemail.own_settings import OwnSettings
from callserver.features.voicemail.owner import OwnerTalk
from callserver.features.voicemail.sending import Sending
from callserver.features.voicemail.studio import Studio

FOLDER, RECORDINGS = "messages", "recordings"


def declare(shop: Shop) -> Feature:
    """Boxes for callers and owners, the acts of agents, owners who are called."""
    if shop.house is None:
        return Feature("voicemail", menus=(MailboxMenu(),))
    house, zone = shop.house, shop.config.server.zone
    sounds = Sounds(house.folder / FOLDER, house.folder / RECORDINGS)
    directory = Directory(house.clock, shop.store)
    intake = Intake(house, shop.store, shop.events, directory, sounds, zone)
    mailboxes = _mailboxes(shop, house, directory, intake, sounds)
    return Feature(
        "voicemail",
        menus=(MailboxMenu(),),
        services=(directory, intake),
        mailboxes=mailboxes,
    )


def _mailboxes(shop: Shop, house: House, directory: Directory, intake: Intake, sounds: Sounds) -> Mailboxes:
    def delete_sounds(ids: list[str]) -> Deferred[Any]:
        return house.in_thread(sounds.delete, ids)

    store, events = shop.store, shop.events
    studio = Studio(house, intake, sounds, house.new_id)
    sending = Sending(house, store, events, directory, intake, studio, house.new_id)
    settings = OwnSettings(house, store, directory, intake, studio, delete_sounds)
    owner = OwnerTalk(house, store, events, directory, intake, sending, settings, delete_sounds)
    access = Access(house, store, events, directory)

    async def open_mailbox(call: Any, number: str) -> str:
        return await mailboxes.open_mailbox(call, number)

    guest = GuestTalk(directory, intake, events, house.new_id, Bulletins(store, intake).tell, open_mailbox)
    mailboxes = Mailboxes(directory, access, guest, owner, lambda: shop.config.voicemail.general)
    return mailboxes
