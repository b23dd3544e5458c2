"""The settings of a small shop, for tests that write them with something in them changed."""

SETTINGS = {
    "server": {},
    "exchange": {"country": "cn"},
    "agents": {"port": "0"},
    "recording": {"announce": "yes"},
    "line 1": {"device": "emulated"},
}
