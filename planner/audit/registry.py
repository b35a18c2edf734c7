"""Which check runs for which kind of rule, and which run always.

A kind without a check here cannot be judged: a test holds the two lists together.
"""

from __future__ import annotations

from collections.abc import Mapping

from planner.audit.checks import (
    affinity,
    assumed,
    budget,
    capacity,
    carbon,
    cells,
    costs,
    counted,
    due,
    egress,
    evidence,
    excuses,
    exit,
    facts,
    filters,
    frozen,
    held,
    idle,
    latency,
    latency_recorded,
    limits,
    machines,
    manifest,
    offered,
    owners,
    periods,
    placing,
    record,
    reports,
    resilience,
    shares,
    shares_recorded,
    survival,
    waivers,
    weights,
)
from planner.audit.context import Check, RuleCheck
from planner.audit.filters import FILTERS

KINDS: Mapping[str, RuleCheck] = {
    **dict.fromkeys(FILTERS, filters.check),
    "vendor_share": shares.caps,
    "region_share": shares.caps,
    "jurisdiction_share": shares.caps,
    "minimum_share": shares.floors,
    "carbon": carbon.check,
    "exit": exit.check,
    "budget": budget.by_rule,
    "survival": survival.by_rule,
    "latency": latency.check,
    "evidence": evidence.check,
    "freshness": evidence.fresh,
    "approvals": evidence.approvals,
    "report": reports.check,
    "sovereignty_score": reports.score,
}
"""Kind of rule to its check."""

ALWAYS: Mapping[str, Check] = {
    "manifest": manifest.check,
    "cells": cells.check,
    "record": record.check,
    "whole": placing.whole,
    "undivided": placing.undivided,
    "facts": facts.check,
    "periods": periods.check,
    "frozen": frozen.kept,
    "places": filters.built_in,
    "resilience": resilience.check,
    "survival": survival.check,
    "excuses": excuses.check,
    "waivers": waivers.check,
    "enough": capacity.enough,
    "machines": machines.check,
    "capacity": capacity.within,
    "budget": budget.check,
    "ceiling": limits.ceiling,
    "moves": limits.moves,
    "affinity": affinity.check,
    "dependencies": limits.near,
    "prices": costs.prices,
    "costs": costs.lines,
    "owners": owners.check,
    "assumed": assumed.check,
    "counted": counted.check,
    "held": held.paid,
    "due": due.check,
    "idle": idle.check,
    "carbon-recorded": carbon.recorded,
    "egress-recorded": egress.recorded,
    "shares-recorded": shares_recorded.recorded,
    "latency-recorded": latency_recorded.recorded,
    "latency-weighed": weights.weighed,
    "signing": offered.signing,
    "leaving": offered.leaving,
    "options": offered.options,
}
"""Checks that need no rule; they ask whether the plan is what it says and holds together."""
