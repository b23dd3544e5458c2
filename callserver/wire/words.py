"""What codes are called on screens and in reports: rights, states, causes, and what the event log says in one word."""

from collections.abc import Callable, Mapping

from callserver.wire.catalogue import N_, known, text
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import WORDS as DIAL_RESULTS
from callserver.wire.fax_results import BY_CODE as FAX_RESULTS
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from callserver.wire.targets import UNNAMED, Target, TargetKind
from callserver.wire.targets import WORDS as TARGET_WORDS

RIGHT_WORDS = {
    Right.SUPERVISOR: N_("supervisor"),
    Right.ANSWER_INTERNAL: N_("answer internal calls"),
    Right.ANSWER_QUEUED: N_("answer queued calls"),
    Right.PICK_UP: N_("pick up calls"),
    Right.GRAB: N_("grab waiting calls"),
    Right.PLAY_RECORDINGS: N_("play recordings"),
    Right.DOWNLOAD_RECORDINGS: N_("download recordings"),
    Right.START_RECORDING: N_("start recording"),
    Right.DIAL_INTERNAL: N_("dial internal numbers"),
    Right.DIAL_LOCAL: N_("dial local numbers"),
    Right.DIAL_NATIONAL: N_("dial national numbers"),
    Right.DIAL_INTERNATIONAL: N_("dial international numbers"),
    Right.RECEIVE_FAX: N_("receive faxes"),
    Right.DOWNLOAD_FAX: N_("download faxes"),
    Right.SEND_FAX: N_("send faxes"),
    Right.LISTEN: N_("listen to calls"),
    Right.BARGE_IN: N_("barge in and break off"),
    Right.FORCE_LOG_OUT: N_("log out other idle seats"),
}

LINE_WORDS = {
    LineState.NOT_LOADED: N_("no menu loaded"),
    LineState.LOADED: N_("loaded, not enabled"),
    LineState.IDLE: N_("idle"),
    LineState.RINGING_IN: N_("ringing"),
    LineState.DIALING: N_("dialling"),
    LineState.RINGBACK: N_("ring-back"),
    LineState.TALKING: N_("talking"),
    LineState.HELD: N_("held"),
    LineState.WAIT_HANGUP: N_("waiting for the hang-up"),
    LineState.FAXING: N_("faxing"),
    LineState.DISCONNECTED: N_("line dead"),
}

SEAT_WORDS = {
    SeatState.OFF: N_("not logged in"),
    SeatState.IDLE_PHONE: N_("idle, at the telephone"),
    SeatState.IDLE_PC: N_("idle, at the computer"),
    SeatState.PAUSED: N_("paused"),
    SeatState.RINGING: N_("ringing"),
    SeatState.DIALING: N_("dialling"),
    SeatState.RINGBACK: N_("ring-back"),
    SeatState.TALKING: N_("talking"),
    SeatState.HELD: N_("held"),
}

