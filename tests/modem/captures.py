"""The bytes that lie in tests/captures."""

from pathlib import Path

FOLDER = Path(__file__).parent.parent / "captures"


def capture(name: str) -> bytes:
    """All of one capture."""
    return (FOLDER / f"{name}.bin").read_bytes()
