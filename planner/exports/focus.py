"""A plan as a forecast in the shape of FOCUS 1.3, with the contract commitments that it would sign.

Columns: the FinOps Open Cost and Usage Specification, version 1.3 (focus.finops.org), data sets Cost and
Usage and Contract Commitment. Shaped like it and not conformant: nothing was invoiced, a period of the plan
may be longer than a month, a charge does not say which commitment it draws on, and what a plan does not know
is blank.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from planner.answer.signing import AGREED, HELD, SIGN
from planner.exports.zipped import zipped
from planner.inputs import Case
from planner.plan.plan import WEIGHED, Plan

CHARGES = (
    "BilledCost", "EffectiveCost", "ListCost", "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd",
    "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "ChargeClass", "ChargeFrequency",
    "ChargeDescription", "PricingCategory", "ServiceProviderName", "HostProviderName", "InvoiceIssuerName",
    "ServiceCategory", "ServiceName", "RegionId", "RegionName", "BillingAccountId", "SubAccountId",
    "ResourceId", "ContractApplied", "x_Forecast", "x_AssumedCost", "x_VendorGroup",
)  # fmt: skip
"""Columns of ``cost_and_usage.csv``; those of the planner's own begin with ``x_``."""

COMMITMENTS = (
    "ContractCommitmentId", "ContractCommitmentCategory", "ContractCommitmentType",
    "ContractCommitmentDescription", "ContractCommitmentCost", "ContractCommitmentQuantity",
    "ContractCommitmentUnit", "ContractCommitmentPeriodStart", "ContractCommitmentPeriodEnd", "ContractId",
    "ContractPeriodStart", "ContractPeriodEnd", "BillingCurrency", "x_ServiceProviderName", "x_Status",
)  # fmt: skip
"""Columns of ``contract_commitment.csv``."""

_CATEGORY = {"compute": "Compute", "storage": "Storage", "egress": "Networking", "transfer": "Networking"}
_ONCE = ("activation", "migration", "placement", "change")
"""How the terms of what is paid once begin."""


def focus(plan: Plan, case: Case) -> bytes:
    """Both data sets as CSV, with what they are, in one ZIP.

    ``BilledCost`` is cash: over all charges it sums to the plan's cash, tax in rows of its own
    (``ChargeCategory`` Tax).
    """
    sets = {"cost_and_usage.csv": charges(plan, case), "contract_commitment.csv": commitments(plan, case)}
    about = {
        "shape": "FOCUS 1.3", "conformant": False, "forecast": True, "case": plan.head["case"],
        "title": plan.head["title"], "marking": plan.head["marking"],
        "decision_date": plan.head["decision_date"], "prices_as_of": plan.head["prices_as_of"],
        "currency": plan.head["currency"], "left_out": sorted(WEIGHED),
        "why_left_out": "worth in the objective that nobody pays",
        "commitment_cost": "cash with tax that is owed whatever is used",
    }  # fmt: skip
    text = json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    files = {name: frame.to_csv(index=False, lineterminator="\n").encode() for name, frame in sets.items()}
    return zipped({**files, "about.json": text.encode()})


def charges(plan: Plan, case: Case) -> pd.DataFrame:
    """What is paid and accrued, a row a cost line, and the tax of it; columns :data:`CHARGES`."""
    lines = plan.costs[~plan.costs["term"].isin(WEIGHED)]
    lines = lines.merge(plan.periods[["period", "start", "end"]], on="period", how="left")
    net, tax = lines["cash"] - lines["tax"], lines["tax"]
    usage = _frame(plan, case, lines).assign(
        BilledCost=net, EffectiveCost=lines["amortised"], ListCost=lines["list"],
        x_AssumedCost=lines["assumed"],
        ChargeCategory=np.where(lines["term"].str.startswith("commitment"), "Purchase", "Usage"),
    )  # fmt: skip
    taxed = _frame(plan, case, lines).assign(
        BilledCost=tax, EffectiveCost=tax, ListCost=0.0, x_AssumedCost=0.0, ChargeCategory="Tax",
        ChargeDescription=lambda f: "tax on " + f["ChargeDescription"],
    )[tax.to_numpy() != 0]  # fmt: skip
    every: pd.DataFrame = pd.concat([usage, taxed], ignore_index=True).reindex(columns=list(CHARGES))
    return every


def _frame(plan: Plan, case: Case, lines: pd.DataFrame) -> pd.DataFrame:
    """The columns that a line and its tax share."""
    vendors = case.catalog.vendors.set_index("vendor")["name"]
    regions = case.regions.set_index("region")["name"]
    seller = lines["vendor"].map(vendors).fillna(lines["vendor"])
    committed, term = lines["term"].str.startswith("commitment"), lines["term"].astype(str)
    start, end = lines["start"] + "T00:00:00Z", lines["end"] + "T00:00:00Z"
    once = term.str.startswith(_ONCE)
    workload = lines["workload"].where(lines["workload"].notna() & (lines["workload"] != ""), lines["pool"])
    return pd.DataFrame({
        "BillingCurrency": plan.head["currency"], "BillingPeriodStart": start, "BillingPeriodEnd": end,
        "ChargePeriodStart": start, "ChargePeriodEnd": end, "ChargeClass": "",
        "ChargeFrequency": np.select([once, committed], ["One-Time", "Recurring"], "Usage-Based"),
        "ChargeDescription": term, "PricingCategory": np.where(committed, "Committed", "Standard"),
        "ServiceProviderName": seller, "HostProviderName": seller, "InvoiceIssuerName": seller,
        "ServiceCategory": term.map(_CATEGORY).fillna("Other"), "ServiceName": term,
        "RegionId": lines["region"], "RegionName": lines["region"].map(regions),
        "BillingAccountId": plan.head["case"], "SubAccountId": lines["payer"], "ResourceId": workload,
        "ContractApplied": "", "x_Forecast": True, "x_VendorGroup": lines["vendor_group"],
    })  # fmt: skip


def commitments(plan: Plan, case: Case) -> pd.DataFrame:
    """What is to be signed and what is held, a row a commitment; columns :data:`COMMITMENTS`."""
    signing = plan.signing[plan.signing["status"].isin([SIGN, HELD])]
    vendors = case.catalog.vendors.set_index("vendor")["name"]
    rows = []
    for number, line in enumerate(signing.to_dict("records"), 1):
        spend = line["family"] == AGREED
        rows.append({
            "ContractCommitmentId": f"{plan.head['case']}-{number}",
            "ContractCommitmentCategory": "Spend" if spend else "Usage",
            "ContractCommitmentType": str(line["term"]).replace("_", " "),
            "ContractCommitmentDescription": str(line["family"]),
            "ContractCommitmentCost": line["obligation"], "ContractCommitmentQuantity": line["units"],
            "ContractCommitmentUnit": line["unit"],
            "ContractCommitmentPeriodStart": f"{line['start']}T00:00:00Z",
            "ContractCommitmentPeriodEnd": f"{line['end']}T00:00:00Z", "ContractId": line["agreement"],
            "ContractPeriodEnd": f"{line['contract_end']}T00:00:00Z" if line["contract_end"] else "",
            "BillingCurrency": plan.head["currency"],
            "x_ServiceProviderName": vendors.get(line["vendor"], line["vendor"]), "x_Status": line["status"],
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(COMMITMENTS))
