"""The signals of a fax by a modem's Class 1 commands: what T.30 asks in, bytes for the modem out, and back."""

from collections import deque
from collections.abc import Callable

from callserver.fax.signals import Asked, Heard, Listen, SendFrames
from callserver.lines.class_1_stories import CED, CNG, CNG_CYCLE_S, Event, Stories, Story, UnderWay
from callserver.lines.link import ModemStuck
from callserver.modem.class_1 import Class1Reader, Flow

# One command is under way at a time, and a story (a generator) tells what follows what; each `yield` waits for one
# thing that the modem says, or for a deadline. `_pump` does one thing after the other, always the first of these that
# there is: tell T.30 what was heard; bring the modem back to command state when T.30 wishes something new (`rest`);
# give the story the next event; begin what is wished, or listen on. So T.30 may ask from within what it is told, before
# the next command is chosen, and no story is ever entered twice.
#
# Races. A character that breaks off may cross the result that was to come anyway: in command state it is nothing, and
# the first result that comes ends the command, whichever it is. A CONNECT may cross it: data begin then, which the
# modem ends by itself. A command that sends is never broken off before its CONNECT, which comes at once: else the end
# of data would stand in a command line. A wish may change while `rest` runs: the latest is begun.
#
# 一次只有一条命令在进行；先告诉 T.30，再看它的新要求，最后才读下一个事件，因此叙述不会被重入。


class Class1Fax:
    """
    The modem below T.30 (see `callserver.fax.signals`), in a call, its modem in +FCLASS=1 and in command state.

    :param on_bytes: for the modem
    :param on_heard: for T.30, which may ask from within
    :param on_rest: after `end`: the modem is in command state
    :param on_stuck: why it is to be reset; nothing more is done
    """

    def __init__(
        self,
        *,
        on_bytes: Callable[[bytes], None],
        on_heard: Callable[[Heard], None],
        on_rest: Callable[[], None],
        on_stuck: Callable[[ModemStuck], None],
    ) -> None:
        self._on_heard, self._on_rest, self._on_stuck = on_heard, on_rest, on_stuck
        self._reader = Class1Reader()
        self._stories = Stories(self._reader, on_bytes)
        self._events: deque[Event] = deque()
        self._wish: Asked | None = None  # not yet begun
        self._at: Asked | None = None  # whose story it is; None while at rest or on the way there
        self._story: Story | None = None
        self._pumping = self._ending = self._over = False

    @property
    def next_deadline_s(self) -> float | None:
        """When `on_time` is to be called at the latest; None: not by itself."""
        return self._stories.next_deadline_s

    def asked(self, asked: Asked, now_s: float) -> None:
        """What T.30 wants now; what it wanted before is broken off."""
        self._stories.now_s = now_s
        if not self._ending and not self._goes_on(asked):
            self._wish = asked
            self._pump()

    def feed(self, data: bytes, now_s: float) -> None:
        """What the modem says."""
        self._stories.now_s = now_s
        for event in self._reader.feed(data):
            if isinstance(event, Flow):
                self._stories.holds = not event.takes_more
            else:
                self._events.append(event)
        self._pump()

    def on_time(self, now_s: float) -> None:
        """Time has passed."""
        self._stories.now_s = now_s
        if self._stories.next_deadline_s is not None and now_s >= self._stories.next_deadline_s:
            self._stories.next_deadline_s = None
            self._events.append(None)
        self._pump()

    def end(self, now_s: float) -> None:
        """Back to command state from whatever is under way; nothing more is told of the line."""
        self._stories.now_s, self._ending = now_s, True
        self._pump()

    # What is done next

    def _pump(self) -> None:
        if self._pumping or self._over:
            return
        self._pumping = True
        try:
            while self._one_thing():
                pass
        except ModemStuck as stuck:
            self._over, self._stories.next_deadline_s = True, None
            self._on_stuck(stuck)
        finally:
            self._pumping = False

    def _one_thing(self) -> bool:
        """Do it; false if there is nothing to do."""
        if self._stories.told:
            heard = self._stories.told.popleft()
            if not self._ending:
                self._on_heard(heard)
        elif self._is_to_break_off():
            self._begin(None, self._stories.rest())
        elif self._story is not None and not self._frames_follow():
            if not self._events:
                return False
            self._advance(self._events.popleft())
        elif self._ending:
            self._over, self._stories.next_deadline_s = True, None
            self._on_rest()
            return False
        else:
            return self._begin_wish()
        return True

    def _is_to_break_off(self) -> bool:
        resting = self._story is not None and self._at is None
        wanted = self._ending or (self._wish is not None and not self._frames_follow())
        return wanted and not resting and self._stories.under_way is not UnderWay.NOTHING

    def _frames_follow(self) -> bool:
        """The answer tone is over, the modem waits for frames, and there are some."""
        return self._at == CED and self._stories.under_way is UnderWay.TAKES and isinstance(self._wish, SendFrames)

    def _goes_on(self, asked: Asked) -> bool:
        """Whether what is under way is what is asked."""
        if self._wish is not None or self._story is None or self._at is None:
            return False
        if self._at == CNG and asked == CNG:
            self._stories.cycle_s = self._stories.next_deadline_s = self._stories.now_s + CNG_CYCLE_S
            return True
        if asked == Listen() and self._at in (CNG, Listen()):
            self._at, self._stories.cycle_s, self._stories.next_deadline_s = asked, None, None
            return True
        return isinstance(asked, Listen) and asked == self._at

    def _begin_wish(self) -> bool:
        listens_on = self._at if isinstance(self._at, Listen) else None
        wish, self._wish = self._wish or listens_on, None
        if wish is None:
            self._at = None
            self._events.clear()  # said unasked
            return False
        self._begin(wish, self._stories.of(wish))
        return True

    def _begin(self, at: Asked | None, story: Story) -> None:
        self._at, self._story = at, story
        self._stories.next_deadline_s = None
        self._advance(None)

    def _advance(self, event: Event) -> None:
        assert self._story is not None
        try:
            self._story.send(event)
        except StopIteration:
            self._story, self._stories.next_deadline_s = None, None
