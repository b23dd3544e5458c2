"""A thread of its own for work that may wait for a disk."""

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

T = TypeVar("T")


def one_thread(name: str) -> ThreadPool:
    """A pool of one thread."""
    return ThreadPool(minthreads=1, maxthreads=1, name=name)


class Worker:
    """One thread; jobs run one after the other, in the order they came."""

    def __init__(self, reactor: Any, name: str, make_pool: Callable[[str], ThreadPool] = one_thread) -> None:
        self._reactor = reactor
        self._pool = make_pool(name)

    def start(self) -> None:
        self._pool.start()

    def stop(self) -> None:
        """Waits for the running job; give it none that is long."""
        self._pool.stop()

    def run(self, job: Callable[..., T], *args: Any) -> Deferred[T]:
        """Fires in the reactor thread with what the job returns or raises."""
        done: Deferred[T] = deferToThreadPool(self._reactor, self._pool, job, *args)
        return done
