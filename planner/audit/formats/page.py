"""An audit as one plain page without scripts; everything that comes from the plan is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from planner.audit.findings import STATUSES, Audit, Finding

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}
th,td{border-bottom:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}
td{overflow-wrap:anywhere}
.marking{font-weight:bold;letter-spacing:.1em}
"""


def page(audit: Audit, when: datetime) -> str:
    """Summary, findings by status, decision records."""
    title = escape(f"Audit of {audit.plan}")
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        f"<style>{_STYLE}</style></head><body>",
        f'<p class="marking">{escape(audit.marking)}</p>' if audit.marking else "",
        f"<h1>{title}</h1>",
        f"<p>{escape(audit.title)}</p>",
        f"<p>Stage {escape(audit.stage)}; rules: {escape(', '.join(audit.packs))}; "
        f"made {when:%Y-%m-%d %H:%M} UTC.</p>",
        f"<p><strong>{escape(audit.summary())}</strong></p>",
    ]
    for status in STATUSES:
        found = [f for f in audit.findings if f.status == status]
        if found:
            parts.append(f"<h2>{escape(status.capitalize())} ({len(found)})</h2>")
            parts.append(
                _grid(("rule or check", "subject", "finding", "numbers", "source"), map(_cells, found))
            )
    if audit.decisions:
        parts.append("<h2>Decisions</h2>")
        parts += [_decision(record) for record in audit.decisions]
    return "\n".join(part for part in [*parts, "</body></html>"] if part) + "\n"


def _cells(finding: Finding) -> tuple[str, ...]:
    numbers = "; ".join(f"{k}: {v}" for k, v in finding.numbers.items())
    return finding.label or finding.check, finding.subject, finding.message, numbers, finding.source


def _decision(record: Mapping[str, Any]) -> str:
    placed = [(p["region"], p["role"], p["share"], p["periods"]) for p in record["placed"]]
    rules = [(r["rule"], r["subject"], r["verdict"], r["slack"], r["message"]) for r in record["rules"]]
    rejected = [(r["region"], r["rule"], r["reason"], r["periods"]) for r in record["rejected"]]
    why, open_to = record["why"].capitalize(), ", ".join(record["open"]) or "nothing"
    return "\n".join(
        (
            f"<h3>{escape(record['workload'])}</h3>",
            f"<p>{escape(why)}. Open to it: {escape(open_to)}.</p>",
            _grid(("region", "role", "share", "periods"), placed),
            _grid(("rule", "subject", "verdict", "slack", "finding"), rules),
            _grid(("rejected", "first rule", "reason", "periods"), rejected),
        )
    )


def _grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