CAUSE_WORDS = {
    Cause.CALLER_HUNG_UP: N_("caller hung up"),
    Cause.CALLED_HUNG_UP: N_("the called party hung up"),
    Cause.EMERGENCY: N_("its line was needed for an emergency call"),
    Cause.NOT_REACHED: N_("not reached"),
    Cause.AGENT_HUNG_UP: N_("agent hung up"),
    Cause.PARTY_GONE: N_("the others have left"),
    Cause.MISSED_AT_LINE: N_("not answered in time"),
    Cause.NO_ANSWER: N_("no answer"),
    Cause.LINE_LOST: N_("line lost"),
    Cause.LINE_DISABLED: N_("line disabled"),
    Cause.MENU_OVER: N_("menu over"),
    Cause.LIMIT_REACHED: N_("time limit reached"),
    Cause.SERVER_STOPPED: N_("server stopped"),
    Cause.TRANSFERRED: N_("transferred"),
    Cause.GAVE_UP: N_("gave up"),
    Cause.CONSULT_CANCELLED: N_("consultation cancelled"),
    Cause.NOT_CONNECTED: N_("could not be connected"),
    Cause.NOBODY_THERE: N_("nobody was there"),
    Cause.MESSAGE_LEFT: N_("left a message"),
    Cause.CALL_BACK_WANTED: N_("wants to be called back"),
    Cause.LOADED: N_("loaded"),
    Cause.UNLOADED: N_("unloaded"),
    Cause.ENABLED: N_("enabled"),
    Cause.DISABLED: N_("disabled"),
    Cause.RINGS: N_("rings"),
    Cause.GLARE: N_("was on the line as it was seized"),
    Cause.ON_HOOK: N_("on hook"),
    Cause.LINE_BACK: N_("line back"),
    Cause.FAX_BEGINS: N_("a fax begins"),
    Cause.FAX_OVER: N_("the fax is over"),
    Cause.LOGGED_IN: N_("logged in"),
    Cause.LOGGED_OUT: N_("logged out"),
    Cause.FORCED_OUT: N_("logged out by force"),
    Cause.DISMISSED: N_("may not log in any more"),
    Cause.PAUSED: N_("pause"),
    Cause.READY: N_("ready"),
    Cause.WRAP_UP: N_("wrap-up"),
    Cause.WRAP_UP_OVER: N_("wrap-up over"),
    Cause.WRAP_UP_PROLONGED: N_("wrap-up prolonged"),
    Cause.CLIENT_LOST: N_("computer lost"),
    Cause.CLIENT_BACK: N_("computer back"),
    Cause.RIGHT_TAKEN: N_("right taken away"),
    Cause.RECORD_CAME: N_("the caller's record has come"),
    Cause.OFFERED: N_("offered"),
    Cause.ANSWERED: N_("answered"),
    Cause.REJECTED: N_("rejected"),
    Cause.MISSED: N_("missed"),
    Cause.ABANDONED: N_("abandoned"),
    Cause.TIMED_OUT: N_("waited too long"),
    Cause.TAKEN_ELSEWHERE: N_("taken elsewhere"),
    Cause.PICKED_UP: N_("picked up"),
    Cause.GRABBED: N_("grabbed"),
    Cause.DIALS: N_("dials"),
    Cause.RINGS_THERE: N_("it rings there"),
    Cause.HELD: N_("hold"),
    Cause.RETRIEVED: N_("retrieved"),
    Cause.RECALLED: N_("rings again after the hold"),
    Cause.CONSULTS: N_("consults"),
    Cause.LISTENS: N_("listens in"),
    Cause.WHISPERS: N_("whispers to the agent"),
    Cause.BARGED_IN: N_("barges in"),
    Cause.TAKEN_OVER: N_("taken over by the supervisor"),
    Cause.STOPPED_LISTENING: N_("listens no more"),
    Cause.BROKEN_OFF: N_("broken off by the supervisor"),
    Cause.FORCED_PAUSE: N_("pause ordered by the supervisor"),
    Cause.THREE_WAY: N_("three talk"),
    Cause.SWAPPED: N_("talks with the other one"),
    Cause.BUSY: N_("busy"),
    Cause.SENT_ON: N_("transferred"),
    Cause.SENT_HERE: N_("transferred to you"),
    Cause.CAME_BACK: N_("comes back"),
    Cause.SECRET_BEGINS: N_("a secret is being keyed in: you hear silence"),
    Cause.SECRET_ENDS: N_("the secret is over"),
    Cause.PARKED: N_("parked"),
    Cause.FETCHED: N_("fetched"),
    Cause.PARKED_TOO_LONG: N_("parked for too long"),
    Cause.ON_TELEPHONE: N_("works by telephone"),
    Cause.ON_HEADSET: N_("works by headset"),
    Cause.TELEPHONE_LOST: N_("telephone lost"),
    Cause.TELEPHONE_NOT_REACHED: N_("telephone not reached"),
}
WITH_DETAIL = {  # where brackets would not say it
    Cause.FORCED_OUT: N_("logged out by force, by {detail}"),
    Cause.TAKEN_OVER: N_("taken over by {detail}"),
    Cause.BROKEN_OFF: N_("broken off by {detail}"),
    Cause.FORCED_PAUSE: N_("pause ordered by {detail}"),
    Cause.RIGHT_TAKEN: N_("right taken away: {detail}"),
    Cause.LOADED: N_("loaded: {detail}"),
    Cause.LINE_LOST: N_("line lost: {detail}"),
    Cause.TRANSFERRED: N_("transferred into call {detail}"),
    Cause.SENT_ON: N_("transferred: {detail}"),
    Cause.SENT_HERE: N_("transferred to you by {detail}"),
    Cause.CAME_BACK: N_("the transfer failed, comes back: {detail}"),
    Cause.PARKED: N_("parked at place {detail}"),
    Cause.FETCHED: N_("fetched from place {detail}"),
    Cause.PARKED_TOO_LONG: N_("parked for too long at place {detail}, comes back"),
}
DETAILED = N_("{cause} ({detail})")

