"""The application of the page behind an address, until it is told to end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn

from planner.inputs import Case
from planner.serve.app import application


def run(case: Case, host: str, port: int, allowed: tuple[str, ...], started: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; ``started`` gets the address once it listens."""
    with TemporaryDirectory(prefix="planner-") as folder:
        names = (host, "localhost", "127.0.0.1", "[::1]", *allowed)
        config = uvicorn.Config(
            application(case, Path(folder), tuple(dict.fromkeys(names))), host=host, port=port,
            log_level="warning", access_log=False, server_header=False, date_header=False,
            timeout_graceful_shutdown=1, limit_concurrency=200,
        )  # fmt: skip
        _Announced(config, started).run()


class _Announced(uvicorn.Server):
    """A server that says where it listens, as the port may be any that is free."""

    def __init__(self, config: uvicorn.Config, started: Callable[[str], None]) -> None:
        super().__init__(config)
        self._listening = started

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.config.host, self.servers[0].sockets[0].getsockname()[1]
            self._listening(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
