"""The kinds of rules of this version, each with the schema of its parameters.

A filter decides which (workload, region, period) exist; a row is a constraint of the program; the
others never restrict a plan: evidence is listed as to be obtained, reports are printed beside the
plan. A new kind is one more entry of :data:`KINDS` (and its filter, row or report, and its check).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from planner.case.schema import SIZED, STORED
from planner.catalog.schema import DEPLOYMENTS

Effect = Literal["filter", "row", "evidence", "report"]
ParameterType = Literal["number", "boolean", "choice", "names", "choices", "numbers"]

ROLES = ("primary", "standby", "backup")
BASES_OF_SHARE = ("spend", "reference_spend", "resource", "critical")
MEASURES = ("hhi", "largest_share", "cloud_share", "critical_share", "foreign_parent_share")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a kind.

    ``names`` is a list of names, ``choices`` a list out of ``allowed``, ``choice`` one of
    ``allowed``, ``numbers`` a rising list. Bounds are inclusive; ``above`` is exclusive.
    """

    name: str
    type: ParameterType
    description: str
    required: bool = True
    minimum: float = -math.inf
    above: float = -math.inf
    maximum: float = math.inf
    allowed: tuple[str, ...] = ()

    def fault(self, value: Any) -> str:
        """What is wrong with a value of TOML, in words; empty if nothing is."""
        if self.type == "boolean":
            return "" if isinstance(value, bool) else "is neither true nor false"
        if self.type == "choice":
            return "" if value in self.allowed else f"is none of {', '.join(self.allowed)}"
        if self.type == "number":
            return self._number_fault(value)
        if not isinstance(value, (list, tuple)) or not value:
            return "is not a list with at least one entry"
        if self.type == "numbers":
            faults = [fault for fault in map(self._number_fault, value) if fault]
            if not faults and list(value) != sorted(set(value)):
                faults = ["does not rise"]
            return faults[0] if faults else ""
        if not all(isinstance(v, str) and v and v.isprintable() for v in value):
            return "is not a list of names"
        if len(set(value)) != len(value):
            return "names something twice"
        unknown = [v for v in value if self.allowed and v not in self.allowed]
        return f"holds {unknown[0]!r}, allowed are {', '.join(self.allowed)}" if unknown else ""

    def _number_fault(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return "is not a number"
        if value < self.minimum or value <= self.above or value > self.maximum:
            low = f"above {self.above:g}" if self.above > -math.inf else f"at least {self.minimum:g}"
            high = f" and at most {self.maximum:g}" if self.maximum < math.inf else ""
            return f"is not {low}{high}"
        return ""


def freeze(parameter: Parameter, value: Any) -> Any:
    """A checked value as the rule holds it: lists become tuples, whole numbers become floats."""
    if parameter.type == "numbers":
        return tuple(float(v) for v in value)
    if isinstance(value, list):
        return tuple(value)
    return float(value) if parameter.type == "number" else value


@dataclass(frozen=True)
class Kind:
    """One kind of rule: what it does to a plan, and its parameters."""

    name: str
    effect: Effect
    description: str
    parameters: tuple[Parameter, ...]

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

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "residency",
            "filter",
            "Data stay in the countries named, in the roles named.",
            (
                Parameter("countries", "names", _COUNTRIES),
                Parameter("roles", "choices", "Roles of a placement that it covers.", allowed=ROLES),
                Parameter("sovereign", "boolean", "Only on sovereign cloud with evidence?", required=False),
            ),
        ),
        Kind(
            "deployment",
            "filter",
            "Only the deployment models named, and only in the countries named, if any are.",
            (
                Parameter("allowed", "choices", "Deployment models.", allowed=DEPLOYMENTS),
                Parameter("countries", "names", _COUNTRIES, required=False),
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
                ),
            ),
        ),
        Kind(
            "vendor_panel",
            "filter",
            "Of the market, only the vendors named.",
            (Parameter("vendors", "names", "Vendor ids, as in vendors.csv."),),
        ),
        Kind(
            "vendor_share",
            "row",
            "No vendor group has more than a share of the contestable load.",
            (
                Parameter("cap", "number", "Largest share of one vendor group.", above=0, maximum=1),
                _BASIS,
                _RESOURCE,
            ),
        ),
        Kind(
            "minimum_share",
            "row",
            "Some vendor groups have at least a share of the contestable load.",
            (
                Parameter("floor", "number", "Smallest share.", minimum=0, maximum=1),
                Parameter("of", "choice", "Whose share.", allowed=("domestic",)),
                _BASIS,
                _RESOURCE,
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
            (Parameter("kinds", "names", "Kinds of reference, as in evidence.csv."),),
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
