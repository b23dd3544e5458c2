"""
What callers hear of faxes: a document by its number, in the call in which they ask for it; else later at their number.

The caller is never in silence but while his machine works: he hears a prompt, or music with his place while all
engines are lent. Every wait has a way out; what he has chosen is sent later if he likes, when the same call brings
nothing.

来电者索取文件：同一通话中发送；失败可再试一次，或稍后发送到其传真号码。
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.internet.interfaces import IReactorTime

from callserver.calls.dial_guard import DialClass
from callserver.features.faxing.engines import Engine, Engines, NoEngine
from callserver.features.faxing.letters import Letter, Outbox
from callserver.features.faxing.library import Library
from callserver.features.faxing.rules import Document
from callserver.features.faxing.sessions import Sessions
from callserver.ivr import spoken
from callserver.ivr.dialogue import REPEAT_KEY, TELEPHONE_DIGITS, TRIES, WantsPerson, ask_number, choose, rounds
from callserver.ivr.interfaces import Prompt, Spoken
from callserver.ivr.menu_call import MenuCall
from callserver.wire.states import FaxPhase

LIST_MAX = 20  # nobody listens to more
PLACE_EVERY_S = 30.0
SENT, FAILED, LATER, NO_DOCUMENT, NOT_NOW, RECEIVED = "sent", "failed", "later", "no_document", "not_now", "received"
SEND_OR_OTHER, AGAIN_OR_LATER, LATER_OR_BACK = "fax-send-or-other", "fax-again-or-later", "fax-later-or-back"


@dataclass(frozen=True)
class FaxTalk:
    """
    Implements ivr's Faxes.

    :param wait_s: so long a caller waits for an engine
    :param may_send_to: whether callers may have a fax sent to a number of this class
    """

    clock: IReactorTime
    engines: Engines
    sessions: Sessions
    library: Library
    outbox: Outbox
    classify: Callable[[str], DialClass]
    may_send_to: Callable[[DialClass], bool]
    wait_s: float

    async def give_document(self, call: MenuCall, number: str) -> str:
        """As `ICall.fax_document`."""
        document = await self._document(call, number)
        if document is None:
            return NO_DOCUMENT
        outcome = FAILED
        for prompt, keys in ((AGAIN_OR_LATER, "123"), (LATER_OR_BACK, "23")):
            outcome = await self._send_now(call, document)
            if outcome == SENT:
                await call.say(("fax-sent",))
                return SENT
            if outcome == FAILED:
                await call.say(("fax-failed",))
            key = await choose(call, LATER_OR_BACK if outcome == NOT_NOW else prompt, keys=keys)
            if key != "1":
                return await self._later(call, document) if key == "2" else outcome
        return outcome

    async def receive(self, call: MenuCall) -> str:
        """As `ICall.receive_fax`: nothing is said to a machine."""
        engine = await self._engine(call, told=False)
        if engine is None:
            return NOT_NOW
        came = await self.sessions.receive(call.call, engine)
        return RECEIVED if came.pages else FAILED

    # Which document

    async def _document(self, call: MenuCall, number: str) -> Document | None:
        if not self.engines.n:
            await call.say(("fax-not-now",))
            return None
        if not number and not await self.library.all():
            await call.say(("fax-no-documents",))
            return None
        failures = 0
        for _ in rounds():
            wanted = number or await self._ask(call)
            number = ""
            found = await self.library.find(wanted) if wanted else None
            if found is not None:
                said: list[Prompt] = ["fax-document-is", Spoken(found.title(call.language)), "fax-it-has"]
                said += spoken.number(call.language, found.pages)
                if await choose(call, *said, SEND_OR_OTHER, keys="12") == "1":
                    return found
                continue
            call.forget_keys()
            failures += 1
            if failures == TRIES:
                raise WantsPerson("no document")
            await call.say(("fax-document-unknown",))
        return None

    async def _ask(self, call: MenuCall) -> str:
        """A document's number; a star brings the list first."""
        for _ in rounds():
            keys = await call.collect("fax-enter-document", max_digits=8, end_key="#", first_timeout_s=8.0)
            if keys == "0":
                raise WantsPerson("key 0")
            if REPEAT_KEY not in keys:
                return keys
            await self._tell_list(call)
        return ""

    async def _tell_list(self, call: MenuCall) -> None:
        said: list[Prompt] = []
        for document in (await self.library.all())[:LIST_MAX]:
            said += ["fax-document-number", *spoken.digits(call.language, document.number), "pause"]
            said += [Spoken(document.title(call.language)), "pause"]
        await call.say(said)

    # In this call

    async def _send_now(self, call: MenuCall, document: Document) -> str:
        engine = await self._engine(call)
        if engine is None:
            return NOT_NOW
        try:
            await call.say(("fax-press-start",))
        except BaseException:
            engine.release()
            raise
        came = await self.sessions.send(call.call, engine, Letter(document.file, document.title(call.language)))
        return SENT if came.is_sent else FAILED

    async def _engine(self, call: MenuCall, *, told: bool = True) -> Engine | None:
        """As soon as one is free; None: there is none, or he waits no more."""
        try:
            request = self.engines.request()
        except NoEngine:
            return None
        if request.called:
            return await request
        call.call.tell_doing(FaxPhase.WAIT.value)
        call.call.wait_with_music(True)
        try:
            return await (self._wait(call, request) if told else request.addTimeout(self.wait_s, self.clock))
        except TimeoutError:
            return None
        finally:
            call.call.wait_with_music(False)
            call.call.tell_doing("")
            if not request.called:
                request.cancel()

    async def _wait(self, call: MenuCall, request: Deferred[Engine]) -> Engine | None:
        granted: list[Engine] = []
        request.addCallbacks(granted.append, lambda failure: failure.trap(CancelledError))
        ends_s = self.clock.seconds() + self.wait_s
        call.forget_keys()
        try:
            while not granted and self.clock.seconds() < ends_s:
                await call.say(("fax-all-busy", *_place(call.language, self.engines.place(request))))
                if await self._pressed(call, request):
                    break
        except BaseException:
            for engine in granted:
                engine.release()
            raise
        return granted[0] if granted else None

    async def _pressed(self, call: MenuCall, request: Deferred[Engine]) -> bool:
        """Whether a key comes before the engine, and before it is time to tell his place again."""
        pressed = call.call.keys.when_pressed()
        request.addCallback(lambda _: pressed.cancel())
        try:
            await pressed.addTimeout(PLACE_EVERY_S, self.clock)
        except TimeoutError:
            return False
        except CancelledError:
            if request.called:
                return False
            raise
        call.forget_keys()
        return True

    # Later

    async def _later(self, call: MenuCall, document: Document) -> str:
        number = await self._number(call)
        if not number:
            await call.say(("fax-number-not-possible",))
            return FAILED
        await self.outbox.add(number, Letter(document.file, document.title(call.language)), for_call=call.id)
        await call.say(("fax-later-noted",))
        return LATER

    async def _number(self, call: MenuCall) -> str:
        """That he calls from, if he likes; else one that callers may have faxes sent to; "" if there is none."""
        own = call.caller.known_by or ""
        if own and self._may_be_own(self.classify(own)) and await self._is_right(call, own):
            return own
        number = await ask_number(call, "fax-enter-number", max_digits=TELEPHONE_DIGITS[-1])
        if not self.may_send_to(self.classify(number)) or not await self._is_right(call, number):
            return ""
        return number

    def _may_be_own(self, kind: DialClass) -> bool:
        """Who calls is what the exchange claims: a forged number must not make the shop dial abroad."""
        return kind in (DialClass.LOCAL, DialClass.NATIONAL) or self.may_send_to(kind)

    async def _is_right(self, call: MenuCall, number: str) -> bool:
        said = ("fax-number-is", *spoken.telephone(call.language, number), "number-right-or-again")
        return await choose(call, *said, keys="12") == "1"


def _place(language: str, n_before: int) -> tuple[str, ...]:
    """As in the queue for people: a number alone at the end of a sentence is hardly understood."""
    return ("your-place-in-queue-is", *spoken.place(language, n_before + 1)) if n_before else ("you-are-next",)
