"""Files of faxes: what is written page by page comes back, and no kill loses a confirmed page."""

import os
import random
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.page import Coding, Page, Resolution
from callserver.fax.tiff.directory import MAX_PAGES, TiffError
from callserver.fax.tiff.reader import read_tiff, stored_pages
from callserver.fax.tiff.writer import Layout, Quality, append_page
from tests.fax.pages import any_pages, blank, text_like

LAYOUTS = st.builds(Layout, st.sampled_from(Coding), st.booleans(), st.integers(1, 20))
TOP = Path(__file__).parents[3]
ENDLESS_RECEPTION = """
import sys
from pathlib import Path
from callserver.fax.tiff.writer import append_page
from tests.fax.pages import text_like
for seed in range(90):
    append_page(Path(sys.argv[1]), text_like(40, seed=seed))
    print(seed, flush=True)
"""


class Killed(BaseException):
    """The process ends here."""


class Dying:
    """Within it the process dies before its n-th call that changes or syncs a file, and half of that write is done."""

    def __init__(self, step: int) -> None:
        self._left = step
        self._write, self._sync = os.pwrite, os.fdatasync

    def __enter__(self) -> None:
        os.pwrite, os.fdatasync = self._dying_write, self._dying_sync

    def __exit__(self, *_: object) -> None:
        os.pwrite, os.fdatasync = self._write, self._sync

    def _dying_write(self, handle: int, octets: bytes, at: int) -> int:
        self._left -= 1
        if not self._left:
            if len(octets) > 4:  # four octets in one sector are written or not
                self._write(handle, octets[: len(octets) // 2], at)
            raise Killed
        return self._write(handle, octets, at)

    def _dying_sync(self, handle: int) -> None:
        self._left -= 1
        if not self._left:
            raise Killed
        self._sync(handle)


class WriterTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp()).absolute()

    def assert_pages(self, pages: list[Page]) -> None:
        kept = list(read_tiff(self.path))
        self.assertEqual([(page.width, page.resolution) for page in kept], [(p.width, p.resolution) for p in pages])
        for page, expected in zip(kept, pages, strict=True):
            np.testing.assert_array_equal(page.rows, expected.rows)

    @settings(max_examples=100, deadline=None)
    @given(st.lists(any_pages().filter(lambda page: len(page.rows)), max_size=3), LAYOUTS)
    def test_any_pages(self, pages: list[Page], layout: Layout) -> None:
        """What is written comes back pel by pel, in every coding, bit order and number of strips."""
        self.path.unlink(missing_ok=True)
        for page in pages:
            append_page(self.path, page, layout=layout)
        if pages:
            self.assert_pages(pages)

    def test_what_was_counted(self) -> None:
        """With a received page its bad rows are kept."""
        append_page(self.path, text_like(40), Quality(bad_rows=3, longest_bad_run=2))
        with self.path.open("rb") as file:
            self.assertEqual([page.bad_rows for page in stored_pages(file)], [3])

    def test_nothing_received(self) -> None:
        """A page without any row keeps its number: it is one white row."""
        append_page(self.path, blank(0))
        self.assertEqual([page.rows.shape for page in read_tiff(self.path)], [(1, 216)])

    def test_full(self) -> None:
        """A file takes a hundred pages; the next is refused, and the hundred are still there."""
        for _ in range(MAX_PAGES):
            append_page(self.path, blank(2))
        refused = self.assertRaises(TiffError, append_page, self.path, blank(2))
        self.assertIn("100 pages", str(refused))
        self.assertEqual(len(list(read_tiff(self.path))), MAX_PAGES)

    def test_killed_between_any_two_steps(self) -> None:
        """Wherever in the writing of a page the process dies, the pages before it are there, and the next goes on."""
        pages = [text_like(40, seed=seed) for seed in range(2)]
        for page in pages:
            append_page(self.path, page)
        whole = self.path.read_bytes()
        for step in range(1, 5):
            self.path.write_bytes(whole)
            with Dying(step):
                self.assertRaises(Killed, append_page, self.path, text_like(40, seed=2))
            kept = len(list(read_tiff(self.path)))
            self.assertIn(kept, (2, 3))
            self.assertTrue(kept == 2 or step > 3)
            append_page(self.path, text_like(40, seed=3))
            self.assertEqual(len(list(read_tiff(self.path))), kept + 1)

    def test_order_of_the_disk(self) -> None:
        """A page is on disk before anything points to it, and the pointer before the page is confirmed."""
        append_page(self.path, text_like(40))
        steps: list[str] = []
        write, sync = os.pwrite, os.fdatasync

        def noted_write(handle: int, octets: bytes, at: int) -> int:
            steps.append("link" if len(octets) == 4 else "page")
            return write(handle, octets, at)

        def noted_sync(handle: int) -> None:
            steps.append("sync")
            sync(handle)

        self.patch(os, "pwrite", noted_write)
        self.patch(os, "fdatasync", noted_sync)
        append_page(self.path, text_like(40))
        self.assertEqual(steps, ["page", "sync", "link", "sync"])

    def test_killed_any_time(self) -> None:
        """kill -9 at any moment of a reception: every page that was confirmed is in the file, as it was."""
        for attempt in range(3):
            path = Path(self.mktemp()).absolute()
            with subprocess.Popen(
                [sys.executable, "-c", ENDLESS_RECEPTION, str(path)], stdout=subprocess.PIPE, text=True, cwd=TOP
            ) as child:
                assert child.stdout is not None
                n_heard = random.Random(attempt).randint(1, 8)
                confirmed = [child.stdout.readline() for _ in range(n_heard)]
                child.send_signal(signal.SIGKILL)
                confirmed += child.stdout.readlines()
            kept = list(read_tiff(path))
            self.assertGreaterEqual(len(kept), len(confirmed))
            for seed, page in enumerate(kept):
                np.testing.assert_array_equal(page.rows, text_like(40, seed=seed).rows)

    def test_disk_full(self) -> None:
        """With no room for a page it is an error, the file is as it was, and it goes on when there is room."""
        append_page(self.path, text_like(40))
        before = self.path.read_bytes()
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 500, limits[1]))
        try:
            self.assertRaises(OSError, append_page, self.path, text_like(600))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        self.assertEqual(self.path.read_bytes(), before)
        append_page(self.path, text_like(60, resolution=Resolution.STANDARD))
        self.assertEqual(len(list(read_tiff(self.path))), 2)
