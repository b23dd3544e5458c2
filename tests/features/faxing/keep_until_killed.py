"""A process for tests: keeps received pages one after the other, and says so of each, until it is killed."""

import sys
from itertools import count
from pathlib import Path

from callserver.fax.page import Coding
from callserver.fax.t4.encoding import encode
from callserver.fax.t30.documents import PageForm, ReceivedPage
from callserver.features.faxing.papers import Papers
from tests.fax.pages import text_like


def main(folder: Path) -> None:
    papers = Papers(folder)
    for number in count():
        page = text_like(200, seed=number % 4)
        form = PageForm(page.width, page.resolution, Coding.MMR)
        papers.keep("came.tif", ReceivedPage(number, form, encode(page, Coding.MMR), None))
        print(number + 1, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
