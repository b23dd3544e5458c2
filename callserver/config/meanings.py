"""What each setting of config.ini is for, in a sentence of the catalogue; its unit is what its name ends with."""

from __future__ import annotations

from collections.abc import Mapping

from callserver.config.findings import Sentence
from callserver.config.settings import (
    AgentsConfig,
    BackupConfig,
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
)

ITSELF = ""  # the section

MEANINGS: Mapping[type, Mapping[str, Sentence]] = {
    ServerConfig: {
        ITSELF: Sentence("The server itself"),
        "node": Sentence("Name of this server in every event of its log"),
        "plugins": Sentence("Folder of the shop's own menus: one .py or .ini file each"),
        "prompts": Sentence("Folder of the shop's own recordings, which replace ours; empty: prompts"),
        "database": Sentence("Where the records are: a file, or postgresql://user:password@host/name"),
        "time_zone": Sentence(
            "Whose days and times of day callers, screens and reports say, as Asia/Shanghai; empty: the computer's"
        ),
        "stop_wait_s": Sentence("A stop waits so long for the end of calls"),
    },
    ExchangeConfig: {
        ITSELF: Sentence("The exchange that the lines are connected to"),
        "country": Sentence("Whose tones are on the lines"),
        "number": Sentence("The number callers dial; the emulated exchange spreads its calls over the lines"),
    },
    LineConfig: {
        ITSELF: Sentence("Lines, each with its modem"),
        "device": Sentence('"emulated", or the modem\'s port, as /dev/serial/by-path/...'),
        "menu": Sentence('Which menu answers: "shop", or one of the plugins folder'),
        "enabled": Sentence("Whether the line is in service"),
        "keys": Sentence("Who hears the caller's keys: our own detector, also under prompts, or the modem"),
        "ring_stop_s": Sentence(
            "No further ring for so long: the caller has given up; longer than the silence between two rings"
        ),
        "guard_s": Sentence("On hook for so long before the line is used again"),
        "direction": Sentence("Callers only, calls out only, or both"),
        "group": Sentence("A name for several lines, if calls out are kept to them"),
        "fax": Sentence(
            "tone: a fax machine that calls is answered by receiving; receive: every call is a fax; no: neither"
        ),
        "fax_by": Sentence("Who makes the signals of a fax: the server, or the line's modem (Class 1)"),
        "flash_transfer": Sentence("The exchange transfers a call at a hook flash: a service that must be ordered"),
    },
    AgentsConfig: {
        ITSELF: Sentence("The channel of the agents' programs, and the seats"),
        "host": Sentence("Where the channel listens: 127.0.0.1 this computer alone, 0.0.0.0 the whole network"),
        "port": Sentence("TCP port of the channel"),
        "seats": Sentence("So many may be logged in at the same time, supervisors too"),
        "away_s": Sentence(
            "So long a caller waits with music for an agent whose program is gone; then he is back in the queue"
        ),
        "log_out_s": Sentence("So long after its program was lost an agent is logged out"),
        "park_s": Sentence("So long a parked caller hears music before he rings at who parked him"),
        "barge_in_tone": Sentence("A tone tells agent and caller that a supervisor joins their talk"),
        "paused_alarm_min": Sentence("An agent who pauses longer is an alarm for supervisors; 0: never"),
        "phone_log_in": Sentence("Keys in the menu by which an agent works by his telephone; empty: nobody can"),
        "menu_numbers": Sentence(
            "Numbers that agents at telephones key to transfer to a menu, as 91 balance, 92 orders"
        ),
        "phone_answer": Sentence("How an agent at a telephone takes a call: by a key, or at once after a tone"),
        "outcomes": Sentence(
            "What an agent can say that a talk came to, as 1 CHINESE/Sold; with ! its recordings are kept"
        ),
    },
    QueueConfig: {
        ITSELF: Sentence("A queue as the first start made it; the database has the queues since"),
        "ring_s": Sentence("A seat rings so long before the offer counts as missed"),
        "retry_s": Sentence("A seat that missed a call is not asked again for so long"),
        "misses": Sentence("So many missed in a row pause the agent"),
        "wait_for_paused": Sentence("Whether callers wait when all who could answer pause"),
        "wrap_up_s": Sentence("Time after a call before the next"),
        "max_wait_s": Sentence("Nobody waits longer than this"),
        "comfort_s": Sentence("A word to the waiting, so often"),
        "hours": Sentence("When people answer, as mon-fri 09:00-18:00; told to who finds nobody there"),
    },
    DiallingConfig: {
        ITSELF: Sentence("Calls out, and their limits"),
        "prefix": Sentence("What the lines want before a number outside, as 9 behind a PBX"),
        "reserve": Sentence("So many lines stay free of transfers and call-backs; people may use them"),
        "group": Sentence("The group of lines that people dial on; empty: any"),
        "transfer_group": Sentence("The group of lines of transfers and call-backs; empty: any"),
        "premium": Sentence("Beginnings of numbers that are never dialled, as 900, 12590"),
        "home_mobiles": Sentence("Beginnings of mobiles that cost no more than a local call, as 1390010"),
        "countries": Sentence("Country codes anybody with right 12 may call, as 1, 44, 852"),
        "international_hours": Sentence("International calls go out within these hours only; empty: always"),
        "international_at_once": Sentence("So many international calls at the same time"),
        "person_calls": Sentence("Calls of one person a day, as 300, international 60; empty: no limit"),
        "person_minutes": Sentence("Minutes of talk of one person a day; empty: no limit"),
        "line_calls": Sentence("Calls of one line a day; empty: no limit"),
        "line_minutes": Sentence("Minutes of talk of one line a day; empty: no limit"),
        "day_calls": Sentence("Calls of all together a day; empty: no limit"),
        "day_minutes": Sentence("Minutes of talk of all together a day; empty: no limit"),
    },
    OfficesConfig: {
        ITSELF: Sentence("How callers with a fault are connected with the office near them"),
        "accept_key": Sentence(
            "Pressed at the office before it is connected, so that no mailbox swallows a fault; empty: not asked"
        ),
        "transfers": Sentence("So many at the same time, two lines each; 0: a quarter of the lines"),
    },
    RecordingConfig: {
        ITSELF: Sentence("Recordings of calls"),
        "announce": Sentence("Are callers told that the call may be recorded?"),
        "calls": Sentence("Which calls are recorded where no rule says otherwise; on demand an agent with right 8 can"),
        "rules": Sentence("Rules that go before, as queue sales: all, line 3-5 in: 20%, seat 805: none"),
        "menus": Sentence("Is what is heard in menus and queues recorded, too?"),
        "recent_s": Sentence("A recording on demand begins so long before it was asked for"),
        "voice_level_dbm0": Sentence("By voice, a recording begins at this level"),
        "voice_silence_s": Sentence("By voice, a recording ends after so much silence"),
        "keep_days": Sentence("Recordings older than this are deleted, but protected ones; 0: never"),
        "disk_share": Sentence("They take at most so much of their disk; then the oldest are deleted; 0: no limit"),
        "protect_orders": Sentence("Is a recording protected when something was ordered in its call?"),
        "compress": Sentence("How old recordings are made smaller: flac loses nothing, opus takes a tenth of the room"),
        "compress_days": Sentence("A recording is compressed when it is so old"),
        "encrypt": Sentence(
            "Encrypt finished recordings, messages and proofs by the key in recordings.key: keep a copy of it"
        ),
    },
    BackupConfig: {
        ITSELF: Sentence("One backup a night: database, settings, prompts"),
        "folder": Sentence("Where backups are kept; better on another disk"),
        "at": Sentence("Time of day by the computer's clock, as 03:30; empty: none"),
        "keep": Sentence("So many backups stay, older ones are deleted"),
    },
    FaxConfig: {
        ITSELF: Sentence("Faxes"),
        "engines": Sentence("So many faxes at once, whichever lines they are on; 0: none"),
        "number": Sentence("What other machines show of us: digits, blanks, +"),
        "name": Sentence("Stands above each page that is sent"),
        "wait_s": Sentence("A caller waits so long for a fax engine at most"),
        "tries": Sentence("A fax that is sent later is tried so often"),
        "hours": Sentence("Faxes are dialled within these hours only; empty: always"),
        "keep_days": Sentence("Pages of a fax that came are deleted after so long, its record stays; 0: never"),
        "later": Sentence(
            "Classes of numbers that callers may have a document sent to later; empty: only where they call from"
        ),
        "mail_server": Sentence("Mail server for received faxes, as mail.example.com:25; empty: none are mailed"),
        "mail_from": Sentence("Sender of these letters"),
        "mail_to": Sentence("Who gets each received fax as a PDF"),
    },
    MailConfig: {
        ITSELF: Sentence("Where letters of the server go out"),
        "server": Sentence("Mail server, as mail.example.com:25; empty: as for faxes"),
        "sender": Sentence("From which address letters come"),
    },
    VoicemailConfig: {
        ITSELF: Sentence("Mailboxes of callers' messages"),
        "general": Sentence("The mailbox of callers whom nobody has served; empty: a recording, and an alarm"),
        "call": Sentence("Classes of numbers at which owners of mailboxes are called"),
        "call_hours": Sentence("Owners are called within these hours only; empty: always"),
        "call_tries": Sentence("So many tries, then nobody calls until something new comes"),
        "call_again_min": Sentence("Between two tries"),
        "keep_days": Sentence("Messages that were heard are deleted after so long; 0: never"),
    },
    StatisticsConfig: {
        ITSELF: Sentence("The sheet of the day"),
        "sheet_at": Sentence("The sheet of the day before is sent at this time, as 07:00; empty: never"),
        "mail_to": Sentence("Who gets it by mail"),
        "fax_to": Sentence("Who gets it by fax"),
        "language": Sentence("Its language"),
    },
    InterfaceConfig: {
        ITSELF: Sentence("HTTP for the shop's other programs: a web shop, a warehouse"),
        "enabled": Sentence("Whether there is one; each program needs a key of bin/callserver interface"),
        "host": Sentence("Where it listens: 127.0.0.1 this computer alone; any other address is encrypted"),
        "port": Sentence("Its TCP port"),
        "webhook_hosts": Sentence("Hosts that messages of changes may go to, beside this computer"),
    },
    ShopConfig: {
        ITSELF: Sentence("The shop's goods"),
        "tell": Sentence("Classes of numbers that are called when reserved goods have come; empty: nobody is"),
        "tell_hours": Sentence("Within these hours only; empty: always"),
    },
    MenusConfig: {
        ITSELF: Sentence("What menu files may do"),
        "may_dial": Sentence("Numbers outside that a menu may connect callers with, with commas; empty: none"),
    },
}
UNITS = {
    "s": Sentence("seconds"),
    "min": Sentence("minutes"),
    "minutes": Sentence("minutes"),
    "days": Sentence("days"),
    "dbm0": Sentence("dBm0"),
    "share": Sentence("percent"),
}  # by the last word of a setting's name
