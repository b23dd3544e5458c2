"""What a shop can set: one frozen dataclass a section of config.ini, with the defaults and the limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, tzinfo
from zoneinfo import ZoneInfo

import tzlocal

from callserver.config.hours import Hours
from callserver.config.outcomes import TalkOutcome
from callserver.config.record_rules import RecordRule

EMULATED = "emulated"


@dataclass(frozen=True)
class ServerConfig:
    """[server]"""

    node: str = "callserver"  # names this process in every event
    plugins: str = "plugins"  # folder of the shop's own menus; where relative, in the shop's folder
    prompts: str = ""  # folder of the shop's own recordings; they replace ours by name
    database: str = "callserver.db"  # file in the shop folder, or postgresql://...
    time_zone: str = ""  # IANA name, as Asia/Shanghai: days and times of day are the shop's; "" is the computer's zone

    stop_wait_s: float = 600.0  # a stop waits so long for the end of calls

    @property
    def zone(self) -> tzinfo:
        """The shop's time zone, for `datetime.astimezone`."""
        return ZoneInfo(self.time_zone) if self.time_zone else system_zone()


@dataclass(frozen=True)
class ExchangeConfig:
    """[exchange]: what the lines are connected to; the emulated exchange when a line's device is `emulated`."""

    country: str = "cn"
    number: str = "8008"  # the shop's own number; the emulated exchange hunts over its lines


@dataclass(frozen=True)
class LineConfig:
    """[line N] or [line N-M]"""

    device: str
    menu: str = "shop"
    enabled: bool = True
    keys: str = "sound"  # who hears keys: "sound" (our detector) or "modem" (its reports); never both
    ring_stop_s: float = 6.0  # no further ring for so long: the caller has given up
    guard_s: float = 1.0  # on hook for so long before the line is used again
    direction: str = "both"  # "in", "out", "both": what the line is for
    group: str = ""  # of lines that calls out may be kept to
    fax: str = "tone"  # "no", "tone": a fax's calling tone in the menu is received, "receive": every call is a fax
    fax_by: str = "sound"  # who makes the signals of a fax: "sound" (we do) or "modem" (its own commands, Class 1)
    flash_transfer: bool = False  # its exchange transfers a call at a hook flash: a service that must be ordered


@dataclass(frozen=True)
class AgentsConfig:
    """[agents]: the channel of the agents' desktop program."""

    host: str = "127.0.0.1"
    port: int = 8787
    seats: int = 5
    away_s: float = 30.0  # so long a caller waits with music for an agent whose program is gone
    log_out_s: float = 300.0  # so long after its loss the agent is logged out
    park_s: float = 120.0  # so long a parked caller waits, then he rings at who parked him
    barge_in_tone: bool = True  # told to those whose talk a supervisor joins
    paused_alarm_min: float = 30.0  # an agent who pauses longer is an alarm for supervisors; 0: never
    phone_log_in: str = "*#"  # pressed in any menu: an agent wants to work by this telephone; "": nobody can
    menu_numbers: Mapping[str, str] = field(default_factory=dict)  # menus by what telephones of seats key for them
    phone_answer: str = "key"  # how an agent at a telephone takes a call: by a "key", or "at once"
    outcomes: tuple[TalkOutcome, ...] = ()  # what agents can say that a talk came to; empty: the usual four


@dataclass(frozen=True)
class QueueConfig:
    """[queue NAME]"""

    ring_s: float = 15.0  # a seat rings so long before the offer counts as missed
    retry_s: float = 5.0  # so long a seat that has missed a call is not asked again
    misses: int = 3  # so many in a row pause the agent
    wait_for_paused: bool = True  # whether callers wait when all who could answer pause
    wrap_up_s: float = 10.0
    max_wait_s: float = 1800.0
    comfort_s: float = 60.0  # a word to the waiting, so often
    hours: tuple[Hours, ...] = ()  # told to who finds nobody there


@dataclass(frozen=True)
class DiallingConfig:
    """
    [dialling]: calls out.

    Limits are of a day, by the class of number: "local", "national", "international", or "" for all classes together.
    """

    prefix: str = ""  # what the lines want before a number outside (behind a PBX)
    reserve: int = 1  # so many lines stay free of transfers and call-backs
    group: str = ""  # the lines people dial on; empty: any
    transfer_group: str = ""  # those of transfers and call-backs
    premium: tuple[str, ...] = ()  # beginnings that are never dialled
    home_mobiles: tuple[str, ...] = ()  # beginnings of mobiles that cost a local call
    countries: tuple[str, ...] = ()  # codes; the first call to another country is a supervisor's
    international_hours: tuple[Hours, ...] = ()  # outside them no international call goes out; empty: always
    international_at_once: int = 1
    person_calls: Mapping[str, int] = field(default_factory=dict)
    person_minutes: Mapping[str, int] = field(default_factory=lambda: {"international": 60})
    line_calls: Mapping[str, int] = field(default_factory=dict)
    line_minutes: Mapping[str, int] = field(default_factory=dict)
    day_calls: Mapping[str, int] = field(default_factory=dict)
    day_minutes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class OfficesConfig:
    """[offices]: how callers with a fault are connected with the office near them."""

    accept_key: str = "1"  # pressed at the office before it is joined: no mailbox swallows a fault; empty: not asked
    transfers: int = 0  # at the same time, of two lines each; 0: a quarter of the lines


