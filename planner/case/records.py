"""What is on record beside a case: waivers of rules, evidence obtained, assessments of vendors."""

from __future__ import annotations

from planner.tables import Column, Table

WAIVERS = Table(
    "waivers",
    ("rule", "workload", "region"),
    (
        Column("rule", "id", "The rule that is waived; it must be waivable."),
        Column("workload", "id", "As in workloads.csv; blank = any.", blank=True),
        Column("region", "id", "Region key; blank = any.", blank=True),
        Column("reason", "text", "Why."),
        Column("approver", "text", "Who approved it."),
        Column("expires", "date", "It holds in periods that end on or before this day."),
    ),
    "Rules that were waived, by whom, why and until when; counted apart by every audit.",
    required=False,
)

EVIDENCE = Table(
    "evidence",
    ("subject", "kind", "reference"),
    (
        Column(
            "subject", "id", "Workload, region, vendor, agency, project, workload/region, or the case's id."
        ),
        Column("kind", "id", "Kind of reference, as a rule names it."),
        Column("reference", "text", "Number or name of the document."),
        Column("date", "date", "Its date."),
    ),
    "Approvals, consultations, certificates and assessments obtained.",
    required=False,
)

ASSESSMENTS = Table(
    "assessments",
    ("subject", "measure", "date"),
    (
        Column("subject", "id", "Region or vendor."),
        Column(
            "measure", "id", "Objective (level 0 to 4), largest_foreign_holder or foreign_holders (share)."
        ),
        Column("value", "number", "Level or share.", minimum=0, maximum=4),
        Column("reference", "text", "Who assessed it, and where."),
        Column("date", "date", "Its date; of several the latest counts."),
    ),
    "What was found out about a vendor's or region's sovereignty and ownership.",
    required=False,
)

RECORDS = (WAIVERS, EVIDENCE, ASSESSMENTS)
