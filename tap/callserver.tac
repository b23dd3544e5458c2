"""For `twistd -y tap/callserver.tac`: the shop in $CALLSERVER_SHOP, in ./shop, or in the checkout's."""

from twisted.application.service import Application

from callserver.server.shop_folder import default_shop
from callserver.server.twistd import Options, makeService

options = Options()
options["shop"] = str(default_shop())
application = Application("callserver")
makeService(options).setServiceParent(application)
