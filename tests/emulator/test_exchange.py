"""Subscribers call each other on the emulated exchange."""

import numpy as np
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import level_dbm0
from callserver.dsp.progress.plans import PLANS
from callserver.dsp.tones import play, tone
from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import CallProgress, SubscriberStage
from callserver.emulator.phone import Phone, PhoneListener
from callserver.emulator.tone_detector import ToneDetector


class Receiver:
    """What a telephone hears, kept."""

    def __init__(self, phone: Phone) -> None:
        self.blocks: list[np.ndarray] = []
        phone.attach(PhoneListener(on_sound=lambda block: self.blocks.append(block.copy())))

    def take(self) -> np.ndarray:
        heard = np.concatenate(self.blocks) if self.blocks else np.zeros(0, np.float32)
        self.blocks.clear()
        return heard


class ExchangeCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.exchange = Exchange(self.clock)
        self.exchange.start()
        self.li, self.wang = self.exchange.add_phone("13912345678", "Li Ming"), self.exchange.add_phone("8008")
        self.receiver = Receiver(self.li)

    def run_s(self, seconds: float) -> None:
        self.clock.pump([0.02] * round(seconds / 0.02))

    def talk(self) -> None:
        self.li.dial("8008")
        self.run_s(1)
        self.wang.lift()
        self.run_s(0.02)


class CallTests(ExchangeCase):
    def test_a_call(self) -> None:
        """Ringback for the one, the bell for the other; then both hear each other; then busy tone."""
        rings: list[bool] = []
        progress: list[CallProgress] = []
        self.wang.attach(PhoneListener(on_ringing=rings.append))
        self.li.attach(PhoneListener(on_progress=progress.append))
        self.li.dial("8008")
        self.run_s(5.5)
        self.assertEqual(rings, [True, False, True])  # 1 s on, 4 s off
        self.assertEqual(level_dbm0(self.receiver.take()[8160:39000]), float("-inf"))
        self.wang.lift()
        self.assertEqual(rings[-1], False)
        self.run_s(0.1)
        self.receiver.take()
        self.wang.say(tone([600.0], 8000, -12.0))
        self.run_s(1)
        self.assertLess(abs(level_dbm0(self.receiver.take()) + 12.0), 0.1)
        self.wang.hang_up()
        self.run_s(3)
        self.assertEqual(self.li.stage, SubscriberStage.TONE)
        self.assertIn("busy", self.li.tones)
        self.assertEqual(progress, [CallProgress.RINGBACK, CallProgress.ANSWERED, CallProgress.GONE])
        self.li.hang_up()
        self.assertEqual(self.li.stage, SubscriberStage.ON_HOOK)

    def test_caller_id_between_the_first_two_rings(self) -> None:
        """Number and name come after the first burst and before the second."""
        self.li.dial("8008")
        self.run_s(1.5)
        self.assertIsNone(self.wang.caller)
        self.run_s(1)
        self.assertEqual((self.wang.caller.number, self.wang.caller.name), ("13912345678", "Li Ming"))

    def test_withheld_number(self) -> None:
        """A caller who withholds the number shows neither number nor name."""
        self.li.line.withheld = True
        self.li.dial("8008")
        self.run_s(3)
        self.assertEqual((self.wang.caller.number, self.wang.caller.name), (None, ""))

    def test_caller_gives_up(self) -> None:
        """The bell stops and the telephone can be called again."""
        self.li.dial("8008")
        self.run_s(2)
        self.li.hang_up()
        self.assertEqual(self.wang.stage, SubscriberStage.ON_HOOK)
        self.talk()
        self.assertEqual(self.wang.stage, SubscriberStage.TALKING)

    def test_nobody_answers(self) -> None:
        """After a minute the caller hears busy tone and the bell stops."""
        self.li.dial("8008")
        self.run_s(60.1)
        self.assertEqual((self.li.stage, self.wang.stage), (SubscriberStage.TONE, SubscriberStage.ON_HOOK))
        self.assertEqual(self.li.ending, CallProgress.BUSY)

    def test_busy_and_unobtainable(self) -> None:
        """A number in use is busy; one that is not given to anybody has its own tone."""
        self.wang.lift()
        self.li.dial("8008")
        self.run_s(3)
        self.assertEqual(list(self.li.tones), ["busy"])
        self.li.hang_up()
        self.li.dial("9")
        self.run_s(4)
        self.assertEqual(self.li.ending, CallProgress.UNOBTAINABLE)
        self.assertIn("unobtainable", self.li.tones)

    def test_own_voice_comes_back_from_the_line(self) -> None:
        """The hybrid returns -14 dB of what one says, 4 ms later."""
        self.talk()
        self.receiver.take()
        self.li.say(tone([700.0], 4000, -10.0))
        self.run_s(0.5)
        heard = self.receiver.take()
        self.assertLess(abs(level_dbm0(heard[160:]) + 24.0), 0.2)
        self.assertEqual(np.flatnonzero(heard)[0], 33)

    def test_noise(self) -> None:
        """A line can be given noise."""
        exchange = Exchange(self.clock, noise_dbm0=-50.0)
        phone = exchange.add_phone("1")
        receiver = Receiver(phone)
        exchange.start()
        phone.dial("1")
        phone.line.tone = None
        self.run_s(1)
        self.assertLess(abs(level_dbm0(receiver.take()) + 50.0), 0.5)


