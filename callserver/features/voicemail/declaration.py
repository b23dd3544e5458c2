"""What voice mail brings to the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred

from callserver.features import Feature, House, Shop
from callserver.features.voicemail import rules
from callserver.features.voicemail.access import Access
from callserver.features.voicemail.bulletins import Bulletins
from callserver.features.voicemail.desk import MailDesk
from callserver.features.voicemail.directory import Directory
from callserver.features.voicemail.files import Sounds
from callserver.features.voicemail.flow import TELLS, MailboxCalls, MailboxMenu
from callserver.features.voicemail.guest import GuestTalk
from callserver.features.voicemail.intake import Intake
from callserver.features.voicemail.letters import Letters
from callserver.features.voicemail.mailboxes import Mailboxes
from callserver.features.voicemail.needless_sounds import NeedlessSounds
from callserver.features.voicemail.old_messages import OldMessages
from callserver.features.voicemail.own_settings import OwnSettings
from callserver.features.voicemail.owner import OwnerTalk
from callserver.features.voicemail.owner_calls import OwnerCalls
from callserver.features.voicemail.sending import Sending
from callserver.features.voicemail.studio import Studio


def declare(shop: Shop) -> Feature:
    """Boxes for callers and owners, the acts of agents, letters, owners who are called."""
    if shop.house is None:
        nothing: Any = None  # only its name is looked at
        return Feature("voicemail", menus=(MailboxMenu(), MailboxCalls(nothing, nothing, nothing)))
    house, zone = shop.house, shop.config.server.zone
    parts = _Parts.of(shop, house)
    calls = OwnerCalls(house, shop.store, shop.events, zone, TELLS)
    letters = Letters(house, shop.store, parts.directory, parts.sounds, zone, parts.delete_sounds)
    old = OldMessages(house, shop.store, shop.events, parts.directory, parts.delete_sounds)
    needless = NeedlessSounds(house, shop.store, shop.events, parts.sounds)
    desk = MailDesk(house, shop.store, shop.events, parts.access, parts.sending, parts.sounds, parts.delete_sounds)
    return Feature(
        "voicemail",
        menus=(MailboxMenu(), MailboxCalls(calls.telling_of, parts.access, parts.owner)),
        acts=desk.acts(),
        services=(parts.directory, parts.intake, letters, calls, old, needless),
        mailboxes=_mailboxes(shop, house, parts),
        box_numbers=rules.box_numbers,
    )


@dataclass(frozen=True)
class _Parts:
    """What stands on one another, put together once."""

    sounds: Sounds
    directory: Directory
    intake: Intake
    access: Access
    sending: Sending
    owner: OwnerTalk
    delete_sounds: Callable[[list[str]], Deferred[Any]]

    @classmethod
    def of(cls, shop: Shop, house: House) -> _Parts:
        store, events = shop.store, shop.events
        sounds = Sounds.of(house.folder, encrypt=shop.config.recording.encrypt)
        directory = Directory(house.clock, store)
        intake = Intake(house, store, events, directory, sounds, shop.config.server.zone)

        def delete_sounds(ids: list[str]) -> Deferred[Any]:
            return house.in_thread(sounds.delete, ids)

        studio = Studio(house, intake, sounds, house.new_id)
        sending = Sending(house, store, events, directory, intake, studio, house.new_id)
        settings = OwnSettings(house, store, directory, intake, studio, delete_sounds)
        owner = OwnerTalk(house, store, events, directory, intake, sending, settings, delete_sounds)
        return cls(sounds, directory, intake, Access(house, store, events, directory), sending, owner, delete_sounds)


def _mailboxes(shop: Shop, house: House, parts: _Parts) -> Mailboxes:
    async def open_mailbox(call: Any, number: str) -> str:
        return await mailboxes.open_mailbox(call, number)

    bulletins = Bulletins(shop.store, parts.intake)
    guest = GuestTalk(parts.directory, parts.intake, shop.events, house.new_id, bulletins.tell, open_mailbox)
    mailboxes = Mailboxes(parts.directory, parts.access, guest, parts.owner, lambda: house.settings().voicemail.general)
    return mailboxes
