"""The fields of a pack: the one description that reading, messages and the reference share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.policy.kinds import KINDS
from planner.policy.notices import STATUSES
from planner.policy.rules import CONFIDENCES, SEVERITIES


@dataclass(frozen=True)
class Field:
    """One field of a section: its type, meaning and an example as it is written.

    ``default`` is what an absent one means; meaningless where it is ``required``.
    """

    name: str
    type: type
    meaning: str
    example: str
    required: bool = True
    default: Any = None


PACK_FIELDS = (
    Field("schema", int, "version of this format; 1", "schema = 1"),
    Field("title", str, "what the pack holds, in one sentence", 'title = "Rules of our ministry"'),
    Field("extends", list, "packs whose rules it takes over; it may make them stricter, never looser",
          'extends = ["own-limits"]', False, []),
    Field("classes", list, "the scheme of classification of its country, the most secret class first",
          'classes = ["secret", "open"]', False, []),
    Field("rule", list, "its rules, each a section", "[[rule]]"),
    Field("notice", list, "what is known of the law and is no rule, each a section", "[[notice]]", False, []),
)  # fmt: skip
"""Keys at the top of a pack."""

RULE_FIELDS = (
    Field("id", str, "a short id, kept for ever", 'id = "OUR-SECRET-01"'),
    Field("kind", str, f"one of {', '.join(KINDS)}", 'kind = "residency"'),
    Field("title", str, "one sentence for people", 'title = "Secret work stays in the country."'),
    Field("severity", str, f"one of {', '.join(SEVERITIES)}", 'severity = "hard"'),
    Field("confidence", str, "; ".join(f"{k} = {v}" for k, v in CONFIDENCES.items()), 'confidence = "C"'),
    Field("instrument", str, "the law, circular or document; for a parameter, what it is",
          'instrument = "Circular 3/2026 of the security office"'),
    Field("clause", str, 'where in it, or "not read"', 'clause = "paragraph 4"'),
    Field("date", str, "date of the source: YYYY, YYYY-MM or YYYY-MM-DD", 'date = "2026-05"'),
    Field("valid_from", date, "first day on which it binds, a TOML date", "valid_from = 2026-07-01"),
    Field("waivable", bool, "whether waivers.csv may lift it", "waivable = false"),
    Field("fix", str, "what a person can do when it blocks",
          'fix = "Choose a region in the country, or have the classification reviewed."'),
    Field("url", str, "where the source can be read",
          'url = "https://example.org/circular-3-2026"', False, ""),
    Field("valid_to", date, "first day on which it no longer binds", "valid_to = 2031-07-01", False),
    Field("supersedes", list, "rules of the packs of a case that end where this one begins",
          'supersedes = ["OWN-SURVIVE-01"]', False, []),
    Field("owner", str, "who answers for the rule", 'owner = "security office"', False, ""),
    Field("reviewer", str, "who checked its reading", 'reviewer = "legal adviser"', False, ""),
    Field("review_by", date, "when it is to be read again", "review_by = 2027-07-01", False),
    Field("verified_by", str, "who compared it with its source",
          'verified_by = "J. Doe, 2026-06-02"', False, ""),
    Field("benchmark", str, "of a parameter: what others chose, or that nothing was found",
          'benchmark = "none was found"', False, ""),
    Field("is_parameter", bool, "whether a case may set its parameters: a choice that no law asks for",
          "is_parameter = false", False, False),
    Field("select", dict, "whom it binds: columns of agency, workload and region with the values that count; "
          "all that are named must fit", 'select.workload.classification = ["secret"]', False, {}),
    Field("parameters", dict, "what its kind asks, see the kinds",
          'parameters.countries = ["MY"]', False, {}),
)  # fmt: skip
"""Fields of a ``[[rule]]``."""

NOTICE_FIELDS = (
    Field("id", str, "a short id, kept for ever", 'id = "OUR-BILL-01"'),
    Field("title", str, "what was decided, said or tabled, in one sentence",
          'title = "A bill on government data was tabled."'),
    Field("status", str, f"one of {', '.join(STATUSES)}", 'status = "bill"'),
    Field("bearing", str, "what it asks, or may come to ask, of where work runs",
          'bearing = "May ask for copies inside the country."'),
    Field("confidence", str, "as of rules", 'confidence = "C"'),
    Field("instrument", str, "the bill, strategy or statement", 'instrument = "Government Data Bill"'),
    Field("date", str, "date of the source: YYYY, YYYY-MM or YYYY-MM-DD", 'date = "2026-10"'),
    Field("url", str, "where it can be read", 'url = "https://example.org/bill"', False, ""),
)  # fmt: skip
"""Fields of a ``[[notice]]``."""

__all__ = ["NOTICE_FIELDS", "PACK_FIELDS", "RULE_FIELDS", "Field"]
