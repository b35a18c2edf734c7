"""Today's estate, however it was learnt: its systems, their needs and places, and what could not be told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from planner import tables
from planner.atomic import new_folder
from planner.case.resources import SIZED, STORED
from planner.case.schema import AGENCIES, CURRENT, DEMAND, HELD, WORKLOADS
from planner.catalog.load import shipped, shipped_names
from planner.catalog.schema import REGIONS, SKUS, VENDORS
from planner.errors import BadInput, Issue, NotWritten
from planner.names import mend as mend_name
from planner.start.case_text import renamed
from planner.start.table_text import table_text

NEEDS = ("workload", "region", "resource", "amount")
SYSTEMS = ("workload", "agency", "classification")
_UNSAFE = re.compile(r"[^\w.:/&()',+#-]+")
BESIDE = "import"
"""Folder beside the tables for what is no table of a case."""


@dataclass(frozen=True)
class Estate:
    """What an import found.

    Attributes
    ----------
    systems
        workload, agency, classification; one row a system.
    needs
        workload, region, resource, amount, in the units of ``demand.csv``.
    beside
        Tables that a case does not read, by file name: what could not be mapped, the bill by system.
    notes
        What was decided on the way, in sentences.
    held
        Rows of ``held_commitments.csv``; empty if nothing is known to be held.
    """

    systems: pd.DataFrame
    needs: pd.DataFrame
    beside: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...] = ()
    held: pd.DataFrame = field(default_factory=pd.DataFrame)


def identifier(name: str) -> str:
    """A name as the key of a system: what a key may not hold becomes ``-``.

    >>> identifier("Payroll <prod>*2")
    'Payroll -prod-2'
    """
    safe = _UNSAFE.sub("-", " ".join(name.split()).replace(" ", "\x00")).replace("\x00", " ")
    return re.sub(r"^[\W_]+", "", safe)[:120].strip()


def machine_shapes() -> dict[str, tuple[float, float]]:
    """VCPU and memory in GiB of every machine of the shipped catalogs, by its vendor's name of the type."""
    shapes: dict[str, tuple[float, float]] = {}
    for name in shipped_names():
        path = shipped() / name / SKUS.file
        if path.is_file():
            skus, _ = tables.read(path, SKUS)
            skus = skus[skus["vcpu"] > 0]
            for sku, vcpu, memory in zip(skus["SkuId"], skus["vcpu"], skus["memory_gib"], strict=True):
                shapes.setdefault(str(sku).rsplit(":", 1)[-1], (float(vcpu), float(memory)))
    return shapes


def region_keys() -> dict[str, tuple[tuple[str, str], ...]]:
    """Shipped regions by the vendor's own name of the region: keys, each with how its vendor is known.

    Vendors may share a name, so a region is told by both.
    """
    keys: dict[str, list[tuple[str, str]]] = {}
    for name in shipped_names():
        folder = shipped() / name
        if (folder / REGIONS.file).is_file() and (folder / VENDORS.file).is_file():
            regions, _ = tables.read(folder / REGIONS.file, REGIONS)
            vendors, _ = tables.read(folder / VENDORS.file, VENDORS)
            known_as = dict(zip(vendors["vendor"], vendors["name"], strict=True))
            for key, vendor in zip(regions["region"], regions["vendor"], strict=True):
                known = f"{vendor} {known_as.get(vendor, '')}".casefold()
                keys.setdefault(str(key).split(":", 1)[-1], []).append((str(key), known))
    return {name: tuple(regions_of) for name, regions_of in keys.items()}


def checked(estate: Estate, mapping: str) -> Estate:
    """The estate if each system has an agency and a class, and no two became one by their key.

    Raises
    ------
    BadInput
        Naming each system and the entry of the mapping that mends it.
    """
    problems: list[Issue] = []
    if estate.systems.empty:
        fix = "See what [workload], [regions] and [[resource]] of the mapping have to name."
        problems.append(
            Issue(mapping, 0, "", "", f"nothing could be mapped ({'; '.join(estate.notes)})", fix)
        )
    for row in estate.systems.to_dict("records"):
        name, level = row["workload"], row["classification"]
        if not row["agency"]:
            fix = f"Write [agency] default, or [agency.names], so that {name} has one."
            problems.append(Issue(mapping, 0, "agency", name, "the system has no agency", fix))
        if not level:
            fix = "Tag it, or write [classification] default: a class is never guessed."
            problems.append(
                Issue(mapping, 0, "classification", name, "the system has no classification", fix)
            )
    for name, rows in estate.systems.groupby("workload"):
        if len(rows) > 1:
            what = f"has {', '.join(sorted(set(rows['agency'] + ' ' + rows['classification'])))}"
            fix = "Give the parts names of their own in [workload.names], or one agency and class."
            problems.append(Issue(mapping, 0, "workload", str(name), what, fix))
    if problems:
        raise BadInput(problems)
    return estate


def check_classes(estate: Estate, classes: Collection[str], mapping: str) -> None:
    """Refuse classes that the scheme of the case does not have; without a scheme any word may be one.

    Raises
    ------
    BadInput
        Naming each class once.
    """
    scheme = set(classes)
    wrong = sorted(set(estate.systems["classification"]) - scheme) if scheme else []
    if wrong:
        raise BadInput(
            [
                Issue(mapping, 0, "classification", name, "is no class of the case's scheme",
                      f"Write it under [classification] names. {mend_name(name, classes)}")
                for name in wrong
            ]
        )  # fmt: skip