CODE_WORDS = {  # whatever else the event log, a pause or a detail says in one word
    **{result.value: words for result, words in DIAL_RESULTS.items()},
    "no_office": N_("no office of that region"),
    "too_many": N_("too many transfers at this moment"),
    "not_accepted": N_("answered, but nobody pressed the key"),
    "address": N_("by the customer's address"),
    "number": N_("by the caller's number"),
    "area_code": N_("by the area code he keyed in"),
    "asked": N_("asked by an agent"),
    "nothing": N_("nothing told it"),
    "caller": N_("caller"),
    "called": N_("called party"),
    "agent": N_("agent"),
    "menu": N_("menu"),
    "queue": N_("queue"),
    "line": N_("line"),
    "seat": N_("seat"),
    "group": N_("group"),
    "office": N_("office"),
    "server": N_("server"),
    "admin": N_("admin"),
    "sound": N_("sound"),
    "modem": N_("modem"),
    "dialling": N_("dialling"),
    "ringing": N_("ringing"),
    "flow": N_("menu"),
    "bridged": N_("talk with an agent"),
    "transfer": N_("transfer"),
    "fax": N_("fax"),
    "fax engine": N_("waits for a fax engine"),
    "fax set-up": N_("waits for the other fax machine"),
    "negotiate": N_("agrees with the other machine"),
    "train": N_("tries the line"),
    "page": N_("page"),
    "confirm": N_("waits for the confirmation"),
    "release": N_("ends the fax"),
    "parked": N_("parked"),
    "done": N_("done"),
    # acts that are written down
    "start_recording": N_("starts a recording"),
    "stop_recording": N_("ends a recording"),
    "recording_marks": N_("looks at the marks in a recording"),
    "recording_peaks": N_("looks at the picture of a recording"),
    "play_recording": N_("hears a recording"),
    "export_recording": N_("takes a copy of a recording"),
    "note_recording": N_("writes a note on a recording"),
    "classify_recording": N_("says of what class a recording is"),
    "protect_recording": N_("protects a recording, or no more"),
    "delete_recording": N_("deletes a recording"),
    "retention": N_("as the settings say"),
    "by hand": N_("by hand"),
    "nothing recorded": N_("nothing was recorded"),
    "send_fax": N_("sends a fax in the talk"),
    "receive_fax": N_("receives a fax in the talk"),
    "queue_fax": N_("has a fax sent"),
    "cancel_fax": N_("has a fax sent no more"),
    "convert_fax": N_("gives a document to be faxed"),
    "open_fax": N_("opens a fax"),
    "mail_fax": N_("sends a fax on"),
    "delete_fax": N_("deletes a fax"),
    "grab": N_("grabs a caller"),
    "secret begins": N_("a secret begins"),
    "secret ends": N_("the secret is over"),
    "secret ends by its limit": N_("the secret is over, by its time limit"),
    "blanked": N_("made silent"),
    "lost": N_("sound was lost"),
    "left out": N_("a long silence was left out"),
    "list_staff": N_("looks at the staff book"),
    "list_groups": N_("looks at the groups"),
    "list_queues": N_("looks at the queues"),
    "list_hours": N_("looks at the hours"),
    "list_offices": N_("looks at the offices"),
    "list_regions": N_("looks at the regions"),
    "list_callers": N_("looks at the classes of callers"),
    "save_staff": N_("changes the staff book"),
    "delete_staff": N_("deletes a person"),
    "disable_staff": N_("keeps a person from logging in"),
    "enable_staff": N_("lets a person log in again"),
    "unlock_staff": N_("forgives a person wrong passwords"),
    "unlock_address": N_("forgives an address wrong passwords"),
    "new_password": N_("gives a person another password"),
    "new_pin": N_("gives a person another PIN"),
    "save_groups": N_("changes a group"),
    "delete_groups": N_("deletes a group"),
    "save_queues": N_("changes a queue"),
    "delete_queues": N_("deletes a queue"),
    "save_hours": N_("changes hours"),
    "delete_hours": N_("deletes hours"),
    "save_offices": N_("changes an office"),
    "delete_offices": N_("deletes an office"),
    "save_regions": N_("changes a region"),
    "delete_regions": N_("deletes a region"),
    "save_callers": N_("changes a class of callers"),
    "delete_callers": N_("deletes a class of callers"),
    "add_item": N_("adds an item"),
    "save_item": N_("changes an item"),
    "move_stock": N_("changes a stock"),
    "set_price": N_("sets a price"),
    "cancel_prices": N_("takes back prices to come"),
    "play_proof": N_("hears the proof of an order"),
    "export_proof": N_("exports the proof of an order"),
    "delete_proof": N_("deletes the proof of an order"),
    "save_category": N_("changes a category"),
    "remove_category": N_("removes a category"),
    "import_goods": N_("takes over a list of goods"),
    "remove_sample": N_("removes the sample"),
    "add_customer": N_("adds a customer"),
    "save_customer": N_("changes a customer"),
    "remove_customer": N_("removes a customer"),
    "pay_in": N_("pays into a balance"),
    "pay_out": N_("pays out of a balance"),
    "give_points": N_("changes points"),
    "set_customer_pin": N_("gives a customer another PIN"),
    "import_customers": N_("takes over a list of customers"),
    "add_order": N_("adds an order"),
    "advance_order": N_("moves an order on"),
    "cancel_reservation": N_("cancels a reservation"),
    "save_carrier": N_("changes a carrier"),
    "import_orders": N_("takes over a list of orders"),
    "listen": N_("listens in"),
    "whisper": N_("whispers to the agent"),
    "barge_in": N_("barges in"),
    "take_over": N_("takes the call over"),
    "stop_listening": N_("listens no more"),
    "break_off": N_("breaks the call off"),
    "force_log_out": N_("logs another seat out"),
    "force_pause": N_("makes another seat pause"),
    "alarms": N_("asks for the alarms"),
    "set_priority": N_("gives a waiting caller another priority"),
    "station": N_("telephone of a seat"),
    "started": N_("started"),
    "stopped": N_("stopped"),
    "zh": N_("Chinese"),
    "en": N_("English"),
    # how a wait in a queue ends, beside the causes
    "timed_out": N_("waited too long"),
    "no_agent": N_("no agent logged in"),
    "left_empty": N_("the last agent has gone"),
    "cut_off": N_("the line was lost"),
    "closed": N_("closed"),
    "full": N_("too many were waiting"),
    "diverted": N_("the wait would have been too long"),
    "grabbed": N_("grabbed"),
    "key_exit": N_("left by a key"),
    "callback": N_("wants to be called back"),
    "given_up": N_("given up"),
    "called_again": N_("has called again himself"),
    # whom a queue asks first
    "ring_all": N_("all at once"),
    "longest_idle": N_("longest idle"),
    "fewest_calls": N_("fewest calls answered"),
    "least_talk": N_("has talked least"),
    "round_robin": N_("in turn"),
    "linear": N_("first from the top"),
    "progressive": N_("one more every few seconds"),
    "random": N_("drawn by lot"),
    "sticky": N_("has talked with him last"),
    "oldest miss": N_("all have missed him, the oldest miss first"),
    "longest idle": N_("longest idle"),  # as old records have it
    # of an agent: why he makes a pause, where he is
    "wrap-up": N_("wrap-up"),
    "client lost": N_("computer lost"),
    "telephone lost": N_("telephone lost"),
    "at work": N_("busy with other work"),
    "break": N_("break"),
    "meal": N_("meal"),
    "training": N_("training"),
    "meeting": N_("meeting"),
    "logged out": N_("not logged in"),
    "not ready": N_("paused"),
    "listens": N_("listens in"),
    "whispers": N_("whispers to the agent"),
    "barged in": N_("barges in"),
    "dialling, one kept": N_("dialling, another call held"),
    "ring-back, one kept": N_("ring-back, another call held"),
    "talking, one kept": N_("talking, another call held"),
    # tones and signs by which a far end is heard to hang up
    "dial": N_("dial tone"),
    "ringback": N_("ring-back tone"),
    "busy": N_("busy tone"),
    "busy tone": N_("busy tone"),
    "congestion": N_("congestion tone"),
    "unobtainable": N_("unobtainable tone"),
    "sit": N_("special information tone"),
    "call_waiting": N_("call waiting tone"),
    "trunk_offering": N_("trunk offering tone"),
    "third_party": N_("third party warning tone"),
    "information": N_("information tone"),
    "howler": N_("howler"),
    "silence": N_("silence"),
    "loop current interrupted": N_("loop current interrupted"),
    "polarity reversed": N_("polarity reversed"),
    "busy tone reported twice": N_("busy tone reported twice"),
    "unplugged": N_("unplugged"),
    "the modem was unplugged": N_("the modem was unplugged"),
}
_STATES: dict[str, str] = {state.value: words for state, words in (LINE_WORDS | SEAT_WORDS).items()} | {
    state.name: words for state, words in (LINE_WORDS | SEAT_WORDS).items()
}


