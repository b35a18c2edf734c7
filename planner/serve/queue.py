"""One solve at a time, a short queue, and no work for answers that nobody waits for any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class Busy(Exception):
    """Too many wait already."""


class Stale(Exception):
    """The same visitor has asked something newer."""


class Queue:
    """Lets one caller through at a time; refuses beyond ``most`` who wait.

    A visitor numbers his questions: when one is reached that is not his newest, it is not worked on.
    """

    def __init__(self, most: int) -> None:
        self._most, self._waiting = most, 0
        self._newest: dict[str, int] = {}
        self._lock, self._turn = threading.Lock(), threading.Lock()

    def run(self, work: Callable[[], T], visitor: str = "", number: int = 0) -> T:
        """Do some work when it is its turn.

        Raises
        ------
        Busy
            If too many wait.
        Stale
            If the visitor has asked something newer meanwhile.
        """
        with self._place(visitor, number), self._turn:
            if visitor and self._newest.get(visitor, 0) > number:
                raise Stale
            return work()

    @contextmanager
    def _place(self, visitor: str, number: int) -> Iterator[None]:
        with self._lock:
            if self._waiting >= self._most:
                raise Busy
            self._waiting += 1
            if visitor:
                if len(self._newest) > 1000:
                    self._newest.clear()
                self._newest[visitor] = max(number, self._newest.get(visitor, 0))
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1
