"""What commands say on standard error beside their result."""

from __future__ import annotations

import shlex
from pathlib import Path


def quoted(path: Path | str) -> str:
    """A path as it can be pasted into a shell."""
    return shlex.quote(str(path))
