"""A small world on disk: a case folder with its own catalog, network and rules.

Tests state only what they are about; everything else has the plainest value. Nothing here knows the
code under test: it writes the files a user would write.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

PROVENANCE = {"basis": "assumed", "source": "test", "as_of": "2026-01-01"}
COLUMNS = {
    "vendors": "vendor name vendor_group parent_jurisdiction stack_group market basis source as_of",
    "regions": "region vendor name city country deployment status opens node zones lat lon sovereign "
    "serves_agency basis source as_of",
    "skus": "SkuId region family category architecture vcpu memory_gib baseline_vcpu accelerator "
    "accelerator_count resource basis source as_of",
    "prices": "SkuId term PricingCategory PricingUnit ListUnitPrice PricingCurrency valid_from valid_to "
    "basis source as_of upfront",
    "transfer": "region destination from_gib PricingUnit ListUnitPrice PricingCurrency valid_from valid_to "
    "basis source as_of",
    "accelerators": "accelerator memory_gib gpu_inference gpu_training own_stack basis source as_of",
    "interconnects": "vendor family accelerator accelerator_count interconnect basis source as_of",
    "benchmarks": "vendor family benchmark per_vcpu basis source as_of",
    "regions_history": "region date fact zones note basis source as_of",
    "grid": "region kg_per_kwh basis source as_of",
    "energy": "resource vendor kwh_per_hour basis source as_of",
    "workloads": "workload agency project funding classification nccp_tier critical_national ncii "
    "personal_data critical key_custody platform architecture burstable_ok spot_ok divisible min_units "
    "pod_vcpu pod_memory_gib resilience latency_ms latency_share spot_share least_share most_regions "
    "card_memory_gib cards_together interconnect cards_permitted",
    "demand": "workload resource period amount",
    "users": "workload site period users",
    "capacity": "subject resource period payer amount basis source as_of",
    "agencies": "agency level state payer",
    "current": "workload region role share",
    "loads": "workload slice factor",
    "yields": "workload sku resource amount basis source as_of",
    "contracts": "contract vendor reseller discount margin tax currency ceiling valid_from valid_to "
    "notice_days basis source",
    "private_prices": "contract sku term price currency basis source as_of",
    "discounts": "contract family term discount basis source as_of",
    "held_commitments": "payer sku term start units",
    "spend_commitments": "agreement vendor payer status start months amount currency discount up_to "
    "basis source as_of",
    "placement_costs": "workload region when amount currency basis source",
    "activation": "subject amount currency basis source payer",
    "vendor_costs": "vendor payer region kind period from_amount share minimum currency basis source as_of",
    "move_limits": "agency workload period amount",
    "earlier_placements": "workload region period role share",
    "earlier_commitments": "pool sku term period units",
    "budgets": "agency year vote amount currency",
    "capacity_groups": "group region family category sku",
    "resilience": "tier standby vcpu memory_gib gpu block_gib object_gib backup",
    "affinity": "kind workload other region value",
    "dependencies": "from_workload to_workload period gib_per_month latency_ms",
    "waivers": "rule workload region reason approver expires",
    "evidence": "subject kind reference date",
    "assessments": "subject measure value reference date",
    "nodes": "node kind name city state country lat lon population rural access note basis source as_of",
    "links": "a b name kind rtt_us low_us high_us p95_us note basis source as_of",
    "measured": "from to statistic window rtt_us error_us basis source as_of",
    "sources": "source what where stated licence",
}
CATALOG = (
    "vendors",
    "regions",
    "skus",
    "prices",
    "transfer",
    "accelerators",
    "interconnects",
    "benchmarks",
    "regions_history",
    "grid",
    "energy",
)
NETWORK = ("nodes", "links", "measured", "sources")
LEFT_OUT = (
    "upfront", "spot_share", "least_share", "most_regions", "card_memory_gib", "cards_together",
    "interconnect", "cards_permitted",
)  # fmt: skip
OPTIONAL = ("accelerators", "interconnects", "benchmarks", "regions_history", "grid", "energy")


@dataclass
class World:
    """Rows by table, and what ``case.toml`` says; :meth:`write` makes the folder.

    Amounts may be given by period as a list; a single figure holds from the first period on.
    ``catalogs`` names shipped packages to use instead of a catalog of its own. Machines are bought in parts,
    which is how tests by hand reckon, unless ``whole`` is true (studies too) or ``None`` (as users get it).
    """

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    rules: list[dict[str, Any]] = field(default_factory=list)
    periods: int = 1
    months: int = 3
    start: str = "2027-01"
    discount_rate: float = 0.0
    year_begins: int = 1
    headroom: float | None = None
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)
    openings: list[tuple[str, str]] = field(default_factory=list)
    rates: list[tuple[str, int, float, float]] = field(default_factory=list)
    prices_as_of: str = "2026-11-23"
    catalogs: list[str] = field(default_factory=list)
    slices: dict[str, float] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)
    migration: dict[str, Any] = field(default_factory=dict)
    placing: dict[str, Any] = field(default_factory=dict)
    replan: dict[str, Any] = field(default_factory=dict)
    traces: dict[str, Any] = field(default_factory=dict)
    survive: list[str] = field(default_factory=list)
    whole: bool | None = False
    carbon: dict[str, Any] = field(default_factory=dict)
    latency: dict[str, Any] = field(default_factory=dict)
    fit: dict[str, Any] = field(default_factory=dict)
    exact_tiers: bool = False
    classes: tuple[str, ...] = ("rahsia_besar", "rahsia", "sulit", "terhad", "rasmi", "terbuka")
    unadopted: str = ""
    adopt: dict[str, Any] = field(default_factory=dict)
    outside: tuple[str, ...] | None = None
    """Places of today outside the catalogs; None: all that no catalog describes."""

    # What is sold

    def vendor(self, vendor: str, group: str = "", jurisdiction: str = "XX", market: bool = True) -> World:
        return self.add(
            "vendors",
            vendor=vendor,
            name=vendor.upper(),
            vendor_group=group or vendor,
            parent_jurisdiction=jurisdiction,
            market=market,
        )

    def region(
        self, region: str, country: str = "MY", deployment: str = "in_country_public", **more: Any
    ) -> World:
        values = {
            "vendor": region.split(":")[0],
            "name": region,
            "country": country,
            "deployment": deployment,
            "status": "live",
            "node": region,
            "lat": 3,
            "lon": 101,
            "sovereign": "unknown",
        }
        return self.add("regions", region=region, **{**values, **more})

    def machine(
        self,
        region: str,
        name: str,
        vcpu: float,
        memory: float,
        price: float | None,
        currency: str = "MYR",
        **more: Any,
    ) -> World:
        """A machine with an on-demand price an hour; ``None`` leaves it without a price."""
        sku = f"{region}:{name}"
        values = {"family": name, "category": "general", "architecture": "x86"}
        self.add("skus", SkuId=sku, region=region, vcpu=vcpu, memory_gib=memory, **{**values, **more})
        return self if price is None else self.price(sku, price, "Hour", PricingCurrency=currency)

    def accelerator(
        self, name: str, inference: float, training: float, memory: float = 80, own_stack: bool = False
    ) -> World:
        """A card, how many reference cards it equals, and whether it needs software made for it."""
        return self.add(
            "accelerators",
            accelerator=name,
            memory_gib=memory,
            gpu_inference=inference,
            gpu_training=training,
            own_stack=own_stack,
        )

    def grid(self, **kg_per_kwh: float) -> World:
        """kg CO2e a kWh of the region x of each vendor; one vCPU draws 0.01 kWh an hour."""
        self.add("energy", resource="vcpu", kwh_per_hour=0.01)
        for vendor, value in kg_per_kwh.items():
            self.add("grid", region=f"{vendor}:x", kg_per_kwh=value)
        return self

    def carbon_price(self, price: float, currency: str = "MYR") -> World:
        """What a tonne is worth to the case."""
        self.carbon = {"price": price, "currency": currency, **TOML_PROVENANCE}
        return self

    def latency_worth(self, worth: float, currency: str = "MYR") -> World:
        """What a millisecond less is worth to 1,000 users in a month."""
        self.latency = {"worth": worth, "currency": currency, **TOML_PROVENANCE}
        return self

    def store(self, region: str, resource: str, price: float, name: str = "", currency: str = "MYR") -> World:
        """Storage with a price a GiB-month."""
        sku = f"{region}:{name or resource}"
        category = resource.split("_")[0]
        self.add("skus", SkuId=sku, region=region, family=category, category=category, resource=resource)
        return self.price(sku, price, "GiB-Month", PricingCurrency=currency)

    def price(self, sku: str, price: float, unit: str, **more: Any) -> World:
        values = {
            "term": "on_demand",
            "PricingCategory": "Standard",
            "PricingUnit": unit,
            "ListUnitPrice": price,
            "PricingCurrency": "MYR",
            "valid_from": "2026-01-01",
        }
        return self.add("prices", SkuId=sku, **{**values, **more})

    def egress(self, region: str, price: float, from_gib: float = 0, currency: str = "MYR") -> World:
        return self.add(
            "transfer",
            region=region,
            destination="internet",
            from_gib=from_gib,
            PricingUnit="GiB",
            ListUnitPrice=price,
            PricingCurrency=currency,
            valid_from="2026-01-01",
        )

    def rate(self, currency: str, year: int, rate: float, buffer: float = 0.0) -> World:
        """An exchange rate of a year, with its buffer."""
        self.rates.append((currency, year, rate, buffer))
        return self

    # The network

    def node(self, node: str, kind: str, **more: Any) -> World:
        values = {"name": node, "city": node, "country": "MY", "lat": 3, "lon": 101, "rural": False}
        return self.add("nodes", node=node, kind=kind, **{**values, **more})

    def link(self, a: str, b: str, ms: float, kind: str = "land", p95_ms: float | None = None) -> World:
        """A link with its mean round trip, and its 95th percentile (the mean if none is given)."""
        us, slow = round(ms * 1000), round((ms if p95_ms is None else p95_ms) * 1000)
        return self.add(
            "links", a=a, b=b, name=f"{a} to {b}", kind=kind, rtt_us=us, low_us=us, high_us=slow, p95_us=slow
        )

    # What is needed

    def agency(self, agency: str, level: str = "federal", state: str = "", payer: str = "") -> World:
        return self.add("agencies", agency=agency, level=level, state=state, payer=payer)

    def workload(
        self, workload: str, agency: str = "mof", demand: Mapping[str, Any] | None = None, **more: Any
    ) -> World:
        """A workload with its demand: resource to amount, or to a list of amounts by period."""
        if agency not in {row["agency"] for row in self.tables["agencies"]}:
            self.agency(agency)
        values = {
            "agency": agency,
            "classification": "terbuka",
            "nccp_tier": "public",
            "critical_national": False,
            "ncii": False,
            "personal_data": False,
            "critical": False,
            "key_custody": "provider",
            "platform": "vm",
            "architecture": "any",
            "burstable_ok": False,
            "spot_ok": False,
            "divisible": True,
            "min_units": 1,
            "resilience": "none",
        }
        self.add("workloads", workload=workload, **{**values, **more})
        for resource, amount in (demand or {"vcpu": 4, "memory_gib": 16}).items():
            for period, value in self._by_period(amount):
                self.add("demand", workload=workload, resource=resource, period=period, amount=value)
        return self

    def users(self, workload: str, **by_site: float | list[float]) -> World:
        """Users by site."""
        for site, users in by_site.items():
            for period, value in self._by_period(users):
                self.add("users", workload=workload, site=site, period=period, users=value)
        return self

    def capacity(self, subject: str, resource: str, amount: float | list[float], payer: str = "") -> World:
        for period, value in self._by_period(amount):
            self.add("capacity", subject=subject, resource=resource, period=period, payer=payer, amount=value)
        return self

    def today(self, workload: str, region: str, share: float = 1.0) -> World:
        """Where a workload runs before the horizon begins."""
        return self.add("current", workload=workload, region=region, role="primary", share=share)

    # What workloads ask of one another and of their region

    def tier(self, tier: str, standby: str = "none", ready: float = 0.0, backup: float = 0.0) -> World:
        """A resilience tier: where it stands ready, with which part of everything, and its backup."""
        parts = dict.fromkeys(("vcpu", "memory_gib", "gpu", "block_gib", "object_gib"), ready)
        return self.add("resilience", tier=tier, standby=standby, backup=backup, **parts)

    def affinity(self, kind: str, workload: str, other: str = "", region: str = "", value: Any = "") -> World:
        return self.add("affinity", kind=kind, workload=workload, other=other, region=region, value=value)

    def depends(self, sender: str, receiver: str, gib: float, latency_ms: Any = "") -> World:
        """Data that one workload sends another each month, and how close they must be."""
        return self.add(
            "dependencies",
            from_workload=sender,
            to_workload=receiver,
            period=self.period(0),
            gib_per_month=gib,
            latency_ms=latency_ms,
        )

    # Terms, contracts and limits

    def committed(
        self, sku: str, price: float, years: int = 1, currency: str = "MYR", paid: str = "", upfront: Any = ""
    ) -> World:
        """A price an hour for one or three years; the case still has to offer the term.

        ``paid`` is blank, partial or upfront; ``upfront`` the part that is paid at the start.
        """
        term = f"commit_{years}y" + (f"_{paid}" if paid else "")
        more = {"term": term, "PricingCategory": "Committed", "PricingCurrency": currency, "upfront": upfront}
        return self.price(sku, price, "Hour", **more)

    def spot(self, sku: str, price: float, currency: str = "MYR") -> World:
        """A spot price an hour; the case still has to offer the term."""
        more = {"term": "spot", "PricingCategory": "Dynamic", "PricingCurrency": currency}
        return self.price(sku, price, "Hour", **more)

    def offer(self, *terms: str, tail_credit: float = 0.0) -> World:
        """The terms that the case allows beside on demand."""
        self.terms = {"offer": ["on_demand", *terms], "tail_credit": tail_credit}
        return self

    def held(self, sku: str, units: float, start: str, payer: str = "mof", years: int = 1) -> World:
        """Commitments bought before the plan begins."""
        return self.add(
            "held_commitments", payer=payer, sku=sku, term=f"commit_{years}y", start=start, units=units
        )

    def load(self, workload: str, **factors: float) -> World:
        """Part of the peak that a workload needs in each slice."""
        for name, factor in factors.items():
            self.add("loads", workload=workload, slice=name, factor=factor)
        return self

    def agreement(self, agreement: str, vendor: str, amount: float, **more: Any) -> World:
        """A spend commitment of ``amount`` a month; held, for the first three months, without a discount."""
        values = {"status": "held", "start": self.start, "months": 3, "currency": "MYR", "discount": 0}
        return self.add("spend_commitments", agreement=agreement, vendor=vendor, amount=amount,
                        **{**values, **more})  # fmt: skip

    def yields(self, workload: str, sku: str, amount: float, resource: str = "requests") -> World:
        """What one unit of a SKU yields to a workload; requests are per hour."""
        return self.add("yields", workload=workload, sku=sku, resource=resource, amount=amount)

    def contract(self, contract: str, vendor: str, **terms: Any) -> World:
        """A contract with a vendor; without more it changes nothing, and lasts."""
        values = {
            "discount": 0,
            "margin": 0,
            "tax": 0,
            "currency": "MYR",
            "valid_from": "2026-01-01",
            "notice_days": 30,
        }
        return self.add("contracts", contract=contract, vendor=vendor, **{**values, **terms})

    def private(self, sku: str, price: float, term: str = "on_demand", **more: Any) -> World:
        """A private price of a SKU under contract ``deal``."""
        values = {"contract": "deal", "currency": "MYR"}
        return self.add("private_prices", sku=sku, term=term, price=price, **{**values, **more})

    def off(self, discount: float, family: str = "", term: str = "", contract: str = "deal") -> World:
        """A discount of a family or term under a contract."""
        return self.add("discounts", contract=contract, family=family, term=term, discount=discount)

    def scored(self, vendor: str, family: str, per_vcpu: float) -> World:
        """What a vCPU of a family scores in CoreMark."""
        return self.add("benchmarks", vendor=vendor, family=family, benchmark="coremark", per_vcpu=per_vcpu)

    def place_cost(self, workload: str, region: str, amount: float, when: str = "period") -> World:
        """What a workload costs at a region beyond what it buys there."""
        return self.add(
            "placement_costs", workload=workload, region=region, when=when, amount=amount, currency="MYR"
        )

    def begin_cost(self, subject: str, amount: float, payer: str = "") -> World:
        """What it costs to begin with a region or vendor (``activation.csv``)."""
        return self.add("activation", subject=subject, amount=amount, currency="MYR", payer=payer)

    def vendor_cost(
        self, vendor: str, minimum: float | str = "", *bands: tuple[float, float], **more: Any
    ) -> World:
        """What a vendor costs a month while used: a part of the spend from each amount on, or so much."""
        values = {"kind": "support", "period": self.period(0), "currency": "MYR", "payer": "", "region": ""}
        for begins, share in bands or [(0, "")]:
            least = minimum if begins == 0 else ""
            self.add("vendor_costs", vendor=vendor, from_amount=begins, share=share, minimum=least,
                     **{**values, **more})  # fmt: skip
        return self

    def budget(self, agency: str, year: int, amount: float, vote: str = "operating") -> World:
        return self.add("budgets", agency=agency, year=year, vote=vote, amount=amount, currency="MYR")

    def labour(self, amount: float) -> World:
        """What moving a whole workload costs in labour; egress of its data is paid with it."""
        self.migration = {"labour": amount, **TOML_PROVENANCE}
        return self

    def move_limit(self, amount: float | list[float], agency: str = "", workload: str = "") -> World:
        """How many workloads may move in a period, or a list of that by period."""
        for period, value in self._by_period(amount):
            self.add("move_limits", agency=agency, workload=workload, period=period, amount=value)
        return self

    def rule(self, rule: str, kind: str, parameters: Mapping[str, Any], **more: Any) -> World:
        values = {
            "id": rule,
            "kind": kind,
            "severity": "hard",
            "title": rule,
            "confidence": "A",
            "instrument": "test",
            "clause": "1",
            "date": "2026-01-01",
            "valid_from": date(2026, 1, 1),
            "waivable": False,
            "fix": "ask",
            "parameters": dict(parameters),
        }
        self.rules.append({**values, **more})
        return self

    def period(self, t: int) -> str:
        """Name of period t."""
        year, month = (int(part) for part in self.start.split("-"))
        month += t * self.months - 1
        return f"{year + month // 12}-{month % 12 + 1:02d}"

    def _by_period(self, amount: Any) -> list[tuple[str, Any]]:
        amounts = amount if isinstance(amount, (list, tuple)) else [amount]
        return [(self.period(t), value) for t, value in enumerate(amounts)]

    def add(self, table: str, **values: Any) -> World:
        """A row of any table; columns that are not named stay blank."""
        known = COLUMNS[table].split()
        unknown = set(values) - set(known)
        if unknown:
            raise KeyError(f"{table} has no {unknown}")
        row = {**{k: v for k, v in PROVENANCE.items() if k in known}, **values}
        self.tables[table].append(row)
        return self

    # On disk

    def write(self, folder: Path) -> Path:
        """Write the case folder and return it."""
        catalogs, named = self.catalogs or ["./catalog"], []
        network = bool(self.tables["nodes"])
        for name, rows in self.tables.items():
            if name in CATALOG:
                if not self.catalogs and (rows or name not in OPTIONAL):
                    write_csv(folder / "catalog" / f"{name}.csv", name, rows)
            elif name in NETWORK:
                if network:
                    write_csv(folder / "network" / f"{name}.csv", name, rows or _SOURCE.get(name, []))
            elif rows:
                write_csv(folder / f"{name}.csv", name, rows)
                named.append(name)
        if network:
            catalogs = [*catalogs, "./network"]
        if self.rules:
            (folder / "rules.toml").write_text(rule_pack(self.rules), encoding="utf-8")
        (folder / "case.toml").write_text(self._toml(catalogs, named), encoding="utf-8")
        return folder

    def _outside(self) -> set[str]:
        """Places of today that no catalog describes."""
        if self.catalogs or self.outside is not None:
            return set(self.outside or ())
        return {row["region"] for row in self.tables["current"]} - {
            row["region"] for row in self.tables["regions"]
        }

    def _toml(self, catalogs: list[str], tables: list[str]) -> str:
        top = {
            "schema": 1,
            "id": "test",
            "title": "A test",
            "synthetic": True,
            "marking": "SYNTHETIC",
            "home_country": "MY",
            "currency": "MYR",
            "decision_date": date(2026, 11, 23),
            "prices_as_of": date.fromisoformat(self.prices_as_of),
            "rules_as_of": date(2026, 11, 23),
            "catalogs": catalogs,
            "packs": ["./rules.toml"] if self.rules else [],
            "classes": list(self.classes),
            "outside": sorted(self._outside()),
            **({"unadopted": self.unadopted} if self.unadopted else {}),
        }
        lines = _assign(top)
        lines += ["[periods]", *_assign({"start": self.start, "months": self.months, "count": self.periods})]
        money = {"discount_rate": self.discount_rate}
        money |= {"year_begins": self.year_begins} if self.year_begins != 1 else {}
        lines += ["[money]", *_assign(money)]
        if self.headroom is not None:
            lines += ["[container]", *_assign({"headroom": self.headroom, **TOML_PROVENANCE})]
        survival = {"of": self.survive} if self.survive else {}
        units = {} if self.whole is None else {"whole": self.whole}
        sections = {
            "slices": self.slices,
            "terms": self.terms,
            "migration": self.migration,
            "adopt": self.adopt,
            "placing": self.placing,
            "replan": self.replan,
            "traces": self.traces,
            "carbon": self.carbon,
            "latency": self.latency,
            "fit": self.fit,
            "egress": {"tiers": "exact"} if self.exact_tiers else {},
        }
        for name, section in {**sections, "survival": survival, "units": units}.items():
            if section:
                lines += [f"[{name}]", *_assign(section)]
        for currency, year, rate, buffer in self.rates:
            row = {"currency": currency, "year": year, "rate": rate, "buffer": buffer, **TOML_PROVENANCE}
            lines += ["[[fx]]", *_assign(row)]
        for region, period in self.openings:
            lines += ["[[opening]]", *_assign({"region": region, "from": period, **TOML_PROVENANCE})]
        for rule, values in self.overrides.items():
            lines += [f"[rules.{json.dumps(rule)}]", *_assign(values)]
        lines += ["[tables]", *_assign({name: f"{name}.csv" for name in tables})]
        return "\n".join(lines) + "\n"


_SOURCE = {"sources": [{"source": "test", "what": "test", "stated": "2026-01-01", "licence": "none"}]}
TOML_PROVENANCE = {"basis": "assumed", "source": "test", "as_of": date(2026, 1, 1)}


def rule_pack(rules: Iterable[Mapping[str, Any]]) -> str:
    """The text of a rule pack."""
    lines = _assign({"schema": 1, "title": "Rules of a test"})
    for rule in rules:
        lines += ["[[rule]]", *_assign(rule)]
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


def _assign(values: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {toml(value)}" for key, value in values.items()]


def write_csv(path: Path, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows with all columns of their table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = list(rows)
    # Columns that may be left out are, where no row states them.
    columns = [
        c for c in COLUMNS[table].split() if c not in LEFT_OUT or any(r.get(c, "") != "" for r in rows)
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row.get(c, "")) for c in columns])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
