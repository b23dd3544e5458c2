"""Subscriber lines: ports, modem links, one service a line, hot-plug."""
