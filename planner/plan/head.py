"""What ``plan.json`` states: the case, the totals, what is open, and the record of the run.

An entry is one field here, and one line in ``planner/audit/cells.py`` on how the audit accounts for it.
``docs/plan.schema.json`` is written from these records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from planner.plan.record import Record, entry


@dataclass(frozen=True, kw_only=True)
class ExchangeRate(Record):
    """An exchange rate of the case."""

    currency: str = entry("currency that a price is stated in")
    year: int = entry("year that it holds in")
    rate: float = entry("units of the case's currency for one unit, before the buffer")
    buffer: float = entry("part of the rate that is added to it")
    basis: str = entry("how it was got")
    source: str = entry("where it comes from")
    as_of: str = entry("day of the source")


@dataclass(frozen=True, kw_only=True)
class RegionStatus(Record):
    """What was last said of a region that the plan uses."""

    region: str = entry("its id")
    status: str = entry("what was said")
    confirmed: str = entry("day of that")
    table: str = entry("table that says so")


@dataclass(frozen=True, kw_only=True)
class LeftOpen(Record):
    """Something that the inputs do not state."""

    about: str = entry("subject, e.g. capacity")
    text: str = entry("what is not stated")
    remedy: str = entry("how to state it")


@dataclass(frozen=True, kw_only=True)
class Unstated(Record):
    """What the inputs leave open."""

    count: int = entry("how many things")
    left: tuple[LeftOpen, ...] = entry("each of them")


@dataclass(frozen=True, kw_only=True)
class Carbon(Record):
    """Greenhouse gas of what runs."""

    tonnes: float = entry("t CO2e over the horizon")
    by_period: Mapping[str, float] = entry("t CO2e of each period")
    unknown: tuple[str, ...] = entry("regions whose machines are in no sum: energy or grid is not stated")


@dataclass(frozen=True, kw_only=True)
class EgressBill(Record):
    """What data sent to the internet cost, by how tiers of volume are counted."""

    tiers: str = entry("how the plan counts them: first-paid or exact")
    first_paid: float = entry("all at the price of the first paid tier, before tax, undiscounted")
    exact: float = entry("each GiB at the price of its tier, before tax, undiscounted")


@dataclass(frozen=True, kw_only=True)
class PlannedAgain(Record):
    """What planning again changed of an earlier plan."""

    freeze: int = entry("first periods that stay as they were")
    change_price: float = entry("money of the objective for moving one whole workload")
    changed: float = entry("whole workloads that are elsewhere, as a sum of shares over periods")
    changed_workloads: tuple[str, ...] = entry("which")
    free_objective: float = entry("objective of the plan that keeps to nothing")


@dataclass(frozen=True, kw_only=True)
class Traces(Record):
    """How good slices of hourly traces are."""

    levels: int = entry("distinct levels of load")
    slices: int = entry("slices that they were merged to")
    bound: float | None = entry(
        "objective with loads rounded down, null if there is no such plan", left_out=True
    )


@dataclass(frozen=True, kw_only=True)
class Head(Record):
    """What ``plan.json`` begins with; money is in ``currency``."""

    schema_: int = entry("number of this form of a plan folder", key="schema")
    case: str = entry("id of the case")
    title: str = entry("title of the case")
    synthetic: bool = entry("whether its workloads are invented")
    marking: str = entry("marking that every page carries, blank if none")
    home_country: str = entry("country of the case (ISO 3166)")
    currency: str = entry("currency of the case (ISO 4217)")
    decision_date: str = entry("day of the decision")
    prices_as_of: str = entry("day that prices are taken of")
    rules_as_of: str = entry("day that rules are taken of")
    status: Literal["optimal", "stopped"] = entry("proved within the gap, or stopped before")
    objective: float = entry("discounted cash with the tail less its credit")
    cash: float = entry("what is paid, with tax, undiscounted")
    amortised: float = entry("cost of what is used, before tax, undiscounted")
    assumed: float = entry("part of amortised that rests on assumed prices")
    tail_liability: float = entry("what falls due after the horizon")
    contestable_share: float = entry("part of amortised that two vendor groups or more could have had")
    foreign_currency_share: float = entry("part of amortised that is priced in another currency")
    oldest_price: str = entry("day of the oldest price that is paid, blank if none is")
    newest_price: str = entry("day of the newest price that is paid, blank if none is")
    exchange: tuple[ExchangeRate, ...] = entry("exchange rates of the case")
    not_adopted: tuple[str, ...] = entry("rules that are weaker here than their pack asks")
    unpriced_regions: tuple[str, ...] = entry("regions that are known but sell nothing at a known price")
    region_status: tuple[RegionStatus, ...] | None = entry("regions used, as last confirmed", left_out=True)
    unstated: Unstated = entry("what the inputs leave open")
    carbon: Carbon | None = entry("greenhouse gas, where the case states figures of it", left_out=True)
    egress: EgressBill | None = entry("data sent to the internet, where there are any", left_out=True)
    year_begins: int | None = entry("month in which financial years begin, if not January", left_out=True)
    outlived: tuple[str, ...] | None = entry("commitments that outlive their contract", left_out=True)
    agreements: Mapping[str, bool] | None = entry(
        "spend commitments, and whether they are signed", left_out=True
    )
    replan: PlannedAgain | None = entry("what planning again changed", left_out=True)
    traces: Traces | None = entry("how good slices of hourly traces are", left_out=True)
    fixed: str | None = entry("file of the placements that were held", left_out=True)
    breaks: tuple[str, ...] | None = entry("rules and limits that held placements break", left_out=True)
    public: bool | None = entry("true in a public part of a plan", left_out=True)
    in_part: tuple[str, ...] | None = entry("tables of a public part without some rows", left_out=True)


@dataclass(frozen=True, kw_only=True)
class Contestable(Record):
    """A workload that two vendor groups or more could have."""

    workload: str = entry("its name")
    from_: str = entry("first period", key="from")
    to: str = entry("last period")


@dataclass(frozen=True, kw_only=True)
class Run(Record):
    """The record of the run: versions, sizes, status, gap, residuals, ranges of coefficients."""

    planner: str = entry("version of the planner")
    libraries: Mapping[str, str] = entry("versions of what it computes with")
    status: Literal["optimal", "stopped"] = entry("as in the head")
    solver_word: str = entry("the solver's own word for its status")
    rendering: str = entry("how the program was handed to the solver")
    ties: str = entry("how plans of equal cost were told apart")
    columns: Mapping[str, int] = entry("columns of the program by family")
    rows: Mapping[str, int] = entry("rows of the program by family")
    entries: int = entry("coefficients that are not zero")
    coefficients: tuple[float, ...] = entry("smallest and largest coefficient")
    costs: tuple[float, ...] = entry("smallest and largest coefficient of the objective")
    money_unit: float = entry("units of money that one unit of the program's objective is")
    objective: float = entry("objective of the solution")
    dual_objective: float | None = entry("objective of the duals; null where they do not hold")
    integers: int = entry("columns that must be whole")
    gap: float | None = entry("distance to the bound, as a part of the objective", left_out=True)
    bound: float | None = entry("no plan costs less", left_out=True)
    gap_allowed: float | None = entry("gap at which the search ends", left_out=True)
    effort: float | None = entry("effort of the search, in times the usual", left_out=True)
    ended: Literal["gap", "effort"] | None = entry("why the search ended", left_out=True)
    duals: str = entry("whether duals hold, and of which program")
    residual: float | None = entry("largest violation of a row or bound; null if not known")
    iterations: int = entry("iterations of the simplex")
    contestable: tuple[Contestable, ...] = entry("workloads that two vendor groups or more could have")


def schema() -> dict[str, object]:
    """The JSON Schema of ``plan.json``."""
    head = Head.schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plan.json: what a plan states beside its tables",
        **head,
        "properties": {**head["properties"], "run": {"description": "record of the run", **Run.schema()}},
        "required": [*head["required"], "run"],
    }
