"""The kinds of rules of this version, each with the schema of its parameters.

A filter decides which (workload, region, period) exist; a row is a constraint of the program; the
others never restrict a plan: evidence is listed as to be obtained, reports are printed beside the
plan. A new kind is one more entry of :data:`KINDS` (and its filter, row or report, and its check).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.policy.filter_kinds import FILTER_KINDS
from planner.policy.kind import Kind
from planner.policy.parameters import Parameter
from planner.policy.row_kinds import ROW_KINDS

MEASURES = ("hhi", "largest_share", "cloud_share", "critical_share", "foreign_parent_share")

OTHER_KINDS = (
    Kind(
        "sovereignty_score",
        "report",
        "Weighted score of the plan, 0 to 100; never offsets a failed floor.",
        (
            Parameter("profile", "names", "Name and date of the profile of weights."),
            Parameter("objectives", "names", "Objectives, as in assessments.csv."),
            Parameter("weights", "weights", "Their weights, summing to 100.", minimum=0, maximum=100),
            Parameter("bands", "numbers", "Where the bands begin, rising.", minimum=0),
        ),
    ),
    Kind(
        "evidence",
        "evidence",
        "References to obtain before an award; never restricts a plan.",
        (Parameter("kinds", "names", "Kinds of reference, as in evidence.csv.", stricter="more"),),
    ),
    Kind(
        "approvals",
        "evidence",
        "Approvals that a project needs by its value (cash with tax over the horizon).",
        (
            Parameter("threshold", "number", "Value from which the second list holds.", minimum=0),
            Parameter("currency", "names", "Currency of the threshold (ISO 4217)."),
            Parameter("below", "names", "Kinds of reference below it.", stricter="more"),
            Parameter("from", "names", "Kinds of reference from it on.", stricter="more"),
        ),
    ),
    Kind(
        "freshness",
        "evidence",
        "References that must be no older than so many days at the decision.",
        (
            Parameter("kinds", "names", "Kinds of reference, as in evidence.csv.", stricter="more"),
            Parameter("days", "number", "Oldest age allowed.", minimum=1, stricter="lower"),
        ),
    ),
    Kind(
        "report",
        "report",
        "A figure printed beside the plan with the bands it falls into; never restricts a plan.",
        (
            Parameter("measure", "choice", "Which figure.", allowed=MEASURES),
            Parameter("bands", "numbers", "Where the bands begin, rising.", minimum=0),
        ),
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (*FILTER_KINDS, *ROW_KINDS, *OTHER_KINDS)}
"""All kinds by name."""

SHARE_KINDS = tuple(kind.name for kind in ROW_KINDS if kind.of_shares)
"""Kinds that limit a share of something."""


def parameter_faults(kind: Kind, parameters: Mapping[str, Any]) -> list[tuple[str, Any, str, str]]:
    """Everything wrong with the parameters of a rule: (name, value, problem, mend)."""
    faults = []
    for name, value in parameters.items():
        schema = kind.parameter(name)
        if schema is None:
            mend = f"Kind {kind.name} has {', '.join(p.name for p in kind.parameters)}."
            faults.append((name, value, f"is no parameter of kind {kind.name}", mend))
        elif fault := schema.fault(value):
            faults.append((name, value, fault, schema.description))
    for schema in kind.parameters:
        if schema.required and schema.name not in parameters:
            faults.append((schema.name, "", "is missing", schema.description))
    has_resource = "resource" in parameters
    if "basis" in parameters and has_resource != (parameters["basis"] == "resource"):
        mend = "State resource with basis resource, and only then."
        faults.append(("resource", parameters.get("resource", ""), "does not fit the basis", mend))
    return faults
