"""The text of one setting -> its value; what does not fit says what would."""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any, TypeVar
from zoneinfo import available_timezones

from babel import Locale

from callserver.config.findings import Sentence, Unfit
from callserver.config.hours import Hours, read_hours
from callserver.config.outcomes import TalkOutcome, read_outcomes
from callserver.config.record_rules import RecordRule, read_record_rules
from callserver.config.settings import (
    CHOICES,
    COUNTRIES,
    DIAL_CLASSES,
    EMULATED,
    RANGES,
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

YES_NO = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
LOCALES = ("en", "zh", "zh_Hant", "de", "fr", "it", "es", "ru", "ja", "pt")  # of the names of countries
ALSO = {"uk": "gb", "england": "gb", "great britain": "gb", "usa": "us", "america": "us"}
NAME_BYTES, PATH_BYTES = 255, 4000  # what systems take
SHOWN = 60  # characters of a value
T = TypeVar("T")
Convert = Callable[[str], Any]


def nearest(name: str, known: Iterable[str]) -> Sentence:
    """The likest of the known names, or what there is."""
    return likest(name, known := sorted(known)) or all_of(known)


def all_of(known: Sequence[str]) -> Sentence:
    """What there is."""
    if len(known) == 1:
        return Sentence("there is only {name}", name=known[0])
    return Sentence("there are {names}", names=", ".join(known)) if known else Sentence("there is none yet")


def likest(name: str, known: Iterable[str], likeness: float = 0.5) -> Sentence | None:
    """
    The likest of the known names, if one is like it; capital letters make no difference.

    :param likeness: 0 to 1; among hundreds of names something is always half like it
    """
    by_small = {one.lower(): one for one in known}
    close = difflib.get_close_matches(name.lower().strip(), by_small, 1, likeness)
    return Sentence("did you mean {name}?", name=repr(by_small[close[0]])) if close else None


def value_of(kind: type, key: str, hint: type, text: str) -> Any:
    """
    The value of one setting.

    :param kind: the section's dataclass
    :param hint: the type of its field
    :raises Unfit: with the text, if it is no secret, and what would fit
    """
    try:
        return _converter(kind, key, hint)(text)
    except Unfit as problem:
        if (kind, key) == (ServerConfig, "database"):
            raise  # it may hold a password
        raise Unfit("{value}: {problem}", value=_shown(text), problem=problem) from problem


def _converter(kind: type, key: str, hint: type) -> Convert:
    if (kind, key) in SPECIAL:
        return SPECIAL[kind, key]
    if (kind, key) in CHOICES:
        return _choice(CHOICES[kind, key])
    if hint is bool:
        return boolean
    return number(hint, *RANGES[kind, key]) if hint in (int, float) else str


def boolean(text: str) -> bool:
    if text.lower() not in YES_NO:
        raise Unfit("needs yes or no")
    return YES_NO[text.lower()]


def number(kind: type[int] | type[float], low: float, high: float) -> Convert:
    span = {"low": f"{low:.12g}", "high": f"{high:.12g}"}

    def convert(text: str) -> Any:
        fits = NUMBER.fullmatch(text) and low <= float(text) <= high
        if not fits or (kind is int and float(text) % 1):
            if kind is int:
                raise Unfit("needs a whole number from {low} to {high}", **span)
            raise Unfit("needs a number from {low} to {high}", **span)
        return kind(float(text))

    return convert


def _choice(allowed: tuple[str, ...]) -> Convert:
    def convert(text: str) -> str:
        if text.lower() not in allowed:
            raise Unfit("{hint}", hint=nearest(text, allowed))
        return text.lower()

    return convert


def _filled(text: str) -> str:
    if not text:
        raise Unfit("may not be empty")
    return text


def _country(text: str) -> str:
    code = country_code(text)
    if code not in COUNTRIES:
        english = Locale.parse("en").territories
        known = ", ".join(f"{one} ({english[one.upper()]})" for one in COUNTRIES)
        raise Unfit("{hint}", hint=Sentence("there are {names}", names=known))
    return code


def country_code(text: str) -> str:
    """Of a country named in English, Chinese or its own language; the text itself, in small letters, if unknown."""
    small = text.lower().strip()
    if small in COUNTRIES:
        return small
    names = [(Locale.parse(locale).territories[code.upper()].lower(), code) for locale in LOCALES for code in COUNTRIES]
    whole = {code for name, code in names if name == small}
    part = {code for name, code in names if len(small) > 1 and small in name}  # Hong Kong is Hong Kong SAR China there
    found = whole or part
    return found.pop() if len(found) == 1 else ALSO.get(small, small)


def _device(text: str) -> str:
    if text.lower() == EMULATED:
        return EMULATED
    if not text.startswith("/"):
        hint = likest(text, [EMULATED]) or Sentence("the modem's port begins with /, as in /dev/ttyACM0")
        raise Unfit("{hint}; without hardware it is emulated", hint=hint)
    return file_name(text)


def _dialled(text: str) -> str:
    if not re.fullmatch("[0-9]{1,15}", text):
        raise Unfit("needs a telephone number: 1 to 15 digits")
    return text


def _prefix(text: str) -> str:
    if not re.fullmatch("[0-9]{0,4}", text):
        raise Unfit("needs at most 4 digits, as in 9")
    return text


def _key(text: str) -> str:
    if not re.fullmatch("[0-9*#]?", text):
        raise Unfit("needs one key of a telephone, or nothing")
    return text


def _beginnings(text: str) -> tuple[str, ...]:
    """Beginnings of numbers, with commas between."""
    parts = tuple(part.strip() for part in text.split(",")) if text else ()
    for part in parts:
        if not re.fullmatch("[0-9]{1,15}", part):
            raise Unfit("{part} is no beginning of a number; write digits, with commas between", part=repr(part))
    return parts


def _classes(text: str) -> tuple[str, ...]:
    """`local, national`"""
    parts = tuple(part.strip() for part in text.split(",")) if text else ()
    for part in parts:
        if part not in DIAL_CLASSES:
            raise Unfit("{hint}", hint=nearest(part, DIAL_CLASSES))
    return parts


def _box(value: str) -> str:
    if value and not re.fullmatch("[0-9]{1,6}", value):
        raise Unfit("needs the number of a mailbox, one to six digits")
    return value


def _fax_number(text: str) -> str:
    if not re.fullmatch("[+0-9 ]{0,20}", text):
        raise Unfit("needs at most 20 digits, blanks and +, as fax machines show them")
    return text


def _fax_to(text: str) -> str:
    if text and not re.fullmatch("[0-9]{3,24}", text):
        raise Unfit("needs a number to be dialled, 3 to 24 digits, or nothing")
    return text


def _mail_server(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if text and (not host or not colon or not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) < 65536):
        raise Unfit("needs a host and a port, as mail.example.com:25, or nothing")
    return text


def _mail_address(text: str) -> str:
    if text and not re.fullmatch(r"[!-~]{1,64}@[A-Za-z0-9.-]{1,250}", text):
        raise Unfit("needs a mail address, as fax@example.com, or nothing")
    return text


def _host_names(text: str) -> tuple[str, ...]:
    """`shop.example.com, erp.example.com`"""
    parts = tuple(part.strip().lower() for part in text.split(",")) if text else ()
    for part in parts:
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?", part):
            raise Unfit("{part} is no host; write shop.example.com, with commas between", part=repr(part))
    return parts


def _limits(text: str) -> dict[str, int]:
    """`300, international 60`: a number alone is for all classes together."""
    limits = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = part.rpartition(" ")
        if not re.fullmatch("[0-9]{1,6}", number) or name.strip() not in ("", *DIAL_CLASSES):
            raise Unfit("{part} is no limit; write 300, or international 60, with commas between", part=repr(part))
        limits[name.strip()] = int(number)
    return limits


def _keys(text: str) -> str:
    if text and not re.fullmatch("[0-9*#]{2,8}", text):
        raise Unfit("needs 2 to 8 keys (0-9 * #), as *#, or nothing")
    return text


def _menu_numbers(text: str) -> dict[str, str]:
    """`91 balance, 92 orders`."""
    menus: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        number, _, menu = part.partition(" ")
        if not re.fullmatch("[0-9]{1,8}", number) or not menu.strip() or number in menus:
            raise Unfit("{part} is no menu with its number; write 91 balance, 92 orders", part=repr(part))
        menus[number] = menu.strip()
    return menus


def _host(text: str) -> str:
    if text == "localhost":
        return "127.0.0.1"
    try:
        return str(ip_address(text))
    except ValueError:
        raise Unfit(
            "is no address: 127.0.0.1 is this computer alone, 0.0.0.0 all its networks; or one of its own addresses"
        ) from None


def _database(text: str) -> str:
    scheme, is_url, _ = _filled(text).partition("://")
    if is_url and scheme not in ("postgresql", "postgres"):
        raise Unfit("needs a file in the shop's folder, or postgresql://user:password@host/name")
    return text if is_url else file_name(text)


def _time_zone(text: str) -> str:
    if text and text not in (known := available_timezones()):
        hint = likest(text, known) or Sentence("it is a name such as Asia/Shanghai or Europe/Berlin")
        raise Unfit("no such time zone; {hint}", hint=hint)
    return text


def _hours(text: str) -> tuple[Hours, ...]:
    try:
        return read_hours(text)
    except ValueError as problem:
        raise Unfit(
            "{hours} is no time span; write mon-fri 09:00-18:00, sat 10:00-16:00", hours=repr(str(problem)[:60])
        ) from problem


def _outcomes(text: str) -> tuple[TalkOutcome, ...]:
    try:
        return read_outcomes(text)
    except ValueError as problem:
        raise Unfit(
            "{outcome} is no outcome; write a digit of its own, Chinese and English with / between, as 2 ZH/Enquiry; ! "
            "behind the digit keeps the recording; commas between them",
            outcome=repr(str(problem)[:60]),
        ) from problem


def _record_rules(text: str) -> tuple[RecordRule, ...]:
    try:
        return read_record_rules(text)
    except ValueError as problem:
        raise Unfit(
            "{rule} is no rule; write queue sales: all, line 3-5 in: 20%, seat 805: none, internal: all, line 9: voice",
            rule=repr(str(problem)[:60]),
        ) from problem


def file_name(text: str) -> str:
    """A path that the system takes whatever its locale: names on disks are UTF-8. ~ is the user's home."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        text = os.fsdecode(text.encode())
    path = os.path.expanduser(text)
    if len(os.fsencode(path)) > PATH_BYTES or any(len(os.fsencode(part)) > NAME_BYTES for part in path.split("/")):
        raise Unfit("is too long for the name of a file or a folder")
    return path


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 3] + "...")


def _time_of_day(text: str) -> str:
    if text and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise Unfit("needs a time of day, as 03:30, or nothing")
    return text


SPECIAL: dict[tuple[type, str], Convert] = {
    (ServerConfig, "node"): _filled,
    (ServerConfig, "plugins"): file_name,
    (ServerConfig, "prompts"): file_name,
    (ServerConfig, "database"): _database,
    (ServerConfig, "time_zone"): _time_zone,
    (ExchangeConfig, "country"): _country,
    (ExchangeConfig, "number"): _dialled,
    (LineConfig, "device"): _device,
    (LineConfig, "menu"): _filled,
    (AgentsConfig, "host"): _host,
    (OfficesConfig, "accept_key"): _key,
    (DiallingConfig, "prefix"): _prefix,
    (DiallingConfig, "premium"): _beginnings,
    (DiallingConfig, "home_mobiles"): _beginnings,
    (DiallingConfig, "countries"): _beginnings,
    (DiallingConfig, "international_hours"): _hours,
    **{(DiallingConfig, f"{of}_{what}"): _limits for of in ("person", "line", "day") for what in ("calls", "minutes")},
    (AgentsConfig, "phone_log_in"): _keys,
    (AgentsConfig, "menu_numbers"): _menu_numbers,
    (AgentsConfig, "outcomes"): _outcomes,
    (BackupConfig, "folder"): file_name,
    (RecordingConfig, "rules"): _record_rules,
    (BackupConfig, "at"): _time_of_day,
    (QueueConfig, "hours"): _hours,
    (InterfaceConfig, "host"): _host,
    (InterfaceConfig, "webhook_hosts"): _host_names,
    (MenusConfig, "may_dial"): _beginnings,
    (FaxConfig, "number"): _fax_number,
    (FaxConfig, "hours"): _hours,
    (FaxConfig, "later"): _classes,
    (ShopConfig, "tell"): _classes,
    (MailConfig, "server"): _mail_server,
    (MailConfig, "sender"): _mail_address,
    (VoicemailConfig, "general"): _box,
    (VoicemailConfig, "call"): _classes,
    (VoicemailConfig, "call_hours"): _hours,
    (ShopConfig, "tell_hours"): _hours,
    (FaxConfig, "mail_server"): _mail_server,
    (FaxConfig, "mail_from"): _mail_address,
    (FaxConfig, "mail_to"): _mail_address,
    (StatisticsConfig, "sheet_at"): _time_of_day,
    (StatisticsConfig, "mail_to"): _mail_address,
    (StatisticsConfig, "fax_to"): _fax_to,
}
