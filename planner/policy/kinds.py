"""The kinds of rules of this version, each with the schema of its parameters.

A filter decides which (workload, region, period) exist; a row is a constraint of the program; the
others never restrict a plan: evidence is listed as to be obtained, reports are printed beside the
plan. A new kind is one more entry of :data:`KINDS` (and its filter, row or report, and its check).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from planner.case.schema import SIZED, STORED
from planner.catalog.schema import DEPLOYMENTS
from planner.policy.parameters import Parameter

Effect = Literal["filter", "row", "evidence", "report"]

NOT_SELECTED = {
    "carbon": ("agency", "workload"),
    "exit": ("agency", "workload"),
    "budget": ("workload",),
}
"""Tables that a rule of a kind selects nothing of: machines are shared, so they bind the plan as a whole.
What a rule of kind ``budget`` selects of agencies are payers."""

ROLES = ("primary", "standby", "backup")
BASES_OF_SHARE = ("spend", "reference_spend", "resource", "critical")
MEASURES = ("hhi", "largest_share", "cloud_share", "critical_share", "foreign_parent_share")


@dataclass(frozen=True)
class Kind:
    """One kind of rule: what it does to a plan, and its parameters.

    ``planned`` is false for a filter or row that the planner does not know yet: such a rule is not
    enforced by the planner, it is checked by the audit only, and everybody who prints it says so.
    """

    name: str
    effect: Effect
    description: str
    parameters: tuple[Parameter, ...]
    planned: bool = True

    def parameter(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)


_COUNTRIES = "Countries (ISO 3166) in which the data may lie."
_BASIS = Parameter("basis", "choice", "What the share is a share of.", allowed=BASES_OF_SHARE)
_RESOURCE = Parameter(
    "resource",
    "choice",
    "The resource of basis resource.",
    required=False,
    allowed=(*SIZED, *STORED),
)


def _cap(whose: str) -> Parameter:
    return Parameter("cap", "number", f"Largest share of {whose}.", above=0, maximum=1, stricter="lower")


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "residency",
            "filter",
            "Data stay in the countries named, in the roles named.",
            (
                Parameter("countries", "names", _COUNTRIES, stricter="fewer"),
                Parameter(
                    "roles",
                    "choices",
                    "Roles of a placement that it covers.",
                    allowed=ROLES,
                    stricter="more",
                ),
                Parameter(
                    "sovereign",
                    "boolean",
                    "Only on sovereign cloud with evidence?",
                    required=False,
                    stricter="true",
                ),
            ),
        ),
        Kind(
            "deployment",
            "filter",
            "Only the deployment models named, and only in the countries named, if any are.",
            (
                Parameter("allowed", "choices", "Deployment models.", allowed=DEPLOYMENTS, stricter="fewer"),
                Parameter("countries", "names", _COUNTRIES, required=False, stricter="fewer"),
            ),
        ),
        Kind(
            "key_custody",
            "filter",
            "Only workloads whose keys are held in the ways named.",
            (
                Parameter(
                    "allowed",
                    "choices",
                    "Ways of holding keys.",
                    allowed=("customer_hsm", "customer_byok", "provider"),
                    stricter="fewer",
                ),
            ),
        ),
        Kind(
            "vendor_panel",
            "filter",
            "Of the market, only the vendors named.",
            (Parameter("vendors", "names", "Vendor ids, as in vendors.csv.", stricter="fewer"),),
        ),
        Kind(
            "vendor_share",
            "row",
            "No vendor group has more than a share of the contestable load.",
            (
                _cap("one vendor group"),
                _BASIS,
                _RESOURCE,
            ),
        ),
        Kind(
            "minimum_share",
            "row",
            "Some vendor groups have at least a share of the contestable load.",
            (
                Parameter("floor", "number", "Smallest share.", minimum=0, maximum=1, stricter="higher"),
                Parameter("of", "choice", "Whose share.", allowed=("domestic",)),
                _BASIS,
                _RESOURCE,
            ),
        ),
        Kind(
            "certification",
            "filter",
            "Only regions that hold every certificate named (evidence.csv, subject region or vendor).",
            (Parameter("certificates", "names", "Kinds of evidence, one a certificate.", stricter="more"),),
        ),
        Kind(
            "parent_jurisdiction",
            "filter",
            "Of the market, only vendors whose parent is bound by the law of a country named.",
            (Parameter("allowed", "names", "Countries (ISO 3166) of the parent.", stricter="fewer"),),
        ),
        Kind(
            "ownership",
            "filter",
            "Of the market, only vendors whose foreign holders stay within limits (assessments.csv).",
            (
                Parameter(
                    "largest_holder",
                    "number",
                    "Most one of them may hold.",
                    minimum=0,
                    maximum=1,
                    stricter="lower",
                ),
                Parameter(
                    "all_holders",
                    "number",
                    "Most they may hold together.",
                    minimum=0,
                    maximum=1,
                    stricter="lower",
                ),
            ),
        ),
        Kind(
            "sovereignty_floor",
            "filter",
            "Every objective of sovereignty reaches a level at the vendor or region (assessments.csv).",
            (
                Parameter("objectives", "names", "Objectives, as in assessments.csv.", stricter="more"),
                Parameter("floor", "number", "Least level, 0 to 4.", minimum=0, maximum=4, stricter="higher"),
            ),
        ),
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
            "region_share",
            "row",
            "No region has more than a share of the contestable load.",
            (_cap("one region"), _BASIS, _RESOURCE),
        ),
        Kind(
            "jurisdiction_share",
            "row",
            "Vendors whose parent is bound by foreign law have at most a share of the contestable load.",
            (
                _cap("all of them together"),
                Parameter("of", "choice", "Whose share.", allowed=("foreign",)),
                _BASIS,
                _RESOURCE,
            ),
        ),
        Kind(
            "carbon",
            "row",
            "The machines of the plan, in the regions selected, emit at most so much greenhouse gas.",
            (
                Parameter("cap", "number", "Most tonnes CO2e.", minimum=0, stricter="lower"),
                Parameter("per", "choice", "In each of what.", allowed=("year", "period")),
            ),
        ),
        Kind(
            "budget",
            "row",
            "Cash with tax of the payers and regions selected is at most an amount.",
            (
                Parameter("cap", "number", "Most cash with tax.", minimum=0, stricter="lower"),
                Parameter("currency", "names", "Currency of the cap (ISO 4217), that of the case."),
                Parameter(
                    "per", "choice", "In each calendar year, or in all together.", allowed=("year", "horizon")
                ),
                Parameter(
                    "vote",
                    "choice",
                    "Only running cost, or only what is paid once; without it both.",
                    required=False,
                    allowed=("operating", "development"),
                ),
                Parameter(
                    "years",
                    "numbers",
                    "Calendar years that it counts; without it all in which it binds.",
                    required=False,
                    minimum=1900,
                    maximum=3000,
                ),
            ),
        ),
        Kind(
            "exit",
            "row",
            "Leaving a vendor group, at the end of any period, costs at most a share of a year's accrual.",
            (
                Parameter(
                    "cap",
                    "number",
                    "Most that data, labour and what is unpaid may come to, as a share of the accrual.",
                    above=0,
                    stricter="lower",
                ),
                Parameter(
                    "of",
                    "choice",
                    "Whose accrual: of what that vendor group is paid, or of the whole plan.",
                    allowed=("vendor_group", "plan"),
                ),
                Parameter(
                    "waived_by",
                    "names",
                    "Vendors that ask nothing for data that leave in a full exit.",
                    required=False,
                    stricter="fewer",
                ),
                Parameter(
                    "labour",
                    "number",
                    "Money of the case for moving a whole workload; without it that of [migration].",
                    required=False,
                    minimum=0,
                    stricter="higher",
                ),
            ),
        ),
        Kind(
            "latency",
            "row",
            "The latency targets that workloads state are met.",
            (
                Parameter(
                    "statistic",
                    "choice",
                    "Which round trip is held to it; this version compares means only.",
                    allowed=("mean",),
                ),
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
}
"""All kinds by name."""


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
