"""The commented ``case.toml`` of a new case."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from planner.policy.rules import NEEDS_ADOPTION, Rule
from planner.start.answers import CLASSES, Answers, Offer, Rate, classes_of

LIMITS = "./limits.toml"
"""The pack of the case's own that states a cap or floor where no pack named does."""

_SHARE_KINDS = {"cap": "vendor_share", "floor": "minimum_share"}


def toml_string(text: str) -> str:
    """A text as a basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def case_id(folder: Path) -> str:
    """The id of a case in a folder: its name, with ``-`` for what an id may not hold."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", folder.name).strip("-._")[:80] or "first-case"


def renamed(text: str, folder: Path) -> str:
    """The text of a ``case.toml`` with the id of its new folder."""
    return re.sub(r"(?m)^id\s*=.*$", lambda _: f"id = {toml_string(case_id(folder))}", text, count=1)


def share_rules(answers: Answers, rules: Sequence[Rule]) -> dict[str, str]:
    """Which rule the cap and the floor set: by name of the answer; empty if no pack has one."""
    return {
        name: next((rule.id for rule in rules if rule.kind == kind and rule.is_parameter), "")
        for name, kind in _SHARE_KINDS.items()
        if getattr(answers, name) is not None
    }


def adopted(answers: Answers, rules: Sequence[Rule]) -> list[Rule]:
    """Rules that the case adopts: those that are no choice and bind only when adopted."""
    if not answers.adopted_by:
        return []
    return [
        rule
        for rule in rules
        if rule.declared_severity == "hard" and rule.confidence in NEEDS_ADOPTION and not rule.is_parameter
    ]


def limits_text(answers: Answers, missing: Iterable[str]) -> str:
    """A pack of the case's own with the share rules that no pack named states."""
    words = {
        "cap": ("own-vendor-share", "No vendor group has more than a share of the contestable spend."),
        "floor": ("own-domestic-minimum", "Domestic vendor groups have at least a share of the spend."),
    }
    parts = ['schema = 1\ntitle = "Limits of the case\'s own choosing"\n']
    for name in missing:
        rule, title = words[name]
        parts.append(
            f'\n[[rule]]\nid = "{rule}"\nkind = "{_SHARE_KINDS[name]}"\ntitle = {toml_string(title)}\n'
            'severity = "hard"\nconfidence = "D"\nis_parameter = true\n'
            'benchmark = "none: chosen when the case was made"\n'
            'instrument = "Policy parameter; no law found sets it"\nclause = "none"\n'
            f'date = "{answers.decided}"\nvalid_from = {answers.decided}\nwaivable = false\n'
            'fix = "Change the figure, or open more work to the market."\n'
            f'parameters.{name} = {getattr(answers, name)}\nparameters.basis = "spend"\n'
        )
        if name == "floor":
            parts.append('parameters.of = "domestic"\n')
    return "".join(parts)


def _classes(answers: Answers, folder: Path) -> list[str]:
    """The scheme of classification, where no pack states one."""
    classes = classes_of(answers.packs, folder)
    if classes != CLASSES:
        return []
    words = ", ".join(map(toml_string, classes))
    return ["# The classes of workloads.csv, the most secret first.", f"classes = [{words}]"]


