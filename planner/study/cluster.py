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

TLS = (
    "DASK_DISTRIBUTED__COMM__TLS__CA_FILE",
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT",
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY",
)
"""Variables of the environment that name the authority, the certificate and the key of who sends a study."""


@dataclass(frozen=True)
class Cluster:
    """On the workers of a running scheduler, e.g. ``tls://10.0.0.5:8786``.

    With ``tls://`` certificates are those of Dask's own configuration (:data:`TLS`). Nothing listens here:
    this process connects to the scheduler, and workers to each other.

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
        if self.address.startswith("tls:") and not _certified():
            lacking = f"{self.address} needs certificates: set {', '.join(TLS)} to the files in PEM"
            raise Unavailable(lacking)
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


def exposed(address: str) -> bool:
    """Can others on the network read what goes to a scheduler, or send it functions? Not on this machine."""
    scheme, _, host = address.rpartition("://")
    host = host.rpartition(":")[0] or host
    return scheme not in ("tls", "wss", "inproc") and host.strip("[]") not in (
        "127.0.0.1",
        "localhost",
        "::1",
    )


def _certified() -> bool:
    """Does Dask's configuration name an authority, a certificate and its key?"""
    import dask

    names = ("ca-file", "client.cert", "client.key")
    return all(dask.config.get(f"distributed.comm.tls.{name}", None) for name in names)


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
