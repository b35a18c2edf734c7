"""A small world on disk: a case folder with its own catalog, network and rules.

Tests state only what they are about; everything else has the plainest value. Nothing here knows the
code under test: it writes the files a user would write.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
    "basis source as_of",
    "transfer": "region destination from_gib PricingUnit ListUnitPrice PricingCurrency valid_from valid_to "
    "basis source as_of",
    "workloads": "workload agency project funding classification nccp_tier critical_national ncii personal_data "
    "critical key_custody platform architecture burstable_ok spot_ok divisible min_units pod_vcpu pod_memory_gib "
    "resilience latency_ms latency_share",
    "demand": "workload resource period amount",
    "users": "workload site period users",
    "capacity": "subject resource period payer amount basis source as_of",
    "agencies": "agency level state payer",
    "current": "workload region role share",
    "nodes": "node kind name state country lat lon population rural access basis source as_of",
    "links": "a b name kind rtt_us low_us high_us p95_us basis source as_of",
    "measured": "from to rtt_us statistic basis source as_of",
}
CATALOG = ("vendors", "regions", "skus", "prices", "transfer")
NETWORK = ("nodes", "links", "measured")


@dataclass
class World:
    """Rows by table, and what ``case.toml`` says; :meth:`write` makes the folder."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    rules: list[dict[str, Any]] = field(default_factory=list)
    periods: int = 1
    months: int = 3
    discount_rate: float = 0.0
    headroom: float | None = None
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)
    start: str = "2027-01"
    openings: list[tuple[str, str]] = field(default_factory=list)

    def vendor(self, vendor: str, group: str = "", jurisdiction: str = "XX", market: bool = True) -> World:
        self.add("vendors", vendor=vendor, name=vendor.upper(), vendor_group=group or vendor,
                 parent_jurisdiction=jurisdiction, market=market)  # fmt: skip
        return self

    def region(self, region: str, country: str = "MY", deployment: str = "in_country_public", **more: Any) -> World:
        values = {"vendor": region.split(":")[0], "name": region, "country": country, "deployment": deployment,
                  "status": "live", "node": region, "lat": 3, "lon": 101, "sovereign": "unknown"}  # fmt: skip
        self.add("regions", region=region, **{**values, **more})
        return self

    def machine(
        self, region: str, name: str, vcpu: float, memory: float, price: float | None, **more: Any
    ) -> World:
        """A machine with an on-demand price an hour; ``None`` leaves it without a price."""
        sku = f"{region}:{name}"
        values = {"family": name, "category": "general", "architecture": "x86", "vcpu": vcpu, "memory_gib": memory}
        self.add("skus", SkuId=sku, region=region, **{**values, **more})
        if price is not None:
            self.price(sku, price, "Hour")
        return self

    def store(self, region: str, resource: str, price: float) -> World:
        sku = f"{region}:{resource}"
        category = resource.split("_")[0]
        self.add("skus", SkuId=sku, region=region, family=category, category=category, resource=resource)
        return self.price(sku, price, "GiB-Month")

    def price(self, sku: str, price: float, unit: str) -> World:
        self.add("prices", SkuId=sku, term="on_demand", PricingCategory="Standard", PricingUnit=unit,
                 ListUnitPrice=price, PricingCurrency="MYR", valid_from="2026-01-01")  # fmt: skip
        return self

    def egress(self, region: str, price: float) -> World:
        self.add("transfer", region=region, destination="internet", from_gib=0, PricingUnit="GiB",
                 ListUnitPrice=price, PricingCurrency="MYR", valid_from="2026-01-01")  # fmt: skip
        return self

    def workload(self, workload: str, agency: str = "mof", demand: Mapping[str, Any] | None = None, **more: Any) -> World:
        """A workload with its demand: resource to amount, or to a list of amounts by period."""
        if agency not in {row["agency"] for row in self.tables["agencies"]}:
            self.add("agencies", agency=agency, level="federal")
        values = {"agency": agency, "classification": "terbuka", "nccp_tier": "public", "critical_national": False,
                  "ncii": False, "personal_data": False, "critical": False, "key_custody": "provider",
                  "platform": "vm", "architecture": "any", "burstable_ok": False, "spot_ok": False,
                  "divisible": True, "min_units": 1, "resilience": "none"}  # fmt: skip
        self.add("workloads", workload=workload, **{**values, **more})
        for resource, amount in (demand or {"vcpu": 4, "memory_gib": 16}).items():
            amounts = amount if isinstance(amount, list) else [amount]
            for t, value in enumerate(amounts):
                self.add("demand", workload=workload, resource=resource, period=self.period(t), amount=value)
        return self

    def capacity(self, subject: str, resource: str, amount: float, payer: str = "") -> World:
        self.add("capacity", subject=subject, resource=resource, period=self.start, payer=payer, amount=amount)
        return self

    def rule(self, rule: str, kind: str, parameters: Mapping[str, Any], **more: Any) -> World:
        values = {"id": rule, "kind": kind, "severity": "hard", "title": rule, "confidence": "A",
                  "instrument": "test", "clause": "1", "date": "2026-01-01", "valid_from": "2026-01-01",
                  "waivable": False, "fix": "ask", "parameters": dict(parameters)}  # fmt: skip
        self.rules.append({**values, **more})
        return self

    def period(self, t: int) -> str:
        year, month = (int(part) for part in self.start.split("-"))
        month += t * self.months - 1
        return f"{year + month // 12}-{month % 12 + 1:02d}"

    def add(self, table: str, **values: Any) -> None:
        known = COLUMNS[table].split()
        unknown = set(values) - set(known)
        if unknown:
            raise KeyError(f"{table} has no {unknown}")
        row = {**{k: v for k, v in PROVENANCE.items() if k in known}, **values}
        self.tables[table].append(row)

    def write(self, folder: Path) -> Path:
        """Write the case folder and return it."""
        catalogs, named = ["./catalog"], []
        for name, rows in self.tables.items():
            if name in CATALOG:
                write_csv(folder / "catalog" / f"{name}.csv", name, rows)
            elif name in NETWORK:
                if self.tables["nodes"]:
                    write_csv(folder / "network" / f"{name}.csv", name, rows)
            elif rows:
                write_csv(folder / f"{name}.csv", name, rows)
                named.append(name)
        if self.tables["nodes"]:
            catalogs.append("./network")
        if self.rules:
            (folder / "rules.toml").write_text(rule_pack(self.rules), encoding="utf-8")
        (folder / "case.toml").write_text(self._toml(catalogs, named), encoding="utf-8")
        return folder

    def _toml(self, catalogs: list[str], tables: list[str]) -> str:
        lines = [
            'schema = 1', 'id = "test"', 'title = "A test"', "synthetic = true", 'marking = "SYNTHETIC"',
            'home_country = "MY"', 'currency = "MYR"', "decision_date = 2026-11-23",
            "prices_as_of = 2026-11-23", "rules_as_of = 2026-11-23",
            f"catalogs = {json.dumps(catalogs)}", f"packs = {json.dumps(['./rules.toml'] if self.rules else [])}",
            "[periods]", f'start = "{self.start}"', f"months = {self.months}", f"count = {self.periods}",
            "[money]", f"discount_rate = {self.discount_rate}",
        ]  # fmt: skip
        if self.headroom is not None:
            lines += ["[container]", f"headroom = {self.headroom}", *_provenance()]
        for region, period in self.openings:
            lines += ["[[opening]]", f'region = "{region}"', f'from = "{period}"', *_provenance()]
        for rule, values in self.overrides.items():
            lines += [f"[rules.{json.dumps(rule)}]", *(f"{k} = {toml(v)}" for k, v in values.items())]
        lines += ["[tables]", *(f'{name} = "{name}.csv"' for name in tables)]
        return "\n".join(lines) + "\n"


def rule_pack(rules: Iterable[Mapping[str, Any]]) -> str:
    lines = ["schema = 1", 'title = "Rules of a test"']
    for rule in rules:
        lines.append("[[rule]]")
        for key, value in rule.items():
            if key in ("date",) and isinstance(value, str):
                lines.append(f'{key} = "{value}"')
            elif key in ("valid_from", "valid_to"):
                lines.append(f"{key} = {value}")
            else:
                lines.append(f"{key} = {toml(value)}")
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return json.dumps(value)


def write_csv(path: Path, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = COLUMNS[table].split()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row.get(c, "")) for c in columns])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _provenance() -> list[str]:
    return ['basis = "assumed"', 'source = "test"', "as_of = 2026-01-01"]
