"""What an audit says: findings, each with its rule, subject, numbers and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from planner.errors import UnknownName
from planner.policy.rules import Rule

Status = Literal["pass", "warn", "fail", "exception", "not checked", "report"]
STATUSES: tuple[Status, ...] = ("fail", "exception", "warn", "not checked", "report", "pass")
"""Most telling first. ``exception``: a waiver holds; ``not checked``: something to check it with is
missing from the folder; ``report``: a figure or a rule that does not bind."""


BREACHED = "reported only"
"""How the message of a breach ends that a rule which does not bind is not held to."""


@dataclass(frozen=True)
class Finding:
    """The verdict of one check on one subject.

    Attributes
    ----------
    check
        Kind of rule, or the name of a check that needs no rule (``manifest``, ``costs`` …).
    rule
        Id of the rule; empty for a check that needs none.
    subject
        What it is about, e.g. a workload, or a file.
    numbers
        The figures used, as text.
    label, source, clause, confidence, adopted, fix
        Of the rule; empty without one.
    """

    check: str
    status: Status
    subject: str
    message: str
    numbers: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""
    label: str = ""
    source: str = ""
    clause: str = ""
    confidence: str = ""
    adopted: str = ""
    fix: str = ""

    def as_dict(self) -> dict[str, Any]:
        """All that is not empty."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {k: (dict(v) if isinstance(v, Mapping) else v) for k, v in values.items() if v}

    def sort_key(self) -> tuple[Any, ...]:
        return STATUSES.index(self.status), self.check, self.rule, self.subject, self.message


@dataclass(frozen=True)
class Audit:
    """All findings on one plan, and what they were made with."""

    plan: str
    title: str
    marking: str
    stage: str
    rules_as_of: str
    packs: tuple[str, ...]
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    decisions: tuple[Mapping[str, Any], ...] = ()
    public: bool = False
    """Does the folder call itself a public part of a plan? Then nobody signs it for what it leaves out."""

    def with_findings(self, more: Iterable[Finding]) -> Audit:
        """The same audit with findings from elsewhere."""
        return replace(self, findings=merged([*self.findings, *more]))

    def breaches(self) -> int:
        """Number of breaches of rules that do not bind, of which nobody is kept from signing."""
        return sum(f.status == "report" and BREACHED in f.message for f in self.findings)

    def about(self, workloads: Sequence[str]) -> Audit:
        """The same audit with the decision records of some workloads only.

        Raises
        ------
        UnknownName
            If the plan's case has no such workload.
        """
        known = [str(record["workload"]) for record in self.decisions]
        for name in workloads:
            if name not in known:
                raise UnknownName("workload", name, known)
        return replace(self, decisions=tuple(d for d in self.decisions if d["workload"] in workloads))

    def counts(self) -> dict[str, int]:
        """Number of findings by status, every status named."""
        counted = Counter(f.status for f in self.findings)
        return {status: counted[status] for status in STATUSES}

    def document(self) -> dict[str, Any]:
        """The audit as one JSON document; the same plan gives the same document."""
        return {
            "schema": 1,
            "plan": self.plan,
            "title": self.title,
            "marking": self.marking,
            "stage": self.stage,
            "packs": list(self.packs),
            "counts": self.counts(),
            "summary": self.summary(),
            "findings": [f.as_dict() for f in self.findings],
            "decisions": list(self.decisions),
        }

    def failed(self, strict: bool = False) -> bool:
        """Whether the plan failed; ``strict`` also refuses what could not be checked."""
        counts = self.counts()
        return counts["fail"] > 0 or (strict and counts["not checked"] > 0)

    def summary(self) -> str:
        """The line that ends every audit."""
        counts = self.counts()
        shown = ", ".join(f"{counts[s]} {s}" for s in ("pass", "warn", "fail", "exception", "not checked"))
        breached = self.breaches()
        of = f", of them {breached} breach{'es' if breached > 1 else ''}" if breached else ""
        part = "; a public part, the rest was not checked" if self.public else ""
        return f"{shown}; {counts['report']} reported only{of}{part}"


def of_rule(rule: Rule, status: Status, subject: str, message: str, numbers: Mapping[str, Any]) -> Finding:
    """A finding on a rule: what a rule that does not bind would say is only reported.

    A rule of severity ``warn`` warns where a hard one fails.
    """
    if status == "fail" and rule.severity == "warn":
        status = "warn"
    elif rule.severity == "report" and status in ("fail", "warn", "exception"):
        status = "report"
        message = f"{message} ({BREACHED}: {rule.standing})"
    adopted = f"{rule.adopted_by}, {rule.adopted_on}, {rule.reference}" if rule.adopted_by else ""
    return Finding(
        check=rule.kind,
        status=status,
        subject=subject,
        message=message,
        numbers={k: text(v) for k, v in numbers.items()},
        rule=rule.id,
        label=rule.label(),
        source=rule.source_line(),
        clause=rule.clause,
        confidence=rule.confidence,
        adopted=adopted,
        fix=rule.fix,
    )


def of_limit(
    check: str, subject: str, names: Sequence[str], over: Mapping[int, Decimal], good: str, bad: str
) -> Finding:
    """A finding on a limit of the case by period: ``over`` holds by how much it is broken, and when."""
    if not over:
        return Finding(check, "pass", subject, good)
    message = f"{bad} in {spans(names, over)}"
    return Finding(check, "fail", subject, message, {"too much": text(max(over.values()))})


def text(value: Any) -> str:
    """A figure as text: decimals plain and to nine places, lists joined."""
    if isinstance(value, Decimal):
        rounded = f"{round(value, 9):f}"
        plain = rounded.rstrip("0").rstrip(".") if "." in rounded else rounded
        return "0" if plain in ("", "-0") else plain
    if isinstance(value, (list, tuple)):
        return ", ".join(text(v) for v in value)
    return str(value)


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in order, exact repetitions once."""
    seen: dict[tuple[Any, ...], Finding] = {}
    for finding in findings:
        seen.setdefault(finding.sort_key(), finding)
    return tuple(seen[key] for key in sorted(seen))


def spans(names: Sequence[str], chosen: Iterable[int]) -> str:
    """Periods by number as ranges of names: ``2027-01 to 2027-10, 2028-07``."""
    parts: list[list[int]] = []
    for t in sorted(set(chosen)):
        if parts and parts[-1][1] == t - 1:
            parts[-1][1] = t
        else:
            parts.append([t, t])
    return ", ".join(names[a] if a == b else f"{names[a]} to {names[b]}" for a, b in parts)


def shortened(names: Sequence[str], most: int = 6) -> str:
    """A list of names for a message: the first few and how many more."""
    some = list(dict.fromkeys(names))
    more = f" and {len(some) - most} more" if len(some) > most else ""
    return ", ".join(some[:most]) + more
