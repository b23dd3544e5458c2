"""'Report a fault': the caller is connected with the office near him. Use it with `menu = report-fault`."""

from zope.interface import implementer

from callserver.ivr.interfaces import ICall, IMenu


@implementer(IMenu)
class ReportFault:
    """Asks nothing but, where his number does not tell, where he lives."""

    name = "report-fault"

    async def run(self, call: ICall) -> None:
        await call.answer()
        await call.play("welcome")
        await call.transfer_to_office(note="fault")


report_fault = ReportFault()