@dataclass(frozen=True)
class FaxConfig:
    """[fax]"""

    engines: int = 4  # so many faxes at once, of all lines
    number: str = ""  # of ours, as the other machine shows it
    name: str = ""  # in the line above each page we send
    wait_s: float = 120.0  # so long a caller waits for an engine at most
    tries: int = 5  # of a fax that is sent later
    hours: tuple[Hours, ...] = ()  # faxes are dialled within these only; empty: always
    keep_days: int = 0  # then a received fax's pages are deleted, its record stays; 0: never
    later: tuple[str, ...] = ("local",)  # classes of numbers that callers may have a document sent to
    mail_server: str = ""  # host:port; empty: nothing is mailed
    mail_from: str = ""
    mail_to: str = ""  # gets each received fax as a PDF; empty: nobody


@dataclass(frozen=True)
class MailConfig:
    """[mail]: where the server's letters go out."""

    server: str = ""  # host:port; empty: as [fax] says
    sender: str = ""


@dataclass(frozen=True)
class VoicemailConfig:
    """[voicemail]"""

    general: str = (
        ""  # the mailbox of callers whom nobody has served; empty: what they say is a recording, and an alarm
    )
    call: tuple[str, ...] = ("local",)  # classes of numbers at which owners are called
    call_hours: tuple[Hours, ...] = (Hours(1, 7, time(8), time(21)),)  # within these only; empty: always
    call_tries: int = 3  # then nobody calls until something new comes
    call_again_min: int = 30  # after a try
    keep_days: int = 0  # then messages that were heard are deleted; 0: never


@dataclass(frozen=True)
class StatisticsConfig:
    """[statistics]"""

    sheet_at: str = ""  # HH:MM by the shop's clock: the sheet of the day before is sent; empty: never
    mail_to: str = ""  # by the mail server of [mail]
    fax_to: str = ""
    language: str = "zh"  # of the sheet


@dataclass(frozen=True)
class InterfaceConfig:
    """[interface]: HTTP for the shop's other programs."""

    enabled: bool = False
    host: str = "127.0.0.1"  # elsewhere it is encrypted, with the server's own certificate
    port: int = 8788
    webhook_hosts: tuple[str, ...] = ()  # that messages may go to, beside this computer


@dataclass(frozen=True)
class ShopConfig:
    """[shop]"""

    tell: tuple[str, ...] = ("local",)  # classes of numbers that are called when reserved goods have come
    tell_hours: tuple[Hours, ...] = (Hours(1, 7, time(9), time(20)),)  # within these only; empty: always


@dataclass(frozen=True)
class MenusConfig:
    """[menus]: what menu files may do beyond themselves."""

    may_dial: tuple[str, ...] = ()  # numbers outside that a menu may connect callers with, as they are dialled


@dataclass(frozen=True)
class RecordingConfig:
    """[recording]; `announce` has no default: whether callers are told is the shop's decision."""

    announce: bool
    calls: str = "all"  # "all" or "none": without an agent's demand, where no rule says otherwise
    rules: tuple[RecordRule, ...] = ()  # the first that fits a call counts
    menus: bool = True  # what is heard in menus and queues, too; no: talks alone
    recent_s: float = 0.0  # a recording on demand begins so long before it was asked for
    voice_level_dbm0: float = -40.0  # by voice, a recording begins at this level
    voice_silence_s: float = 5.0  # and ends after so much silence
    keep_days: int = 0  # older ones are deleted; 0: never
    disk_share: int = 0  # percent of their disk; beyond it the oldest are deleted; 0: none is for that
    protect_orders: bool = True  # nothing deletes a recording in whose call something was ordered
    compress: str = "no"  # "flac" (nothing is lost), "opus" (a tenth of the room), "no"
    compress_days: int = 7  # a recording is compressed when it is so old
    encrypt: bool = False  # finished recordings, by the key in recordings.key


@dataclass(frozen=True)
class BackupConfig:
    """[backup]: one a night, beside those that are asked for."""

    folder: str = "backups"  # in the shop's folder, or better on another disk
    at: str = "03:30"  # HH:MM by the computer's clock; empty: none
    keep: int = 14  # so many stay


