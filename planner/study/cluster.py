"""Running many tasks on a Dask cluster; needs the extra ``cluster``."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from planner.errors import PlannerError, Unavailable
from planner.study.executor import Task

_ONE = threading.Lock()
"""Held in a worker while it runs a task: one solver at a time, whatever threads the worker has."""

_PATIENCE = "20s"


@dataclass(frozen=True)
class Cluster:
    """On the workers of a running scheduler, e.g. ``tcp://10.0.0.5:8786``.

    The scheduler gives the tasks of a lost worker to others, as often as its setting
    ``distributed.scheduler.allowed-failures`` says. Workers need the planner and the case's files
    under the same paths.
    """

    address: str

    def run(self, function: Task, texts: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Run all; yields as they finish."""
        distributed = _distributed()
        if not texts:
            return
        try:
            client = distributed.Client(self.address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise Unavailable(f"no cluster answers at {self.address} ({error})") from None
        with client:
            futures = {client.submit(_alone, function, text, pure=False): text for text in texts}
            for future in distributed.as_completed(list(futures), loop=client.loop):
                text = futures.pop(future)
                try:
                    result = future.result()
                except distributed.KilledWorker:
                    raise PlannerError(f"workers were lost too often; last with: {text}") from None
                future.release()
                yield text, result


def _alone(function: Task, text: str) -> dict[str, Any]:
    with _ONE:
        return function(text)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        mend = "pip install 'cloud-capacity-planner[cluster]'"
        raise Unavailable(
            f"a cluster needs the package distributed, which is not installed: {mend}"
        ) from None
    return distributed
