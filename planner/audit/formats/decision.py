"""A decision record as lines of text, the same in every format that holds text only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def told(record: Mapping[str, Any]) -> list[str]:
    """Where and why, what was open, each rule with verdict and slack, the first rule against each place."""
    who = ", ".join(
        part for part in (record["agency"], record["classification"], record["nccp_tier"]) if part
    )
    lines = [f"{record['workload']} ({who})"]
    lines += [f"placed: {p['region']}: {part(p)}" for p in record["placed"]]
    lines.append(f"why: {record['why']}")
    lines.append(f"open to it: {', '.join(record['open']) or 'nothing'}")
    lines += [f"rule {r['rule']} on {r['subject']}: {r['verdict']}; {judged(r)}" for r in record["rules"]]
    lines += [f"rejected: {r['region']}: {blocked(r)}" for r in record["rejected"]]
    return lines


def part(placed: Mapping[str, Any]) -> str:
    """Role, share and periods of a placement."""
    return f"{placed['role']}, {placed['share']}, {placed['periods']}"


def judged(rule: Mapping[str, Any]) -> str:
    """Slack, if there is one, and message of an evaluated rule."""
    slack = f"slack {rule['slack']}; " if rule["slack"] else ""
    return f"{slack}{rule['message']}"


def blocked(rejected: Mapping[str, Any]) -> str:
    """The first rule against a region, while it holds, and why."""
    return f"{rejected['rule']} in {rejected['periods']}: {rejected['reason']}"
