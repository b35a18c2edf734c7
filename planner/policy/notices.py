"""What is known of the law and is no rule: bills, strategies, statements, and laws that no rule here checks.

A notice restricts nothing, is judged by no audit, and always shows its status first, so that what is not law
is never shown as law. When it comes to bind, a rule takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.policy.rules import NEEDS_ADOPTION

STATUSES = {
    "law": "law in force, checked by no rule of this pack",
    "not applicable": "law that does not bind these users",
    "guideline": "guideline, not law",
    "strategy": "strategy or plan, not law",
    "bill": "bill, not law",
    "statement": "statement, not law",
}
"""Status of a notice, and how it is shown."""


@dataclass(frozen=True)
class Notice:
    """One thing to know.

    Attributes
    ----------
    title
        What was decided, said or tabled, in one sentence.
    bearing
        What it asks, or may come to ask, of where work runs.
    confidence
        How sure we are of the source, as of rules.
    date
        Date of the source: YYYY, YYYY-MM or YYYY-MM-DD.
    """

    id: str
    title: str
    status: str
    bearing: str
    confidence: str
    instrument: str
    date: str
    url: str = ""

    def label(self) -> str:
        """Id with its status, e.g. ``X-1 [bill, not law; C, to be verified]``."""
        sure = f"{self.confidence}, to be verified" if self.confidence in NEEDS_ADOPTION else self.confidence
        return f"{self.id} [{STATUSES[self.status]}; {sure}]"

    def source_line(self) -> str:
        """Where it comes from, in one line."""
        return ", ".join(part for part in (self.instrument, self.date, self.url) if part)
