"""The event log in people's words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, timedelta, tzinfo
from pathlib import Path

from callserver.calls.audit import DONE
from callserver.features.faxing.words import DIRECTIONS, result_text
from callserver.ivr.prompt_files import PromptError
from callserver.ivr.prompts import CATALOGUE, Catalogue
from callserver.wire.alarms import alarm_text
from callserver.wire.catalogue import LANGUAGES, N_, Detail, fill, known
from callserver.wire.cells import printable
from callserver.wire.obstacles import obstacle_text
from callserver.wire.records import EventRecord, Value
from callserver.wire.refusals import Refused
from callserver.wire.words import code_text, reason_text, right_text, state_text

EVENTS = {  # by kind; {details} are the event's data
    "state": N_("state: {to}"),
    "ring": N_("ring {count}"),
    "caller_id": N_("caller {number} {name}"),
    "answer": N_("off hook"),
    "key": N_("key {digit} ({source})"),
    "loaded": N_("has menu {menu} {version} from now on"),
    "menu": N_("menu {name}"),
    "menu_end": N_("menu {menu} is over: {why}"),
    "step": N_("menu {menu}: step {step}"),
    "reply": N_("menu {menu}: {step}: {result}"),
    "branch": N_("menu {menu}: {step} finds {taken} {why}"),
    "target": N_("menu {menu}: {target} {outcome}"),
    "plugin": N_("menu {menu}: into menu {name}"),
    "saved": N_("keeps {name} = {value}"),
    "language": N_("language {language}"),
    "prompt": N_("says {names} ({language})"),
    "prompt_end": N_("prompt over"),
    "input": N_("input {digits}"),
    "entry": N_("enters queue {queue}, place {place}"),
    "offer": N_("offered to seat {seat}: {why}; candidates {candidates}"),
    "miss": N_("not taken by seat {seat}: {reason}"),
    "connect": N_("connected with seat {seat}"),
    "hold": N_("hold"),
    "retrieve": N_("retrieved"),
    "given_back": N_("back in the queue from {by}: {reason}"),
    "telephone": N_("no more the telephone of seat {seat}"),
    "merged": N_("joined into call {into}"),
    "consult": N_("consults {to} in call {call}"),
    "joined": N_("transferred to who was consulted in call {call}"),
    "swap": N_("the agent goes over to call {call}, the other party waits"),
    "three_way": N_("three talk, with who was consulted in call {call}"),
    "transfer": N_("transferred by {by}: {target}"),
    "transfer_failed": N_("the transfer failed, {target}: {reason}"),
    "pick_up": N_("picked up by {by} from seat {seat}"),
    "park": N_("parked by {by} at place {place}"),
    "fetch": N_("fetched by {by} from place {place}"),
    "parked_too_long": N_("parked for too long at place {place}"),
    "hide_secret": N_("{by} lets the caller key in a secret"),
    "show_again": N_("the secret is over"),
    "keys_sent": N_("{by} sends keys: {digits}"),
    "supervisor_in": N_("the supervisor at {by} comes along: {doing}"),
    "supervisor_out": N_("the supervisor at {by} is out: {reason}"),
    "priority": N_("priority {priority} from now on"),
    "leave": N_("leaves queue {queue}: {outcome} after {wait_s} s"),
    "log_in": N_("logged in"),
    "log_out": N_("logged out"),
    "log_in_refused": N_("log-in refused, from {address} ({act})"),
    "right_refused": N_("not allowed: {right} ({act})"),
    "audit": N_("{act}: {result}"),
    "recording": N_("recording to {file}"),
    "recording_mark": N_("mark in the recording: {text}"),
    "recording_end": N_("recording over: {file}, {length_s} s"),
    "recording_repaired": N_("recording repaired: {file}, {length_s} s"),
    "recording_kept": N_("recording kept as {kept_as}, {octets} octets"),
    "recording_noted": N_("the recording's note, class or protection is taken away"),
    "recording_deleted": N_("recording deleted: {file}, {why_word}"),
    "message": N_("message {message} is in mailbox {box}, {length_s} s"),
    "mailbox": N_("mailbox {box} opened: {new} new, {old} old"),
    "mailbox_left": N_("mailbox {box} left: {heard} heard, {deleted} deleted"),
    "order": N_("order {order}: {items}, total {total_fen} yuan; stock {stock}"),
    "order_wanted": N_("confirmed by {number}: {items}"),
    "order_refused": N_("what was confirmed cannot be had: {reason}"),
    "reservation": N_("reservation {reservation}: {quantity} of item {item}, {price_fen} yuan each"),
    "called_back": N_("{number} called back from queue {queue}: {outcome}"),
    "call_back_of": N_("dialled for who wanted to be called back, from queue {queue}, in call {call}"),
    "call_back": N_("{number} wants to be called back"),
    "outcome": N_("outcome {code}: {zh} ({en})"),
    "tone": N_("tone {name}"),
    "line_figures": N_(
        "line: level {level_dbm0}, noise {noise_dbm0} dBm0, {underruns} blocks late, {overruns} dropped"
    ),
    "sound_trouble": N_("the modem ran out of sound {underruns} times and lost some {overruns} times"),
    "menu_failed": N_("menu {menu} failed: {error}"),
    "fax": N_("fax begins ({direction})"),
    "fax_end": N_("fax over: {result} (pages confirmed: {pages})"),
    "fax_queued": N_("fax to {number} is to be sent: {title}"),
    "fax_tried": N_("fax to {number}: {result} (pages confirmed: {pages}), try {tries}"),
    "office_case": N_("fault for an office of region {region} ({found_by})"),
    "office_result": N_("office {office}: {result}"),
    "dialled": N_("dials {number}"),
    "handed_over": N_("the exchange is asked by a flash to connect {number}"),
    "dial_result": N_("call out to {number}: {result}"),
    "end": N_("end, by {by}: {reason}"),
    "alarm": N_("alarm: {text}"),
    "alarm_over": N_("well again: {text}"),
    "server": N_("server {state}"),
}
BARER = {  # instead, when this of its data says nothing
    ("office_case", "region"): N_("fault for an office, the region is not known ({found_by})"),
}
FULLER: dict[tuple[str, ...], str] = {  # instead, when this of its data says something
    ("entry", "kept_for_s"): N_("enters queue {queue}, place {place}: kept for him since {kept_since}"),
    ("fax", "title"): N_("fax begins ({direction}): {title}"),
    ("fax_end", "remote_id"): N_("fax with {remote_id} over: {result} (pages confirmed: {pages})"),
    ("fax_tried", "next"): N_("fax to {number}: {result} (pages confirmed: {pages}), try {tries}; again at {next}"),
    ("recording", "by"): N_("recording to {file}, started by {by}"),
    ("recording", "before_s", "by"): N_("recording to {file}, started by {by}, from {before_s} s before"),
    ("telephone", "on"): N_("the telephone of seat {seat} from now on"),
    ("merged", "call"): N_("call {call} has been joined into this one"),
    ("called_back", "call"): N_("{number} called back from queue {queue} in call {call}: {outcome}"),
    ("connect", "wait_s"): N_("connected with seat {seat} after {wait_s} s"),
    ("hold", "reason"): N_("hold by {by}: {reason}"),
    ("retrieve", "reason"): N_("retrieved by {by}: {reason}"),
    ("state", "reason"): N_("state: {to} ({reason})"),
    ("state", "sub"): N_("state: {to}, {sub}"),
    ("state", "reason", "sub"): N_("state: {to}, {sub} ({reason})"),
    ("recording_noted", "note"): N_("note on the recording: {note}"),
    ("recording_noted", "class"): N_("class of the recording: {class}"),
    ("recording_noted", "protected"): N_("the recording is protected"),
    ("recording_noted", "class", "protected"): N_("class of the recording: {class}; it is protected"),
    ("outcome", "note"): N_("outcome {code}: {zh} ({en}), {note}"),
    ("log_out", "reason"): N_("logged out ({reason})"),
    ("audit", "target"): N_("{act}, {target}: {result}"),
    ("menu", "version"): N_("menu {name} {version}"),
    ("prompt_end", "interrupted"): N_("prompt over, interrupted"),
    ("offer", "seats"): N_("offered to seats {seats}: {why}; candidates {candidates}"),
    ("offer", "passed_over", "seats"): N_(
        "offered to seats {seats}: {why}; candidates {candidates}; passed over {passed_over}"
    ),
    ("miss", "seats"): N_("not taken by any of the seats {seats}"),
    ("offer", "passed_over"): N_("offered to seat {seat}: {why}; candidates {candidates}; passed over {passed_over}"),
}
# What is a code in an event's data, and not somebody's own word
CODES = (
    "sub",
    "by",
    "outcome",
    "why",
    "source",
    "language",
    "state",
    "reason",
    "act",
    "target",
    "result",
    "found_by",
    "doing",
)
STATES = ("from", "to")


def words(event: EventRecord, language: str, prompts: Mapping[str, str] | None = None, zone: tzinfo = UTC) -> str:
    """
    What happened, on one line, in "zh" or "en"; a kind this version does not know is shown as it is.

    :param prompts: what each says, by name; without it their names are shown
    :param zone: the shop's
    """
    if event.kind not in EVENTS:
        return printable(" ".join((event.kind, *(f"{name}={value}" for name, value in event.data.items()))))
    details = {name: _detail(event, name, value, language) for name, value in event.data.items()}
    if isinstance(kept_s := event.data.get("kept_for_s"), float):
        details["kept_since"] = f"{(event.at - timedelta(seconds=kept_s)).astimezone(zone):%H:%M:%S}"
    if event.kind == "prompt" and prompts:
        details["names"] = _said(event.data.get("names"), prompts, str(event.data.get("language")))
    sentence = known(language, _sentence(event))
    return printable(" ".join(fill(language, sentence, details).split()))


def prompt_texts(folders: Sequence[Path], language: str) -> dict[str, str]:
    """
    What the prompts of these folders say, by name, in a language; the first folder's words count.

    One that is of a certain language, such as "en/welcome", in that. A digit said one by one is the number wherever it
    has no words of its own.
    """
    texts: dict[str, str] = {}
    for folder in reversed(folders):
        for spoken in LANGUAGES:
            try:
                said = Catalogue.read(folder / spoken / CATALOGUE).texts
            except PromptError:
                continue  # `check` tells what is wrong with it
            texts |= {f"{spoken}/{name}": words for name, words in said.items()}
            texts |= said if spoken == language else {}
    digits = {f"digit-{n}": texts[f"number-{n}"] for n in range(10) if f"number-{n}" in texts}
    return digits | texts


def _said(names: Value, prompts: Mapping[str, str], heard_in: str) -> str:
    """
    The prompts of one sentence, one after the other; what nobody wrote down is itself a text, or a name.

    Numbers and sums are put together otherwise in each language: with a piece that only the caller's has, all of the
    sentence is as he heard it.
    """
    said = [str(name) for name in (names if isinstance(names, list) else [names])]
    heard = {name: prompts[own] for name in said if (own := f"{heard_in}/{name}") in prompts}
    if any(name in heard and name not in prompts for name in said):
        return " ".join(heard.get(name, prompts.get(name, name)) for name in said)
    return " ".join(prompts.get(name, name) for name in said)


def _sentence(event: EventRecord) -> str:
    for (kind, name), words in BARER.items():
        if kind == event.kind and not event.data.get(name):
            return words
    said = sorted(name for name, value in event.data.items() if value and (event.kind, name) in FULLER)
    return FULLER[event.kind, *said] if said else EVENTS[event.kind]


def _detail(event: EventRecord, name: str, value: Value, language: str) -> Detail:
    if name.endswith("_fen") and isinstance(value, int):
        return value
    if event.kind in ("alarm", "alarm_over") and name == "text":
        return alarm_text(event.data, language)
    if name == "digits":
        return str(value) or "–"
    if name == "items" and isinstance(value, list):
        return _joined(f"{item['item']} × {item['quantity']}" for item in value if isinstance(item, Mapping))
    return _text(event.kind, name, value, language)


def _text(kind: str, name: str, value: Value, language: str) -> str:
    if isinstance(value, Mapping):
        return _joined(f"{key}: {_text(kind, name, one, language)}" for key, one in value.items())
    if isinstance(value, list):
        return _joined(_text(kind, name, one, language) for one in value)
    if value is None:
        return ""
    if kind in ("fax", "fax_end", "fax_tried") and name in ("direction", "result"):
        direction = DIRECTIONS.get(str(value))
        return known(language, direction) if direction else result_text(str(value), language)
    if name == "passed_over":
        return obstacle_text(str(value), language)
    if name in STATES:
        return state_text(str(value), language)
    if name == "right":
        return right_text(str(value), language)
    if kind == "recording_mark" and name == "text":
        return code_text(str(value), language)
    if kind == "audit" and name == "result" and value != DONE:
        return Refused.from_wire(str(value)).text(language)
    return reason_text(str(value), language) if name in CODES or kind in ("tone", "audit") else str(value)


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)
