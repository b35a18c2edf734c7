"""An audit as text, JSON, JUnit, SARIF, OSCAL or a page; every one escapes what it prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from planner.audit.findings import Audit
from planner.audit.formats.data import as_json, junit
from planner.audit.formats.oscal import oscal
from planner.audit.formats.page import page
from planner.audit.formats.sarif import sarif
from planner.audit.formats.table import table

FORMATS: Mapping[str, Callable[[Audit, datetime], str]] = {
    "table": table,
    "json": as_json,
    "junit": junit,
    "sarif": sarif,
    "oscal": oscal,
    "html": page,
}
"""Name of a format to its writer, which takes the audit and the time at which it was made (UTC)."""
