"""One rule of a pack as frozen data: what it asks, of whom, on what authority, how sure we are.

Nothing here restricts anything: eligibility and the model read ``severity``, ``kind``, ``select``
and ``parameters``; people read :meth:`Rule.label` and :meth:`Rule.source_line`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["hard", "warn", "report", "evidence"]
Confidence = Literal["A", "B", "C", "D"]
Standing = Literal["in force", "adopted", "not adopted", "not known yet"]

SEVERITIES = ("hard", "warn", "report", "evidence")

CONFIDENCES = {
    "A": "text of an official page or instrument was read",
    "B": "summary by a law firm or regulator, or several independent outlets",
    "C": "one secondary source, or a third party's transcription",
    "D": "inference, or sources disagree: verify first",
}
"""How sure we are of a rule's source (policy sources, 2026-11-23)."""

NEEDS_ADOPTION = ("C", "D")
"""Confidences at which a rule is hard only when the case says who adopted it, when and where."""


@dataclass(frozen=True)
class Rule:
    """One policy statement.

    Attributes
    ----------
    severity
        What the rule does in this case; ``declared_severity`` is what its pack asks. They differ
        when a hard rule is not adopted or was not known at the date of the rules.
    standing
        Why: in force, adopted, not adopted, not known yet.
    select
        Table (workload, region, agency) to column to values; or within a list, and across.
    parameters
        By name, lists as tuples; checked against :mod:`planner.policy.kinds`.
    date
        Date of the source, as far as it is known: YYYY, YYYY-MM or YYYY-MM-DD.
    valid_from, valid_to
        First day on which it binds; first day on which it no longer does.
    superseded_by
        The rule in force that replaces it from ``valid_to`` on; empty if none does.
    is_parameter
        A choice of the government that plans, which no law found requires; ``benchmark`` says
        what others chose.
    """

    id: str
    kind: str
    title: str
    severity: Severity
    declared_severity: Severity
    standing: Standing
    confidence: Confidence
    select: Mapping[str, Mapping[str, tuple[str, ...]]]
    parameters: Mapping[str, Any]
    instrument: str
    clause: str
    url: str
    date: str
    valid_from: datetime.date
    valid_to: datetime.date | None
    supersedes: tuple[str, ...]
    superseded_by: str
    owner: str
    reviewer: str
    review_by: datetime.date | None
    verified_by: str
    waivable: bool
    fix: str
    benchmark: str
    is_parameter: bool
    pack: str
    adopted_by: str = ""
    adopted_on: datetime.date | None = None
    reference: str = ""

    @property
    def figure(self) -> str:
        """Name of the number that it limits something by, ``cap`` or ``floor``; empty if it has none."""
        return next((name for name in ("cap", "floor") if name in self.parameters), "")

    @property
    def limit(self) -> float:
        """That number."""
        return float(self.parameters[self.figure])

    def label(self) -> str:
        """Id with its standing, e.g. ``MY-CLS-02 (C, adopted, to be verified)``."""
        parts: list[str] = ["parameter" if self.is_parameter else self.confidence]
        if self.standing != "in force":
            parts.append(self.standing)
        if self.superseded_by:
            parts.append(f"superseded by {self.superseded_by}")
        elif self.standing == "adopted" and not self.is_parameter:
            parts.append(f"verified by {self.verified_by}" if self.verified_by else "to be verified")
        return f"{self.id} ({', '.join(parts)})"

    def source_line(self) -> str:
        """Where the rule comes from, in one line; a parameter never reads like a law."""
        text = ", ".join(part for part in (self.instrument, self.clause, self.date, self.url) if part)
        if self.is_parameter:
            text = f"parameter, not required by any law found; benchmark: {self.benchmark}; basis: {text}"
        if self.adopted_by:
            text += f"; adopted by {self.adopted_by} on {self.adopted_on}, {self.reference}"
        return text

    def selects(self) -> str:
        """Whom it binds, in words, e.g. ``workload.classification in rahsia, sulit``."""
        parts = [
            f"{table}.{column} in {', '.join(values)}"
            for table, columns in sorted(self.select.items())
            for column, values in sorted(columns.items())
        ]
        return " and ".join(parts) if parts else "everything"