def case_tables(estate: Estate, start: str) -> dict[str, bytes]:
    """The tables of a case by name: workloads, demand, agencies, and where everything runs today.

    Each system is taken as virtual machines on x86 that may not be divided, neither critical nor personal:
    what no bill says. ``start`` is the first month of the horizon.
    """
    no = dict.fromkeys(
        ("critical_national", "ncii", "personal_data", "critical", "burstable_ok", "spot_ok", "divisible"),
        False,
    )
    fixed = {
        **no, "key_custody": "provider", "platform": "vm", "architecture": "x86", "min_units": 1,
        "resilience": "none",
    }  # fmt: skip
    systems = estate.systems.sort_values("workload").to_dict("records")
    needs = estate.needs.groupby(["workload", "resource"], sort=True)["amount"].sum().reset_index()
    demand = [
        {"workload": workload, "resource": resource, "period": start, "amount": round(float(amount), 6)}
        for workload, resource, amount in needs.itertuples(index=False, name=None)
    ]
    rows = [{**fixed, **{str(key): value for key, value in system.items()}} for system in systems]
    payers = set(estate.held["payer"]) if len(estate.held) else set()
    named = sorted(set(estate.systems["agency"]) | payers)
    agencies = [{"agency": name, "level": "federal"} for name in named]
    held = [{str(key): value for key, value in row.items()} for row in estate.held.to_dict("records")]
    return {
        **({"held_commitments.csv": table_text(HELD, held)} if held else {}),
        "workloads.csv": table_text(WORKLOADS, rows),
        "demand.csv": table_text(DEMAND, demand),
        "agencies.csv": table_text(AGENCIES, agencies),
        "current.csv": table_text(CURRENT, _current(estate.needs)),
    }


def _current(needs: pd.DataFrame) -> list[dict[str, object]]:
    """Share of each system by region: of its vCPU, else of what it stores, else alike."""
    rows: list[dict[str, object]] = []
    for name, mine in needs[needs["region"] != ""].groupby("workload", sort=True):
        for weight in (SIZED[:1], STORED, tuple(sorted(set(mine["resource"])))):
            weights = mine[mine["resource"].isin(weight)].groupby("region")["amount"].sum()
            weights = weights[weights > 0]
            if len(weights):
                break
        if not len(weights):
            weights = pd.Series(1.0, index=sorted(set(mine["region"])))
        shares = (weights / weights.sum()).round(6)
        shares.iloc[-1] = round(1.0 - shares.iloc[:-1].sum(), 6)
        rows += [
            {"workload": name, "region": region, "role": "primary", "share": float(share)}
            for region, share in shares.items()
            if share > 0
        ]
    return rows


def write_estate(estate: Estate, start: str, out: Path, case: Path | None = None) -> tuple[str, ...]:
    """Write the tables, and beside them in ``import/`` what a case does not read.

    Parameters
    ----------
    case
        A case whose files are taken over, with its tables of workloads, demand, agencies and today's
        places replaced and those that name its old systems left out; without it ``out`` holds tables alone.

    Returns
    -------
    Names of the tables of the case that were left out.

    Raises
    ------
    NotWritten
        If there is something in ``out``.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise NotWritten(f"{out} exists and is not empty; nothing was written")
    made = case_tables(estate, start)
    left_out: tuple[str, ...] = ()
    with new_folder(out) as work:
        if case is not None:
            shutil.copytree(case, work, dirs_exist_ok=True)
            left_out = _rename_tables(work, out, set(made))
        for name, content in made.items():
            (work / name).write_bytes(content)
        (work / BESIDE).mkdir(exist_ok=True)
        for name, frame in estate.beside.items():
            (work / BESIDE / name).write_text(
                frame.to_csv(index=False, lineterminator="\n"), encoding="utf-8"
            )
    return left_out


_KEPT = ("capacity", "capacity_groups", "contracts", "resilience", "activation")
"""Tables of a case that name no system, so that they hold for others too."""


def _rename_tables(folder: Path, out: Path, made: set[str]) -> tuple[str, ...]:
    """Write ``[tables]`` of a copied case anew; returns the names of tables that go."""
    import tomllib

    path = folder / "case.toml"
    text = path.read_bytes().decode("utf-8-sig")
    named = tomllib.loads(text).get("tables", {})
    kept = {name: file for name, file in named.items() if name in _KEPT}
    kept |= {Path(file).stem: file for file in made}
    gone = tuple(sorted(set(named) - set(kept)))
    for name, file in named.items():
        if name not in _KEPT:
            (folder / str(file).partition("#")[0]).unlink(missing_ok=True)
    body = "".join(f'{name} = "{file}"\n' for name, file in sorted(kept.items()))
    section = re.compile(r"(?ms)^\[tables\][^\n]*\n.*?(?=^\s*\[|\Z)")
    text = section.sub(lambda _: f"[tables]\n{body}\n", renamed(text, out), count=1)
    path.write_bytes(text.encode("utf-8"))
    return gone
