"""A picture of the first screen of a report: ``python docs/screenshot.py REPORT.html FILE.png``.

Taken with Chromium without a network, at the width of a laptop, in at most 64 colours so that it stays small.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTH, HEIGHT = 1280, 860
_COLOURS = 64
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def take(report: Path, picture: Path) -> bool:
    """Write the picture of a report; false, and nothing written, where there is no Chromium."""
    from PIL import Image

    browser = next((path for path in map(shutil.which, _NAMES) if path), None)
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as name:
        raw = Path(name) / "raw.png"
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--hide-scrollbars", "--force-prefers-reduced-motion", f"--user-data-dir={name}/profile",
             f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={raw}", report.resolve().as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        with Image.open(raw) as seen:
            seen.convert("RGB").quantize(_COLOURS).save(picture, optimize=True)
    return True


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if not take(Path(sys.argv[1]), Path(sys.argv[2])):
        sys.exit("no Chromium found: install one to take the picture")
