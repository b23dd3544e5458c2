"""For `twistd -y tap/callserver.tac`: the shop in $CALLSERVER_SHOP, or in ./shop."""

import os

from twisted.application.service import Application

from callserver.server.twistd import Options, makeService

options = Options()
options["shop"] = os.environ.get("CALLSERVER_SHOP", "shop")
application = Application("callserver")
makeService(options).setServiceParent(application)
