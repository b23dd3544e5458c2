"""What is wrong in a menu file: a line and a sentence."""

from callserver.wire.catalogue import Complaint


class Fault(Complaint):
    """
    Why a menu cannot be loaded, and what to do.

    :param line: in the file, from 1
    """

    def __init__(self, msgid: str, /, line: int, **details: object) -> None:
        super().__init__(msgid, **details)
        self.line = line


class Remark(Fault):
    """
    What may not be meant: the menu is loaded all the same.

    :param code: by which a comment `# allow L3` above the line silences it; "": nothing does
    """

    def __init__(self, msgid: str, /, line: int, code: str = "", **details: object) -> None:
        super().__init__(msgid, line, **details)
        self.code = code
