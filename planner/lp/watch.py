"""Watching over a command's programs: a limit of time for all of them, Ctrl-C, and how far they are.

Both wind a command down instead of breaking it off: a program that is stopped gives its incumbent if it has
one, each one after it ends at once, and what was found by then is the answer, with its gap. This stands in
the context and not in arguments: every program of a command, however deep, must end by the same moment.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Thread, current_thread, main_thread
from typing import Any

import numpy as np

_LOOK = 0.1
"""Seconds between two looks at a program that runs."""
_PATIENCE = 1.5
"""Seconds that a solver has to come to rest after Ctrl-C; then it is left to itself."""


def nobody(words: str) -> None:
    """Nobody looks."""


@dataclass
class Watch:
    """What holds for all programs of a command.

    Attributes
    ----------
    until
        Moment (of ``time.perf_counter``) at which all must have ended.
    tell
        Is told what is being done, and how far it is, several times a second.
    interrupted
        Whether Ctrl-C stopped a program.
    """

    until: float = np.inf
    tell: Callable[[str], None] = nobody
    interrupted: bool = False
    stage: str = ""

    def interrupt(self) -> None:
        """Let all end now, after Ctrl-C: there is something to give."""
        self.interrupted, self.until = True, 0.0

    @property
    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.until - time.perf_counter())

    @property
    def ended(self) -> str:
        """Why all must end now, in words; blank as long as there is time."""
        if self.interrupted:
            return "interrupted"
        return "" if self.left > 0 else "the time limit was reached"


_CURRENT: ContextVar[Watch | None] = ContextVar("watch", default=None)


def current() -> Watch:
    """The watch that holds now; by default one without limits."""
    return _CURRENT.get() or Watch()


@contextmanager
def watched(seconds: float | None = None, tell: Callable[[str], None] = nobody) -> Iterator[Watch]:
    """Watch over all programs inside: ``seconds`` for all of them (no limit by default)."""
    watch = Watch(np.inf if seconds is None else time.perf_counter() + seconds, tell)
    token = _CURRENT.set(watch)
    try:
        yield watch
    finally:
        _CURRENT.reset(token)


def stage(words: str) -> None:
    """Say what is being done now."""
    watch = current()
    watch.stage = words
    watch.tell(words)


@dataclass
class Run:
    """A run of HiGHS: how it ended, and its incumbent so far if it searches in whole numbers.

    Attributes
    ----------
    status
        HiGHS's own; ``None`` if it did not come to rest after Ctrl-C and was left to itself.
    x, bound
        The incumbent, ``None`` without one, and the dual bound.
    """

    stage: str
    status: Any = None
    x: np.ndarray | None = None
    bound: float = -np.inf
    words: str = ""
    cancelled: bool = False

    def look(self, event: Any) -> None:
        """Take the figures of a call from HiGHS, and stop it if that was asked for."""
        steps = max(event.data_out.simplex_iteration_count, event.data_out.ipm_iteration_count)
        self.words = f"{self.stage}: {steps:,} steps" if steps > 0 else self.stage
        if self.cancelled:
            event.interrupt()

    def look_at_nodes(self, event: Any) -> None:
        """The same for branch and bound."""
        data = event.data_out
        self.bound = max(self.bound, data.mip_dual_bound)
        gap = f"gap {data.mip_gap:.2%}" if np.isfinite(data.mip_gap) else "no plan yet"
        self.words = f"{self.stage}: {gap}, {max(0, data.mip_node_count):,} nodes"
        if self.cancelled:
            event.interrupt()

    def take_incumbent(self, event: Any) -> None:
        """Keep a solution that is better than those before."""
        self.x = np.array(event.data_out.mip_solution)


_left_alone: list[Thread] = []


def running() -> bool:
    """Does a solver still run that did not come to rest? Then the process must end without waiting for it."""
    return any(thread.is_alive() for thread in _left_alone)


def run(highs: Any) -> Run:
    """Run HiGHS, so that Ctrl-C ends it within two seconds, and say how far it is.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C came before there was an incumbent.
    """
    watch = current()
    ran = Run(watch.stage)
    if current_thread() is not main_thread():
        ran.status = highs.run()  # signals reach the main thread only
        return ran
    with _called_back(highs, ran):
        worker = Thread(target=lambda: setattr(ran, "status", highs.run()), daemon=True)
        worker.start()
        try:
            while worker.is_alive():
                worker.join(_LOOK)
                if ran.words and worker.is_alive():
                    watch.tell(ran.words)
        except KeyboardInterrupt:
            ran.cancelled = True
            worker.join(_PATIENCE)
            if worker.is_alive():
                _left_alone.append(worker)
                # Python may not end below a solver: at its next call it comes to rest.
                atexit.register(worker.join)
            if ran.x is None:
                raise
            watch.interrupt()
    return ran


@contextmanager
def _called_back(highs: Any, ran: Run) -> Iterator[None]:
    calls = (
        (highs.cbSimplexInterrupt, ran.look),
        (highs.cbIpmInterrupt, ran.look),
        (highs.cbMipInterrupt, ran.look_at_nodes),
        (highs.cbMipImprovingSolution, ran.take_incumbent),
    )
    for callback, look in calls:
        callback.subscribe(look)
    try:
        yield
    finally:
        if ran.status is not None:
            for callback, look in calls:
                callback.unsubscribe(look)
