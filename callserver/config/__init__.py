"""
A shop's settings: config.ini and the environment as frozen dataclasses.

Every mistake is a `Finding` that says where it stands and what would be right; all are told at once.
"""

from callserver.config.findings import ConfigError, Finding, Grade, Sentence, Unfit
from callserver.config.hours import Hours, overlap, read_hours, whole_or_nothing
from callserver.config.reading import Reading, read_config
from callserver.config.settings import (
    COUNTRIES,
    EMULATED,
    SINGLE_SECTIONS,
    AgentsConfig,
    BackupConfig,
    Config,
    DiallingConfig,
    ExchangeConfig,
    FaxConfig,
    InterfaceConfig,
    LineConfig,
    MailConfig,
    MenusConfig,
    OfficesConfig,
    QueueConfig,
    RecordingConfig,
    ServerConfig,
    ShopConfig,
    StatisticsConfig,
    VoicemailConfig,
    system_zone,
)
from callserver.config.values import all_of, nearest

__all__ = [
    "COUNTRIES",
    "EMULATED",
    "SINGLE_SECTIONS",
    "AgentsConfig",
    "BackupConfig",
    "Config",
    "ConfigError",
    "DiallingConfig",
    "ExchangeConfig",
    "FaxConfig",
    "Finding",
    "Grade",
    "Hours",
    "InterfaceConfig",
    "LineConfig",
    "MailConfig",
    "MenusConfig",
    "OfficesConfig",
    "QueueConfig",
    "Reading",
    "RecordingConfig",
    "Sentence",
    "ServerConfig",
    "ShopConfig",
    "StatisticsConfig",
    "Unfit",
    "VoicemailConfig",
    "all_of",
    "nearest",
    "overlap",
    "read_config",
    "read_hours",
    "system_zone",
    "whole_or_nothing",
]
