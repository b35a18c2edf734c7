"""States of Terraform and OpenTofu: which machines and disks they hold, and where.

Read are the state itself (``version = 4``) and the JSON of ``show -json`` (``format_version``). A resource is
a machine if one of its attributes is a type of machine of the catalogs or of the mapping; a disk if its type
says so and it has a size. What is neither is listed, by type.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from planner.errors import BadInput, Issue
from planner.files.read import opened_plain
from planner.start.estate import (
    NEEDS,
    SYSTEMS,
    Estate,
    checked,
    identifier,
    machine_shapes,
    region_keys,
)
from planner.start.mapping import TAG
from planner.start.mapping import Mapping as Names

_TYPES = ("instance_type", "machine_type", "vm_size", "size", "sku", "shape", "flavor_name", "instance_class")
_PLACES = ("availability_zone", "zone", "location", "region")
_SIZES = ("size", "volume_size", "disk_size_gb", "size_gb", "size_in_gbs", "allocated_storage", "disk_size")
_COUNTS = ("instances", "target_size", "desired_capacity")
_TAGS = ("tags_all", "tags", "labels")
_DISK_WORDS = ("disk", "volume", "block_device")
_LARGEST = 1e9
_DEEPEST = 12
UNMAPPED = "unmapped.csv"


def read_states(files: Sequence[Path], names: Names, mapping_file: str = "mapping") -> Estate:
    """What systems need of the machines and disks that states hold.

    Raises
    ------
    BadInput
        With everything wrong in the files; or with systems that the mapping gives no agency or class.
    """
    shapes = {**machine_shapes(), **names.machines}
    regions = {key.casefold(): found for key, found in region_keys().items()}
    problems: list[Issue] = []
    systems: list[tuple[str, str, str]] = []
    needs: list[tuple[str, str, str, float]] = []
    lost: Counter[tuple[str, str, str]] = Counter()
    for path in files:
        for kind, address, attributes in _resources(path, problems):
            amounts = _amounts(kind, attributes, shapes)
            values = {**_texts(attributes), "type": kind, "address": address}
            workload = identifier(names.workload.of(values))
            region = _region(attributes, kind, names, regions)
            if not amounts:
                lost[path.name, kind, "neither a machine nor a disk that is known"] += 1
            elif not workload:
                lost[path.name, kind, "no system: no source of [workload] names one"] += 1
            elif not region:
                lost[path.name, kind, "the region is in no catalog and not in [regions]"] += 1
            else:
                agency, level = identifier(names.agency.of(values)), names.classification.of(values)
                systems.append((workload, agency, level))
                needs += [(workload, region, resource, amount) for resource, amount in amounts.items()]
    if problems:
        raise BadInput(problems)
    frame = pd.DataFrame(needs, columns=list(NEEDS))
    frame = frame.groupby(list(NEEDS[:3]), sort=True)["amount"].sum().reset_index()
    known = pd.DataFrame(list(dict.fromkeys(systems)), columns=list(SYSTEMS))
    rows = [(*key, count) for key, count in sorted(lost.items())]
    unmapped = pd.DataFrame(rows, columns=["file", "type", "reason", "resources"])
    notes = (
        f"{len(systems)} machines and disks of {known['workload'].nunique()} systems, "
        f"{sum(lost.values())} resources not mapped ({UNMAPPED})",
    )
    return checked(Estate(known, frame, {UNMAPPED: unmapped}, notes), mapping_file)


def _resources(path: Path, problems: list[Issue]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Type, address and attributes of each managed resource."""
    try:
        state = json.loads(opened_plain(path))
    except (OSError, ValueError, RecursionError) as error:
        mend = "Name a state, or what show -json printed."
        problems.append(Issue(path.name, 0, "", "", f"cannot be read ({str(error)[:200]})", mend))
        return
    if isinstance(state, dict) and state.get("version") == 4:
        yield from _of_state(state)
    elif isinstance(state, dict) and isinstance(state.get("values"), dict):
        yield from _of_module(state["values"].get("root_module"), 0)
    else:
        mend = "Read are states of version 4, and what show -json prints."
        problems.append(Issue(path.name, 0, "version", "", "is no state that is known", mend))


def _of_state(state: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for resource in _dicts(state.get("resources")):
        if resource.get("mode") != "managed":
            continue
        kind, name, module = (str(resource.get(key) or "") for key in ("type", "name", "module"))
        for i, instance in enumerate(_dicts(resource.get("instances"))):
            attributes = instance.get("attributes")
            if isinstance(attributes, dict):
                yield kind, f"{module}.{kind}.{name}[{i}]".removeprefix("."), attributes


def _of_module(module: Any, depth: int) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    if not isinstance(module, dict) or depth > _DEEPEST:
        return
    for resource in _dicts(module.get("resources")):
        values = resource.get("values")
        if resource.get("mode") == "managed" and isinstance(values, dict):
            yield str(resource.get("type") or ""), str(resource.get("address") or ""), values
    for child in _dicts(module.get("child_modules")):
        yield from _of_module(child, depth + 1)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _amounts(
    kind: str, attributes: Mapping[str, Any], shapes: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """What a machine or a disk needs; empty if it is neither."""
    count = next((n for key in _COUNTS if (n := _number(attributes.get(key))) is not None), 1.0)
    types = [value for key in _TYPES if isinstance(value := attributes.get(key), str)]
    shape = next((shapes[value] for value in types if value in shapes), None)
    if shape is not None:
        disks = count * _disks(attributes, 0)
        return {
            "vcpu": count * shape[0],
            "memory_gib": count * shape[1],
            **({"block_gib": disks} if disks else {}),
        }
    if any(word in kind.casefold() for word in _DISK_WORDS):
        size = next((n for key in _SIZES if (n := _number(attributes.get(key))) is not None), None)
        return {"block_gib": size} if size else {}
    return {}


def _disks(value: Any, depth: int) -> float:
    """GiB of the disks that a machine states in blocks of its own."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return 0.0
    total = 0.0
    for key, blocks in value.items():
        if any(word in key.casefold() for word in _DISK_WORDS) or (depth and key == "initialize_params"):
            for block in _dicts(blocks):
                size = next((n for name in _SIZES if (n := _number(block.get(name))) is not None), None)
                total += size if size is not None else _disks(block, depth + 1)
    return total


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < _LARGEST:
        return None
    return float(value)


def _texts(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Attributes and tags that are text, as sources of names."""
    texts = {key: value for key, value in attributes.items() if isinstance(value, str)}
    for name in _TAGS:
        tags = attributes.get(name)
        if isinstance(tags, dict):
            texts |= {f"{TAG}{key}": str(value) for key, value in tags.items()}
    return texts


def _region(
    attributes: Mapping[str, Any], kind: str, names: Names, regions: Mapping[str, tuple[tuple[str, str], ...]]
) -> str:
    """The region of a zone, a location or a region; a zone is its region and a letter.

    Types begin with the provider's name (or its first letters, as in ``azurerm``), which tells vendors apart.
    """
    for key in _PLACES:
        value = attributes.get(key)
        if not isinstance(value, str) or not value:
            continue
        short = value.casefold().replace(" ", "")
        for place in (value, short, short.rstrip("abcdef"), short[:-2] if short[-2:-1] == "-" else short):
            if place in names.regions:
                return names.regions[place]
            known = [key for key, vendor in regions.get(place, ()) if kind.partition("_")[0][:5] in vendor]
            if len(known) == 1:
                return known[0]
    return ""