@dataclass(frozen=True)
class Config:
    """The whole file."""

    recording: RecordingConfig
    server: ServerConfig = field(default_factory=ServerConfig)
    exchange: ExchangeConfig = field(default_factory=ExchangeConfig)
    agents: AgentsConfig = field(default_factory=AgentsConfig)
    dialling: DiallingConfig = field(default_factory=DiallingConfig)
    offices: OfficesConfig = field(default_factory=OfficesConfig)
    backup: BackupConfig = field(default_factory=BackupConfig)
    fax: FaxConfig = field(default_factory=FaxConfig)
    mail: MailConfig = field(default_factory=MailConfig)
    voicemail: VoicemailConfig = field(default_factory=VoicemailConfig)
    statistics: StatisticsConfig = field(default_factory=StatisticsConfig)
    interface: InterfaceConfig = field(default_factory=InterfaceConfig)
    shop: ShopConfig = field(default_factory=ShopConfig)
    menus: MenusConfig = field(default_factory=MenusConfig)
    lines: Mapping[int, LineConfig] = field(default_factory=dict)
    queues: Mapping[str, QueueConfig] = field(default_factory=dict)


def system_zone() -> tzinfo:
    """The computer's time zone, with its rules for summer time where they can be found; else its offset of today."""
    try:
        return tzlocal.get_localzone()
    except Exception:  # TZ=CST-8 and the like have no IANA name, and /etc may hold anything
        return datetime.now().astimezone().tzinfo or UTC


SINGLE_SECTIONS: dict[str, type] = {
    "server": ServerConfig,
    "exchange": ExchangeConfig,
    "agents": AgentsConfig,
    "dialling": DiallingConfig,
    "offices": OfficesConfig,
    "recording": RecordingConfig,
    "backup": BackupConfig,
    "fax": FaxConfig,
    "mail": MailConfig,
    "voicemail": VoicemailConfig,
    "statistics": StatisticsConfig,
    "interface": InterfaceConfig,
    "shop": ShopConfig,
    "menus": MenusConfig,
}
COUNTRIES = ("cn", "us", "gb", "de", "fr", "it", "es", "ru", "jp", "au", "in", "hk", "tw", "sg", "br")
RANGES: dict[tuple[type, str], tuple[float, float]] = {
    (ServerConfig, "stop_wait_s"): (0, 86400),
    (LineConfig, "ring_stop_s"): (2, 20),
    (LineConfig, "guard_s"): (0.2, 10),
    (DiallingConfig, "reserve"): (0, 200),
    (OfficesConfig, "transfers"): (0, 200),
    (DiallingConfig, "international_at_once"): (0, 200),
    (AgentsConfig, "port"): (0, 65535),
    (AgentsConfig, "seats"): (1, 200),
    (AgentsConfig, "away_s"): (5, 120),
    (AgentsConfig, "log_out_s"): (120, 86400),
    (AgentsConfig, "park_s"): (10, 3000),
    (RecordingConfig, "recent_s"): (0, 60),
    (RecordingConfig, "voice_level_dbm0"): (-70, 0),
    (RecordingConfig, "voice_silence_s"): (0.5, 600),
    (RecordingConfig, "keep_days"): (0, 36500),
    (RecordingConfig, "disk_share"): (0, 100),
    (RecordingConfig, "compress_days"): (0, 36500),
    (AgentsConfig, "paused_alarm_min"): (0, 1440),
    (BackupConfig, "keep"): (1, 1000),
    (InterfaceConfig, "port"): (0, 65535),
    (FaxConfig, "engines"): (0, 50),
    (FaxConfig, "wait_s"): (5, 600),
    (FaxConfig, "tries"): (1, 20),
    (FaxConfig, "keep_days"): (0, 10_000),
    (VoicemailConfig, "call_tries"): (1, 20),
    (VoicemailConfig, "keep_days"): (0, 36500),
    (VoicemailConfig, "call_again_min"): (1, 1440),
    (QueueConfig, "ring_s"): (3, 120),
    (QueueConfig, "retry_s"): (0, 60),
    (QueueConfig, "misses"): (1, 100),
    (QueueConfig, "wrap_up_s"): (0, 3600),
    (QueueConfig, "max_wait_s"): (10, 7200),
    (QueueConfig, "comfort_s"): (15, 600),
}
CHOICES: dict[tuple[type, str], tuple[str, ...]] = {
    (LineConfig, "keys"): ("sound", "modem"),
    (LineConfig, "direction"): ("in", "out", "both"),
    (LineConfig, "fax"): ("no", "tone", "receive"),
    (LineConfig, "fax_by"): ("sound", "modem"),
    (AgentsConfig, "phone_answer"): ("key", "at once"),
    (RecordingConfig, "calls"): ("all", "none"),
    (RecordingConfig, "compress"): ("no", "flac", "opus"),
    (ExchangeConfig, "country"): COUNTRIES,
    (StatisticsConfig, "language"): ("zh", "en"),
}
DIAL_CLASSES = ("local", "national", "international")
LINES_MAX = 200