def right_text(right: Right | str, language: str) -> str:
    """A right, or its number as refusals and reasons carry it; the number of a newer right stays as it is."""
    if isinstance(right, str):
        numbers = {str(int(one)): one for one in Right}
        if right not in numbers:
            return right
        right = numbers[right]
    return known(language, RIGHT_WORDS[right])


def state_text(state: LineState | SeatState | str, language: str) -> str:
    """What a line or a seat shows, given the state, its value or its name; what is none is told as a reason."""
    code = state if isinstance(state, str) else state.value
    return known(language, _STATES[code]) if code in _STATES else reason_text(code, language)


def reason_text(reason: Reason | str, language: str) -> str:
    """Why something changed or ended; the text of an old record or a newer server stays as it is."""
    if isinstance(reason, str):
        parsed = Reason.parse(reason)
        if parsed is None:
            return code_text(reason, language)
        reason = parsed
    cause = known(language, CAUSE_WORDS[reason.cause])
    if not reason.detail:
        return cause
    words = _DETAIL_WORDS.get(reason.cause, code_text)
    detail = words(reason.detail, language)
    return text(language, WITH_DETAIL.get(reason.cause, DETAILED), cause=cause, detail=detail)


def target_text(target: Target | str, language: str) -> str:
    """A place where somebody can be sent; what is none stays as it is."""
    try:
        place = Target.parse(target) if isinstance(target, str) else target
    except ValueError:
        return str(target)
    return text(language, TARGET_WORDS[place.kind] if place.name else UNNAMED[place.kind], name=place.name)


PLACES = {kind.value for kind in TargetKind}
_DETAIL_WORDS: Mapping[Cause, Callable[[str, str], str]] = {
    Cause.RIGHT_TAKEN: right_text,
    Cause.CAME_BACK: reason_text,
    Cause.FAX_OVER: lambda result, language: known(language, FAX_RESULTS.get(result, result)),
}


def code_text(code: str, language: str) -> str:
    """Any other code; "agent 801" is the code and a number, or it is a Target. Else it is looked up as a sentence."""
    head, space, number = code.partition(" ")
    if head == "page" and number.isdecimal():
        return text(language, N_("page {number}"), number=number)
    if code not in CODE_WORDS and head in CODE_WORDS.keys() - PLACES and number.isdecimal():
        return f"{known(language, CODE_WORDS[head])}{space}{number}"
    words = CODE_WORDS.get(code)
    return known(language, words) if words else target_text(known(language, code), language)
