"""Without the extra `interface` the telephone is answered, and no program is."""

from __future__ import annotations

from importlib.util import find_spec

_LIBRARIES = {"klein": "klein"}


def missing_libraries() -> list[str]:
    """Those of the extra that are not installed, as pip calls them."""
    return [library for module, library in _LIBRARIES.items() if not find_spec(module)]
