"""Without the extra `documents` faxes are received and kept, and TIFF files of fax pages sent; no more."""

from __future__ import annotations

from importlib.util import find_spec

_LIBRARIES = {"PIL": "pillow", "pypdfium2": "pypdfium2"}


def missing_libraries() -> list[str]:
    """Those of the extra that are not installed, as pip calls them: then nothing is drawn, and no header line."""
    return [library for module, library in _LIBRARIES.items() if not find_spec(module)]