class DialTests(ExchangeCase):
    def test_dial_tone_and_digits(self) -> None:
        """Off hook gives dial tone; the first key ends it; the last one rings the other."""
        self.li.lift()
        self.run_s(2)
        self.assertEqual(list(self.li.tones), ["dial"])
        self.li.press("8008")
        self.run_s(0.3)
        self.receiver.take()
        self.run_s(0.3)
        self.assertLess(level_dbm0(self.receiver.take()), -15)  # only its own keys' echo
        self.run_s(1)
        self.assertEqual(self.wang.stage, SubscriberStage.RINGING)

    def test_a_number_that_begins_another(self) -> None:
        """The shorter one is reached after a pause."""
        self.exchange.add_phone("80")
        self.li.lift()
        self.li.press("80")
        self.run_s(3)
        self.assertEqual(self.li.stage, SubscriberStage.DIALLING)
        self.run_s(4)
        self.assertEqual(self.li.stage, SubscriberStage.RINGBACK)

    def test_nothing_dialled(self) -> None:
        """Who dials nothing hears busy tone after a while."""
        self.li.lift()
        self.run_s(16)
        self.assertEqual(self.li.stage, SubscriberStage.TONE)

    def test_hunting(self) -> None:
        """One number rings the first free line of several, and is busy when none is free."""
        lines = [self.exchange.add_phone(str(number)) for number in (601, 602)]
        callers = [self.exchange.add_phone(str(number)) for number in (1, 2, 3)]
        self.exchange.hunt("600", [phone.line for phone in lines])
        for caller in callers:
            caller.dial("600")
        self.assertEqual([phone.stage for phone in lines], [SubscriberStage.RINGING] * 2)
        self.assertEqual(
            [phone.stage for phone in callers],
            [SubscriberStage.RINGBACK, SubscriberStage.RINGBACK, SubscriberStage.TONE],
        )

    def test_a_number_twice(self) -> None:
        """Two lines cannot have one number."""
        self.assertRaises(ValueError, self.exchange.add_line, "8008")


class TimeTests(ExchangeCase):
    def test_late_tick(self) -> None:
        """After a stall everybody gets the samples that are due by the clock, no more and no fewer."""
        self.talk()
        self.receiver.take()
        self.clock.advance(0.333)
        self.assertEqual(len(self.receiver.take()), 16 * 160)
        self.run_s(0.66)
        self.assertEqual(len(self.receiver.take()), 33 * 160)

    def test_answered_and_given_up_at_once(self) -> None:
        """Who lifts in the moment it rings has answered; who hangs up in the moment of ringback lets nothing ring."""
        rings: list[bool] = []
        progress: list[CallProgress] = []
        answers = PhoneListener(on_ringing=lambda on: rings.append(on) or (self.wang.lift() if on else None))
        self.wang.attach(answers)
        self.li.attach(PhoneListener(on_progress=progress.append))
        self.li.dial("8008")
        self.run_s(6)
        self.assertEqual((self.li.stage, self.wang.stage), (SubscriberStage.TALKING, SubscriberStage.TALKING))
        self.assertEqual((rings[0], any(rings[1:])), (True, False))
        self.assertEqual(progress, [CallProgress.RINGBACK, CallProgress.ANSWERED])
        self.wang.hang_up()
        self.li.hang_up()
        self.wang.detach(answers)
        rings.clear()
        self.wang.attach(PhoneListener(on_ringing=rings.append))
        self.li.attach(PhoneListener(on_progress=lambda _: self.li.hang_up()))
        self.li.dial("8008")
        self.run_s(6)
        self.assertEqual(
            (self.li.stage, self.wang.stage, any(rings)), (SubscriberStage.ON_HOOK, SubscriberStage.ON_HOOK, False)
        )

    def test_several_listeners(self) -> None:
        """Who listens to a telephone takes nothing from who listened before; who leaves is told no more."""
        self.talk()
        later: list[float] = []
        listener = PhoneListener(on_sound=lambda block: later.append(block.size))
        self.li.attach(listener)
        self.receiver.take()
        self.run_s(0.2)
        self.li.detach(listener)
        self.run_s(0.2)
        self.assertEqual((sum(later), len(self.receiver.take())), (1600, 3200))

    def test_a_broken_telephone(self) -> None:
        """What breaks on one line is logged, and the others talk on."""
        self.talk()

        def broken(block: object) -> None:
            raise RuntimeError("no receiver")

        self.wang.attach(PhoneListener(on_sound=broken))
        self.receiver.take()
        self.run_s(1)
        self.assertEqual(len(self.receiver.take()), 8000)
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 50)


