"""One way to run many tasks: here, one after the other, or in local processes, with the same results.

Each finished task is kept as a file at once, under a key of everything its result depends on, so
that an interrupted study resumes where it stopped and gives the same bytes. A lost worker costs a
retry of the tasks that it had, nothing else.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import Any, Protocol

from planner import atomic
from planner.errors import PlannerError

RETRIES = 2
"""How often a task is tried again after its worker was lost."""

Task = Callable[[str], dict[str, Any]]


class Executor(Protocol):
    """Runs a function of a text for many texts; yields (text, result) as they finish."""

    def run(self, function: Task, texts: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Run all; the order of results is that of finishing."""
        ...


class Serial:
    """In this process, in order."""

    def run(self, function: Task, texts: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        for text in texts:
            yield text, function(text)


@dataclass(frozen=True)
class Processes:
    """In so many local processes; ``function`` must be importable by them."""

    count: int

    def run(self, function: Task, texts: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        left = dict.fromkeys(texts, 0)
        while left:
            lost = False
            with self._pool() as pool:
                open_: dict[Future[dict[str, Any]], str] = {pool.submit(function, t): t for t in left}
                while open_:
                    done, _ = wait(open_, return_when=FIRST_COMPLETED)
                    for future in done:
                        text = open_.pop(future)
                        try:
                            result = future.result()
                        except BrokenProcessPool:
                            lost = True
                            continue
                        del left[text]
                        yield text, result
            if lost:
                left = {text: tries + 1 for text, tries in left.items()}
                if min(left.values()) > RETRIES:
                    raise PlannerError(
                        f"workers were lost {RETRIES + 1} times; still to run: {', '.join(left)}"
                    )

    def _pool(self) -> ProcessPoolExecutor:
        # Spawned, not forked: a solver's threads do not survive a fork.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.count, mp_context=context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    """Let this worker end when the process that started it does, however that ended: nobody else would.

    A worker that waits for its next task holds both ends of the queue, so it would wait for ever.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel
        threading.Thread(target=lambda: (wait_for([sentinel]), os._exit(1)), daemon=True).start()


@dataclass(frozen=True)
class Kept:
    """Finished runs in a folder: one JSON file a task, named by the hash of what it depends on."""

    folder: Path
    depends: str

    def _path(self, text: str) -> Path:
        key = hashlib.sha256(f"{self.depends}\n{text}".encode()).hexdigest()[:32]
        return self.folder / f"{key}.json"

    def get(self, text: str) -> dict[str, Any] | None:
        """The kept result of a task; ``None`` if there is none that can be read."""
        try:
            kept: dict[str, Any] = json.loads(self._path(text).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return kept

    def put(self, text: str, result: dict[str, Any]) -> None:
        """Keep a result, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        atomic.write_over(self._path(text), json.dumps(result, allow_nan=False).encode())


def run_all(
    executor: Executor,
    function: Task,
    texts: Sequence[str],
    kept: Kept | None = None,
    told: Callable[[str, bool], None] | None = None,
) -> list[dict[str, Any]]:
    """Results of all tasks, in their order, whichever executor ran them.

    Parameters
    ----------
    kept
        Where finished runs are kept and looked for.
    told
        Called with each finished task and whether it had been kept from before.
    """
    results: dict[str, dict[str, Any]] = {}
    for text in texts:
        before = kept.get(text) if kept is not None else None
        if before is not None:
            results[text] = before
            if told is not None:
                told(text, True)
    todo = [text for text in dict.fromkeys(texts) if text not in results]
    for text, result in executor.run(function, todo):
        if kept is not None:
            kept.put(text, result)
        results[text] = result
        if told is not None:
            told(text, False)
    return [results[text] for text in texts]
