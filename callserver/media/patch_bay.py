"""The patch bay: every 20 ms the sound of all legs goes through one matrix product."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

import numpy as np
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.dsp.codecs import Codec
from callserver.dsp.ear import Ear, LineFigures
from callserver.dsp.frames import BLOCK_MS, FloatArray
from callserver.media.leg import Attendant, Leg, LegListener
from callserver.media.loan import Exchange, Loan
from callserver.media.sound_bank import Detectors, SoundBank
from callserver.media.tick import Tick
from callserver.media.wiring import NONE, wire
from callserver.wire.alarms import Alarm

log = Logger()

TICKS_PER_S = 1000 // BLOCK_MS


def no_alarm(msgid: str, /, **details: object) -> None:
    """For a patch bay without a shop: what fails is in the log."""


class BayFull(Exception):
    """No slot is free for another leg."""


class LegClosed(Exception):
    """A leg that is no longer plugged in cannot be connected."""


class WrongParty(Exception):
    """The two legs do not serve the call whose gains are set (G7)."""


class PatchBay:
    """
    All legs, the gains between them, and the round that is made every 20 ms while a leg is open.

    What must hold:

    - *Who hears whom* is changed by `set_gains` alone, for one call as a whole, and only among legs that serve it (G7).
      A leg that serves another call, or closes, loses its gains in the same moment; nothing of a sound is mixed where
      its gain is 0, not even to fade it (see `Seam`). Once a second all gains are looked at again, should a mistake of
      ours have let two calls hear each other.
    - *A tick is one piece*: what has arrived is taken in, the detectors hear it, listeners are told, then everything is
      mixed and sent. A listener that is told a key may do anything: play, stop, set gains, close its leg, open another.
      So the wiring is asked for again after the listeners; rows of legs that are gone are gone with their sound, and a
      leg just opened is sent its first block, silence, in the same tick. Who waits for a prompt is told its end last,
      when the block is sent.
    - *One party's trouble is his alone*: what a leg's `send` or listener raises, what one detector raises, what the
      recorder raises costs only itself in that tick.
    - *Slots* are the detectors' channels. Legs that are listened to take the first free slot, headsets the last: so the
      detectors have no more channels than there are lines in use. Everything else knows rows only (`Wiring`).
    - *No leg, no tick*: the schedule starts with the first leg and ends with the last, so an idle server sleeps.

    :param n_legs: at most so many at once
    :param ear_factory: makes the detectors for so many channels
    :param on_alarm: told once of a detector that fails
    `schedule`: a service; while it runs the ticks come by themselves
    """

    def __init__(
        self,
        clock: IReactorTime,
        n_legs: int = 48,
        ear_factory: Callable[[int], Detectors] = Ear,
        on_alarm: Alarm = no_alarm,
    ) -> None:
        self.schedule = Tick(clock, self.tick, needed=False)
        self._gains: FloatArray = np.zeros((n_legs, n_legs), np.float32)  # [sink, source]
        self._prompts: dict[Leg, Leg] = {}  # by sink
        self._heard: FloatArray = np.ones(n_legs, np.float32)  # 0 where a source is muted
        self._unheard_key: dict[Leg, str] = {}  # while it sounds nobody hears the leg
        self._hushed: list[int] = []  # slots where it sounds now
        self._bank = SoundBank(n_legs, ear_factory(n_legs), on_alarm)
        self._clock = clock
        self._slots: list[Leg | None] = [None] * n_legs
        self._tapped: dict[Leg, None] = {}
        self._takers: list[Callable[[Sequence[Leg], Sequence[bytes]], None]] = []
        self._rewired = False
        self._ticks = 0

    # --- who is plugged in, and who hears whom -------------------------------------------------------------------

    @property
    def legs(self) -> list[Leg]:
        """The open legs."""
        return [leg for leg in self._slots if leg]

    def open_leg(
        self,
        name: str,
        codec: Codec,
        send: Callable[[bytes], None],
        flush: Callable[[], None],
        listener: LegListener,
        listen_for_signals: bool = True,
        extra_samples: int = 0,
    ) -> Leg:
        """
        Plug in a line or a headset; nobody hears it yet.

        :param send: called with one block, in `codec`, each tick
        :param flush: forget what was sent and not yet heard
        :param extra_samples: of its sound are kept ready beside the usual 20 ms
        :raises BayFull: no slot is free
        """
        if None not in self._slots:
            raise BayFull(f"{name}: all {len(self._slots)} places of the patch bay are taken")
        free = [slot for slot, leg in enumerate(self._slots) if leg is None]
        slot = free[0] if listen_for_signals else free[-1]
        leg = Leg(self, slot, name, codec, send, flush, listener, listen_for_signals, extra_samples)
        self._slots[slot] = leg
        self._bank.open(leg)
        self._rewired = True
        self.schedule.need(True)
        return leg

    def unplug(self, leg: Leg) -> None:
        """Called by a leg that closes."""
        self._slots[leg.slot] = None
        self._heard[leg.slot] = 1
        self._unheard_key.pop(leg, None)
        self.part(leg)
        self.untap(leg)
        self._bank.clear(leg.slot)
        self.schedule.need(bool(self.legs))

    def part(self, leg: Leg) -> None:
        """Nobody hears an open leg, and it hears nobody: called by a leg that serves another call, or closes."""
        self._gains[leg.slot] = self._gains[:, leg.slot] = 0
        if self._prompts:
            self._prompts = {sink: source for sink, source in self._prompts.items() if leg not in (sink, source)}
        self._rewired = True

    def mute(self, leg: Leg, on: bool) -> None:
        """Nobody hears the far end of an open leg, whatever its gains say; asked for by the leg."""
        self._heard[leg.slot] = not on
        self._rewired = True

    def hush(self, leg: Leg, key: str | None) -> None:
        """Nobody hears the far end of an open leg while it sends this key; asked for by the leg."""
        if key is None:
            self._unheard_key.pop(leg, None)
        else:
            self._unheard_key[leg] = key

    def set_gains(
        self, call_id: str, gains: Mapping[tuple[Leg, Leg], float], prompts: Mapping[Leg, Leg] = NONE
    ) -> None:
        """
        Set who hears whom in one call: all gains among its open legs are those of (source, sink), or 0.

        A gain is how loud the sink hears what the far end of the source says; listen and whisper are one-way.

        :param prompts: {sink: source}: who hears, beside its own, what is played to another one, less its music
        :raises WrongParty: a leg of a gain serves another call, or none; nothing was changed
        :raises LegClosed: it is no longer plugged in; nothing was changed
        """
        heard = {pair: gain for pair, gain in gains.items() if gain}
        for leg in chain.from_iterable((*heard, *prompts.items())):
            if not leg.is_open:
                raise LegClosed(f"{leg.name} is closed")
            if leg.call_id != call_id:
                raise WrongParty(f"{leg.name} serves call {leg.call_id}, not {call_id}")
        members = [leg.slot for leg in self.legs if leg.call_id == call_id]
        self._gains[np.ix_(members, members)] = 0
        self._prompts = {sink: source for sink, source in self._prompts.items() if sink.call_id != call_id}
        self._prompts.update(prompts)
        for (source, sink), gain in heard.items():
            self._gains[sink.slot, source.slot] = gain
        self._rewired = True

    def gain(self, source: Leg, sink: Leg) -> float:
        """How loud `sink` hears the far end of `source`, as long as that is not muted."""
        return float(self._gains[sink.slot, source.slot]) if source.is_open and sink.is_open else 0.0

    def give_tracks_to(self, take: Callable[[Sequence[Leg], Sequence[bytes]], None]) -> None:
        """Each tick give the 20 ms of every tapped leg, 16-bit linear, far and near interleaved; to others as well."""
        self._takers.append(take)

    def tap(self, leg: Leg) -> None:
        """Give the leg's tracks away from now on, until it closes."""
        if leg.is_open:
            self._tapped[leg] = None
            self._rewired = True

    def untap(self, leg: Leg) -> None:
        """No more tracks of this leg; harmless when already so."""
        self._tapped.pop(leg, None)
        self._rewired = True

    def attend(self, leg: Leg, attendant: Attendant | None) -> None:
        """Called by a leg that is listened to more closely than others."""
        self._bank.attend(leg.slot, attendant)

    def lend(self, leg: Leg, exchange: Exchange, on_over: Callable[[Failure | None], None]) -> Loan:
        """Called by a leg whose sound one has for himself from now on."""
        return Loan(leg, exchange, self._clock, on_over)

    def take_back(self, leg: Leg) -> None:
        """Called by a leg that is everybody's again: what the detectors heard before is long ago."""
        self._bank.forget(leg.slot)

    def speaks(self, leg: Leg) -> bool:
        """Whether somebody speaks at the far end of a leg that is listened to; never when it is closed."""
        return leg.is_open and leg.listen_for_signals and bool(self._bank.ear.activity.active[leg.slot])

    def figures(self, leg: Leg) -> LineFigures:
        """What the far end of an open leg sounds like that is listened to."""
        return self._bank.ear.figures(leg.slot)

    def _part_strangers(self) -> None:
        """G7, once more: nothing else sets gains, so what is found here is a mistake of this server."""
        for sink, source in np.argwhere(self._gains):
            hears, heard = self._slots[sink], self._slots[source]
            if not _serve_one_call(hears, heard):
                log.critical("{source} was heard by {sink} of another call", source=heard, sink=hears)
                self._gains[sink, source] = 0
                self._rewired = True
        for listener, leg in tuple(self._prompts.items()):
            if not _serve_one_call(listener, leg):
                log.critical("{source} was overheard by {sink} of another call", source=leg, sink=listener)
                del self._prompts[listener]
                self._rewired = True

    # --- the round -----------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """One round for the whole bank: 20 ms in, detectors, the product, 20 ms out."""
        self._ticks += 1
        if not self._ticks % TICKS_PER_S:
            self._part_strangers()
        self._lay_out()
        self._bank.take_in()
        self._bank.tell(self._slots, self._bank.detect(), self._clock.seconds())
        self._hush()
        self._lay_out()
        ended = self._bank.fill_players()
        self._bank.mix()
        self._bank.send()
        self._give_tracks()
        for done in ended:
            if not done.called:  # cancelled by who was told before it
                done.callback(True)

    def _hush(self) -> None:
        ear = self._bank.ear
        hushed = [leg.slot for leg, key in self._unheard_key.items() if ear.sounding_key(leg.slot) == key]
        if hushed != self._hushed:
            self._hushed, self._rewired = hushed, True

    def _lay_out(self) -> None:
        if self._rewired:
            self._rewired = False
            gains = self._gains * self._heard
            gains[:, self._hushed] = 0
            self._bank.lay_out(wire(self.legs, self._tapped, gains, self._prompts))

    def _give_tracks(self) -> None:
        recorded = self._bank.wiring.recorded
        if not recorded:
            return
        tracks = self._bank.tracks()
        for take in self._takers:
            try:
                take(recorded, tracks)
            except Exception:
                log.failure("a recorder failed; 20 ms of all its recordings are lost")


def _serve_one_call(one: Leg | None, other: Leg | None) -> bool:
    return bool(one and other and one.call_id is not None and one.call_id == other.call_id)
