"""The exchange's service numbers, for whoever dials: an announcement, busy, no answer, unobtainable."""

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.tones import tone
from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import PhoneListener

ANSWERS, BUSY, NO_ANSWER, UNOBTAINABLE = "200", "201", "202", "203"
ANSWER_AFTER_S = 3.0


def add_service_numbers(exchange: Exchange, sound: FloatArray | None = None) -> None:
    """
    200 answers after 3 s, plays the sound (without one, 5 s of 1000 Hz) and hangs up; 201 is busy; 202 does not answer;
    203 is nobody's.
    """
    exchange.add_phone(BUSY).lift()
    exchange.add_phone(NO_ANSWER)
    add_announcement(exchange, ANSWERS, tone([1000.0], 5 * RATE_HZ, -15.0) if sound is None else sound)


def add_announcement(exchange: Exchange, number: str, sound: FloatArray) -> None:
    """A telephone that answers every call, plays the sound and hangs up."""
    phone = exchange.add_phone(number)

    def on_ringing(on: bool) -> None:
        if on and not waiting:
            waiting.append(True)
            exchange.time.callLater(ANSWER_AFTER_S, answer)

    def answer() -> None:
        waiting.clear()
        if phone.stage is SubscriberStage.RINGING:
            phone.lift()
            phone.say(sound).addCallback(lambda _: phone.hang_up())

    waiting: list[bool] = []
    phone.attach(PhoneListener(on_ringing=on_ringing))
