"""Lets twistd find the server: twistd callserver --shop DIR."""

from twisted.application.service import ServiceMaker

callserver = ServiceMaker("callserver", "callserver.server.twistd", "Call-centre telephone server.", "callserver")