def case_text(
    folder: Path,
    answers: Answers,
    offer: Offer,
    rates: Sequence[Rate],
    rules: Sequence[Rule],
    files: Iterable[str],
) -> str:
    """The text of ``case.toml``: every choice with a comment that says what else could be written."""
    shares = share_rules(answers, rules)
    packs = [*answers.packs, *([LIMITS] if "" in shares.values() else [])]
    start_year = int(answers.start[:4])
    last_month = int(answers.start[5:]) - 1 + answers.months * answers.count - 1
    years = range(start_year, start_year + last_month // 12 + 1)
    lines = [
        "# The question: which systems, over which periods, under which catalogs and rules.",
        "# Every table named below is a file of this folder (.csv, .xlsx or .parquet).",
        "# The three systems in them are samples: replace them by your own.",
        "",
        "schema = 1",
        f"id = {toml_string(case_id(folder))}",
        f"title = {toml_string(answers.title)}",
        "synthetic = true                  # false once the systems and figures are real",
        'marking = "SAMPLE"                # printed on every page, sheet and figure',
        f"home_country = {toml_string(answers.country)}",
        f"currency = {toml_string(answers.currency)}",
        f"decision_date = {answers.decided}",
        f"prices_as_of = {answers.decided}        # prices valid on this day",
        f"rules_as_of = {answers.decided}         # rules known on this day",
        '# What can be bought. More: planner catalog list. Your own: a folder here, named "./folder".',
        f"catalogs = [{', '.join(map(toml_string, offer.packages))}]",
        '# Rules. More: planner policy list. Your own: a file here, named "./file.toml".',
        f"packs = [{', '.join(map(toml_string, packs))}]",
        *_classes(answers, folder),
        "",
        "[periods]",
        f"start = {toml_string(answers.start)}",
        f"months = {answers.months}                        # 1, 3, 6 or 12",
        f"count = {answers.count}",
        "",
        "[money]",
        "discount_rate = 0.04              # a year",
        "",
        "[container]                       # room kept free on fleets of containers",
        "headroom = 0.15",
        'basis = "assumed"',
        'source = "assumed when the case was made"',
        f"as_of = {answers.decided}",
        "",
        "# How machines may be paid: add commit_1y and commit_3y to let the plan commit.",
        '[terms]\noffer = ["on_demand", "commit_1y"]',
        "",
        "# What it costs to move one whole system, besides data that leave a vendor.",
        "[migration]",
        "labour = 0",
        'basis = "assumed"',
        'source = "assumed when the case was made: replace it"',
        f"as_of = {answers.decided}",
    ]
    for rate in rates:
        for year in years:
            lines += [
                "",
                "[[fx]]",
                f"currency = {toml_string(rate.currency)}",
                f"year = {year}",
                f"rate = {rate.rate}",
                "buffer = 0.03                     # planned above the rate, against its rising",
                f"basis = {toml_string(rate.basis)}",
                f"source = {toml_string(rate.source)}",
                f"as_of = {rate.as_of}",
            ]
    lines += ["", "[tables]"]
    lines += [f"{Path(name).stem} = {toml_string(name)}" for name in files]
    lines += [*_rules(answers, rules, shares)]
    return "\n".join(lines) + "\n"


def _rules(answers: Answers, rules: Sequence[Rule], shares: dict[str, str]) -> list[str]:
    by_whom = [
        f"adopted_by = {toml_string(answers.adopted_by)}",
        f"adopted_on = {answers.decided}",
        f"reference = {toml_string(answers.reference)}",
    ]
    named: dict[str, list[str]] = {rule.id: [] for rule in adopted(answers, rules)}
    local = {"cap": "own-vendor-share", "floor": "own-domestic-minimum"}
    for name, share_rule in shares.items():
        named[share_rule or local[name]] = [f"{name} = {getattr(answers, name)}"]
    titles = {rule.id: rule.title for rule in rules}
    lines: list[str] = []
    for rule_id, values in named.items():
        lines += ["", f"# {titles.get(rule_id, 'Chosen for this case.')}", f"[rules.{toml_string(rule_id)}]"]
        lines += [*values, *by_whom]
    others = [
        rule
        for rule in rules
        if rule.declared_severity == "hard" and rule.confidence in NEEDS_ADOPTION and rule.id not in named
    ]
    if others:
        lines += [
            "",
            "# Not adopted, so reported and not enforced. To adopt one, take the # away and sign for it:",
        ]
        for rule in others:
            lines += [
                f"# {rule.title}",
                f"# [rules.{toml_string(rule.id)}]",
                '# adopted_by = "…"',
                f"# adopted_on = {answers.decided}",
                '# reference = "…"',
            ]
    return lines
