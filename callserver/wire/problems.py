"""What goes wrong with files and the network, in words."""

from errno import EDQUOT, ENOSPC

from callserver.wire.catalogue import N_, Sentence
from callserver.wire.messages import Phrase

DISK_FULL = (ENOSPC, EDQUOT)


def why(problem: BaseException) -> Sentence | str:
    """What went wrong, for people: of a disk, what a shop calls it."""
    if isinstance(problem, Sentence):
        return problem
    if isinstance(problem, OSError) and problem.errno in DISK_FULL:
        return Phrase(N_("the disk is full"))
    return (problem.strerror if isinstance(problem, OSError) else None) or str(problem) or type(problem).__name__
