"""Home Assistant's modem library: say who calls, then reject the call. Argument: the port."""

import asyncio
import sys

from phone_modem import PhoneModem


async def main(port: str) -> None:
    known = asyncio.Event()
    modem = PhoneModem(incomingcallback=lambda state: known.set() if state == PhoneModem.STATE_CALLERID else None)
    await modem.initialize(port)
    print("ready", flush=True)
    await asyncio.wait_for(known.wait(), 40)
    print(modem.cid_number, modem.cid_name, flush=True)
    await modem.reject_call()
    await asyncio.sleep(0.5)
    await modem.close()


asyncio.run(main(sys.argv[1]))
