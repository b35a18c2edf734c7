"""Kinds of rules that say where a workload may be: they decide which (workload, region, period) exist."""

from __future__ import annotations

from planner.catalog.schema import DEPLOYMENTS
from planner.policy.kind import Kind
from planner.policy.parameters import Parameter

ROLES = ("primary", "standby", "backup")

_COUNTRIES = "Countries (ISO 3166) in which the data may lie."

FILTER_KINDS = (
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
        "resilience",
        "filter",
        "Only workloads whose resilience tier keeps at least so much ready elsewhere.",
        (
            Parameter(
                "standby",
                "choice",
                "Where at least it must be kept ready; another group is another region too.",
                allowed=("none", "other_region", "other_group"),
            ),
            Parameter(
                "ready",
                "number",
                "Least part of every machine resource that it needs, kept running there.",
                required=False,
                minimum=0,
                maximum=1,
                stricter="higher",
            ),
            Parameter(
                "stored",
                "number",
                "Least part of all that it stores, kept there.",
                required=False,
                minimum=0,
                maximum=1,
                stricter="higher",
            ),
            Parameter(
                "backup",
                "number",
                "Least part of all that it stores, kept as a backup.",
                required=False,
                minimum=0,
                stricter="higher",
            ),
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
)
