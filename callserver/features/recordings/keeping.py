"""How finished recordings are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from callserver.config import RecordingConfig
from callserver.features.recordings.retention import Rules


@dataclass(frozen=True)
class Keeping:
    """How finished recordings are kept: see `callserver.config.RecordingConfig`."""

    rules: Rules = field(default_factory=Rules)
    compress: str = "no"
    compress_days: int = 7
    encrypt: bool = False

    @classmethod
    def of(cls, settings: RecordingConfig) -> Keeping:
        """As config.ini says."""
        rules = Rules(settings.keep_days, settings.disk_share, settings.protect_orders)
        return cls(rules, settings.compress, settings.compress_days, settings.encrypt)
