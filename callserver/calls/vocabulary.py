"""The words of the event log: every kind of event, with the data it carries."""

from enum import Enum


class Kind(Enum):
    """What happened; behind each the keys of its data. Values are stored for years: add, never rename."""

    STATE = "state"  # from, to, sub, reason: a line or a seat
    RING = "ring"  # count
    CALLER_ID = "caller_id"  # number, name, withheld
    ANSWER = "answer"  # off hook
    KEY = "key"  # digit ("?": secret, or taken by nobody), source, pressed_s on the monotonic clock
    LOADED = "loaded"  # menu, version: what callers of this line come to from now on
    MENU = "menu"  # name, version ("": of the server itself)
    MENU_END = "menu_end"  # menu, why: "over", "person: ...", "broken", a queue's outcome, or a Cause of the call's end
    STEP = "step"  # menu, step, visit (1, 2 ...): of a menu file
    REPLY = "reply"  # menu, step, result: what an input is to a step: taken, wrong, silence, repeat, person
    BRANCH = "branch"  # menu, step, taken, why: a step of a menu file has looked at the clock
    TARGET = "target"  # menu, target, outcome: a menu file has handed the caller over; "" is done
    PLUGIN = "plugin"  # menu, name: a menu file's caller comes into a menu in Python; a TARGET tells that it is over
    SAVED = "saved"  # name, value: a menu keeps what the caller has said
    LANGUAGE = "language"  # language
    PROMPT = "prompt"  # names, language
    PROMPT_END = "prompt_end"  # interrupted
    INPUT = "input"  # digits: taken by a menu; prompts asked with, took_s, in_prompt (before their end)
    ENTRY = "entry"  # queue, place
    OFFER = "offer"  # queue, seat or seats that ring now, candidates, passed_over, why
    MISS = "miss"  # seat, reason; or seats, of several that rang at once: the team has missed the call once
    CONNECT = "connect"  # seat, wait_s: of one who waited in a queue
    HOLD = "hold"  # by, reason: where the agent has not asked for it
    RETRIEVE = "retrieve"  # likewise
    GIVEN_BACK = "given_back"  # by, reason: the agent does not come back, the caller waits for somebody else
    CONSULT = "consult"  # by, call, to: a third party is consulted in a call of its own
    JOINED = "joined"  # by, call: who held the party has brought it together with that call's, and left
    THREE_WAY = "three_way"  # by, call: that call's parties have joined
    SWAP = "swap"  # by, call: in which he talks from now on, this one or that of the consultation; the other waits
    TELEPHONE = "telephone"  # seat, on: this call's line has become a seat's telephone, or is none any more
    MERGED = "merged"  # call and its parties, or into: a consultation has become part of another call
    TRANSFER = "transfer"  # by, target
    TRANSFER_FAILED = "transfer_failed"  # target, reason: who transferred rings, or a queue has the caller
    PICK_UP = "pick_up"  # by, seat: where it rang
    PARK = "park"  # by, place
    FETCH = "fetch"  # by, place
    PARKED_TOO_LONG = "parked_too_long"  # place: rings at who parked it, or a queue has the caller
    HIDE_SECRET = "hide_secret"  # by
    SHOW_AGAIN = "show_again"  # by; nobody: its time was up, or the agent has left
    KEYS_SENT = "keys_sent"  # by, digits (masked): sounded to the others by an agent
    SUPERVISOR_IN = "supervisor_in"  # by, doing: he has come along with whom he listens to; how it began is an AUDIT
    SUPERVISOR_OUT = "supervisor_out"  # by, reason: he listens, whispers or has barged in no more
    PRIORITY = "priority"  # priority: by the person, of one who waits
    LEAVE = "leave"  # queue, outcome, wait_s
    LOG_IN = "log_in"
    LOG_OUT = "log_out"  # reason
    LOG_IN_REFUSED = "log_in_refused"  # address, act, right
    RIGHT_REFUSED = "right_refused"  # right (its number), act, address
    AUDIT = "audit"  # act, target, result ("done", or the refusal): the person did it, or was not let
    RECORDING = "recording"  # file; by, before_s: on demand, begins so long before; message: left in a menu
    RECORDING_MARK = "recording_mark"  # text, sample, n_samples
    RECORDING_END = "recording_end"  # file, length_s
    RECORDING_REPAIRED = "recording_repaired"  # file, length_s
    RECORDING_KEPT = "recording_kept"  # file, kept_as, octets, digest (SHA-256): the file that holds it now
    RECORDING_NOTED = "recording_noted"  # file; note, class, protected: what is known of it from now on
    RECORDING_DELETED = "recording_deleted"  # file, why
    ORDER = "order"  # order, items, total_fen, balance of stock
    ORDER_WANTED = (
        "order_wanted"  # nth (of the call), number, claimed, payment, source, address, customer, items: not booked yet
    )
    ORDER_REFUSED = "order_refused"  # nth, reason: what was confirmed cannot be had any more
    RESERVATION = "reservation"  # reservation, item, quantity, price_fen
    CALLED_BACK = (
        "called_back"  # number, queue, outcome (of a try: a DialResult's value), tries in vain; call: reached in
    )
    CALL_BACK_OF = "call_back_of"  # call, queue: this one is dialled for who wanted that in that call
    CALL_BACK = "call_back"  # number: nobody was there, and the caller wants to be called
    OUTCOME = "outcome"  # code, zh, en (as the shop calls it), note, protects: what came of the call, says the person
    TONE = "tone"  # name
    LINE_FIGURES = "line_figures"  # level, noise and hum in dBm0, echo in dB, blocks missing and dropped: of one call
    SOUND_TROUBLE = "sound_trouble"  # underruns, overruns: sound sent to or read from a modem too late, in a minute
    MENU_FAILED = "menu_failed"  # menu, error
    FAX = "fax"  # fax, direction, title, number: a session begins
    FAX_END = "fax_end"  # fax, result, pages (confirmed), remote_id, title
    FAX_QUEUED = "fax_queued"  # job, number, title: to be sent by itself
    FAX_TRIED = "fax_tried"  # job, number, result, tries, pages, next: when it is tried again, "" is never
    MESSAGE = "message"  # message, box, length_s, urgent, private, from_box: it is in a mailbox
    MAILBOX = "mailbox"  # box, new, old: opened by telephone; the person, of a group's
    MAILBOX_LEFT = "mailbox_left"  # box, heard, deleted: so many
    OFFICE_CASE = "office_case"  # case, region, found_by: a fault is passed on to an office
    OFFICE_RESULT = "office_result"  # office, result: of one attempt
    DIALLED = "dialled"  # number, dial_class: a call out begins, for the person; counts for the limits of his day
    HANDED_OVER = "handed_over"  # number, dial_class: likewise, by a hook flash in this call
    DIAL_RESULT = "dial_result"  # result, number, dial_class, detail: what a refusal says; of one call out
    END = "end"  # by, reason
    ALARM = "alarm"  # text
    ALARM_OVER = "alarm_over"  # as the alarm had it, which is over
    SERVER = "server"  # "started", "stopped"
