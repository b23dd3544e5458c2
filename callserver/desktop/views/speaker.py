"""What a recording is heard on: the headset that was chosen, or whatever the computer prefers."""

from __future__ import annotations

from callserver.desktop.headset.qt_sound import QtSound, Speaking
from callserver.desktop.own_settings import OwnSettings


class HeadsetSpeaker:
    """Asked each time that something is to be heard: a headset may have been plugged in meanwhile."""

    def __init__(self, settings: OwnSettings) -> None:
        self._settings = settings

    def open(self) -> Speaking | None:
        """None: there is no device, or it does not open."""
        sound, chosen = QtSound(), self._settings.now.headset
        known = sound.loudspeakers()
        best = [one for one in known if one.id == chosen] + [one for one in known if one.is_default] + list(known)
        return sound.speak(best[0].id) if best else None
