"""A menu of one's own, as an example: takes a message. Use it with `menu = message` in config.ini."""

from zope.interface import implementer

from callserver.ivr.interfaces import ICall, IMenu


@implementer(IMenu)
class Message:
    """'Please leave a message after the tone': records it and thanks."""

    name = "message"

    async def run(self, call: ICall) -> None:
        await call.answer()
        await call.play("welcome", "beep-record")
        await call.record(max_s=180, silence_s=5)
        await call.play("thank-you", "goodbye")


message = Message()