class CountryTests(SynchronousTestCase):
    def test_one_tone_of_two(self) -> None:
        """Where dial tone has two tones, one alone is none, nor are two others; its own are, also 6 dB apart."""
        for code, alone, twins in (
            ("us", (350, 440, 480, 620), ((350, 440),)),
            ("gb", (350, 400, 440, 450), ((350, 440),)),
            ("hk", (350, 440, 480, 620), ((350, 440),)),
            ("tw", (350, 440), ((350, 440),)),
        ):
            for freqs_hz in (*((hz,) for hz in alone), (440, 480), (480, 620), (350, 620), *twins):
                for louder_db in (0, 6):
                    times = np.arange(8000 * 10)[:, None] / 8000
                    levels = [0.1 * 10 ** (-louder_db / 20 * n) for n in range(len(freqs_hz))]
                    sound = (np.sin(2 * np.pi * times * freqs_hz) * levels).sum(axis=1).astype(np.float32)
                    detector = ToneDetector(PLANS[code], 1)
                    found = {heard.tone for block in sound.reshape(-1, 1, 160) for heard in detector.feed(block)}
                    self.assertEqual(found, {"dial"} if freqs_hz in twins else set(), (code, freqs_hz))

    def test_tones_of_every_country_are_told_apart(self) -> None:
        """Ringback, busy and congestion of each plan are named as what they are."""
        alike = {("es", "congestion"), ("au", "congestion")}  # hold two busy tones; only weaker than busy
        for plan in PLANS.values():
            for name in {"ringback", "busy", "congestion"} & set(plan.tones):
                if (plan.code, name) not in alike:
                    detector = ToneDetector(plan, 1)
                    sound = np.concatenate([np.zeros(77, np.float32), play(plan.tones[name], 12.0, -20.0)])
                    blocks = sound[: len(sound) // 160 * 160].reshape(-1, 1, 160)
                    found = {heard.tone for block in blocks for heard in detector.feed(block)}
                    self.assertEqual(found, {name}, plan.code)


class FlashTests(ExchangeCase):
    """A line that has ordered it transfers by a hook flash."""

    def setUp(self) -> None:
        super().setUp()
        self.zhao = self.exchange.add_phone("62345678")
        self.wang.line.takes_flash = True
        self.talk()

    def stages(self) -> list[str]:
        return [phone.line.stage.value for phone in (self.li, self.wang, self.zhao)]

    def second_call(self) -> None:
        """A flash, and the second number."""
        self.wang.line.flash()
        self.run_s(0.5)
        self.wang.line.dial("62345678")
        self.run_s(1)

    def test_transferred_before_the_answer(self) -> None:
        """Hung up while it rings: who was set aside hears ringback, then talks with who lifts."""
        self.second_call()
        self.wang.hang_up()
        self.assertEqual(self.stages(), ["ringback", "on hook", "ringing"])
        self.zhao.lift()
        self.assertIs(self.li.line.peer, self.zhao.line)
        self.assertEqual(self.stages(), ["talking", "on hook", "talking"])
        self.li.hang_up()
        self.assertEqual(self.stages()[2], "tone")

    def test_transferred_after_the_answer(self) -> None:
        """Hung up while the two talk: the first and the third talk."""
        self.second_call()
        self.zhao.lift()
        self.assertIs(self.wang.line.peer, self.zhao.line)
        self.wang.hang_up()
        self.assertIs(self.li.line.peer, self.zhao.line)

    def test_back(self) -> None:
        """Another flash drops the second, ringing or talking, and is back with the first."""
        for lifts in (False, True):
            self.second_call()
            if lifts:
                self.zhao.lift()
            self.wang.line.flash()
            self.assertIs(self.li.line.peer, self.wang.line)
            self.assertIn(self.zhao.line.stage.value, ("on hook", "tone"))
            self.zhao.hang_up()

    def test_nobody_to_hand_over_to(self) -> None:
        """Hung up before a number, or when it is busy: who was set aside hears that he was left."""
        self.wang.line.flash()
        self.wang.hang_up()
        self.assertEqual(self.stages()[:2], ["tone", "on hook"])

    def test_set_aside_hangs_up(self) -> None:
        """Who was set aside goes: the second call is an ordinary one from then on."""
        self.second_call()
        self.li.hang_up()
        self.zhao.lift()
        self.wang.hang_up()
        self.assertEqual(self.stages(), ["on hook", "on hook", "tone"])

    def test_not_ordered(self) -> None:
        """On a line without the service a flash is nothing."""
        self.li.line.flash()
        self.assertEqual(self.stages()[:2], ["talking", "talking"])
