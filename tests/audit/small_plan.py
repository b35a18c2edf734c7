"""A small plan with a bit of everything, solved by the planner, for tests to look at and to spoil."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from support.cases import World

from planner.inputs import read_case
from planner.plan.folder import copy_inputs, save, write_manifest
from planner.planning import solve_case

Rows = list[dict[str, str]]

ADOPTED = {"adopted_by": "the committee", "adopted_on": "2026-11-01", "reference": "1/2026"}


def small_world() -> World:
    """Three vendor groups on the market, premises, a secret, a standby, a waiver, users and limits."""
    world = World(periods=2, discount_rate=0.04)
    world.vendor("north", "north-group", "US").vendor("south", "south-group", "MY")
    world.vendor("east", "east-group", "US").vendor("own", "government", "MY", market=False)
    world.region("north:a").region("north:b", country="SG", deployment="offshore_public")
    world.region("south:a").region("east:a")
    world.region("own:room", deployment="agency_onprem", serves_agency="mof")
    world.capacity("own:room", "vcpu", 1e6)
    for region, price in (
        ("north:a", 0.2),
        ("north:b", 0.15),
        ("south:a", 0.25),
        ("east:a", 0.22),
        ("own:room", 0.5),
    ):
        world.machine(region, "m", 4, 16, price)
        world.store(region, "block_gib", 0.3).store(region, "object_gib", 0.05).egress(region, 0.4)
        world.node(region, "region")
    world.node("Town", "site").node("Hub", "hub").link("Town", "Hub", 5, kind="access")
    for region, ms in (("north:a", 4), ("north:b", 30), ("south:a", 2), ("east:a", 6), ("own:room", 1)):
        world.link("Hub", region, ms)
    world.workload("secret", classification="rahsia", demand={"vcpu": 8, "memory_gib": 32, "block_gib": 100})
    for name, vcpu in (("portal", 40), ("store", 48), ("forms", 36)):
        world.workload(
            name, demand={"vcpu": vcpu, "memory_gib": 4 * vcpu, "object_gib": 500, "egress_gib": 200}
        )
    world.workload("clinic", classification="rasmi", latency_ms=20, latency_share=0.9, project="health",
                   resilience="warm")  # fmt: skip
    world.users("clinic", Town=1000)
    world.capacity("south:a", "vcpu", 400)
    world.add("resilience", tier="warm", standby="other_group", vcpu=0.5, memory_gib=0.5, gpu=0, block_gib=1,
              object_gib=1, backup=0)  # fmt: skip
    world.add("resilience", tier="none", standby="none", vcpu=0, memory_gib=0, gpu=0, block_gib=0,
              object_gib=0, backup=0)  # fmt: skip
    federal = {"classification": ["rahsia"]}
    world.rule("SECRET", "deployment", {"allowed": ["agency_onprem"]}, select={"workload": federal})
    world.rule("AT-HOME", "residency", {"countries": ["MY"], "roles": ["primary", "standby", "backup"]},
               select={"workload": {"classification": ["rasmi"]}})  # fmt: skip
    world.rule("PANEL", "vendor_panel", {"vendors": ["north", "south"]}, waivable=True,
               select={"workload": {"workload": ["forms", "clinic", "portal"]}})  # fmt: skip
    world.rule("CAP", "vendor_share", {"cap": 0.5, "basis": "resource", "resource": "vcpu"})
    world.rule("SPEND", "vendor_share", {"cap": 0.6, "basis": "spend"})
    world.rule("HOME-SHARE", "minimum_share", {"floor": 0.2, "of": "domestic", "basis": "spend"})
    world.rule("QUICK", "latency", {"statistic": "mean"})
    world.rule("PAPERS", "evidence", {"kinds": ["consultation"]}, severity="evidence",
               select={"workload": federal})  # fmt: skip
    world.rule("HHI", "report", {"measure": "hhi", "bands": [1800]}, severity="report")
    world.add("waivers", rule="PANEL", workload="forms", region="east:a", reason="trial", approver="CIO",
              expires="2028-01-01")  # fmt: skip
    world.add("evidence", subject="secret", kind="consultation", reference="7/2026", date="2026-10-01")
    return world


def write(world: World, folder: Path) -> Path:
    """Solve a world and write its plan folder, without figures."""
    case = read_case(world.write(folder / "case"))
    out = folder / "plan"
    out.mkdir()
    save(solve_case(case, gap=1e-3).plan, out)
    copy_inputs(case.files, out)
    write_manifest(out)
    return out


def edit(path: Path, change: Callable[[Rows], Iterable[dict[str, str]]]) -> None:
    """Rewrite a CSV file by a function on its rows."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    changed = list(change(rows))
    columns = [c for c in columns if all(c in row for row in changed)]
    columns += [c for c in (changed[0] if changed else ()) if c not in columns]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(changed)


def where(condition: Callable[[dict[str, str]], bool], **values: Any) -> Callable[[Rows], Rows]:
    """A change of all rows for which a condition holds."""

    def change(rows: Rows) -> Rows:
        hit = 0
        for row in rows:
            if condition(row):
                hit += 1
                for column, value in values.items():
                    row[column] = value(row[column]) if callable(value) else value
        assert hit, "the change must hit something"
        return rows

    return change


def without(condition: Callable[[dict[str, str]], bool]) -> Callable[[Rows], Rows]:
    """The rows for which a condition does not hold."""

    def change(rows: Rows) -> Rows:
        kept = [row for row in rows if not condition(row)]
        assert len(kept) < len(rows), "the change must hit something"
        return kept

    return change


def edit_json(path: Path, **values: Any) -> None:
    """Set keys of a JSON object."""
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, **values}), encoding="utf-8")


def edit_text(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
