"""What stands for the server's whole life is not looked through for garbage again and again while calls are on."""

import gc


def keep_what_stands() -> None:
    """
    Look once, before the reactor runs; what is there now is left out of all later collections.

    Imports, catalogues and tables are hundreds of thousands of objects: a full collection over them holds every line
    for 65-70 ms (`benchmarks.load`, "gc 2"). What calls leave behind is little, and still collected.
    """
    gc.collect()
    gc.freeze()
