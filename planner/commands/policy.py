"""``planner policy``: list, show, check and test packs of rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.commands.talk import quoted

if TYPE_CHECKING:
    from planner.policy.rules import Rule

AUDIT_ONLY = "not enforced by the planner, checked by the audit only"


@click.group("policy")
def command() -> None:
    """Packs of rules: what they ask, on whose authority, and whether they work."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_packs(as_json: bool) -> None:
    """List the packs that ship with the planner."""
    from planner.catalog.load import shipped

    found = []
    for path in sorted((shipped() / "policies").glob("*.toml")):
        if "." not in path.stem:
            rules, title, extends = _read(path.stem)
            severities = [rule.declared_severity for rule in rules]
            found.append(
                {
                    "pack": path.stem,
                    "title": title,
                    "extends": list(extends),
                    **{s: severities.count(s) for s in ("hard", "warn", "report", "evidence")},
                }
            )
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True))
        return
    for pack in found:
        counts = ", ".join(f"{pack[s]} {s}" for s in ("hard", "warn", "report", "evidence") if pack[s])
        click.echo(f"{pack['pack']}: {pack['title']} ({counts})")
    click.echo("next: planner policy show PACK", err=True)


@command.command("show")
@click.argument("pack")
@click.argument("rule", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(pack: str, rule: str | None, as_json: bool) -> None:
    """Show the rules of PACK (a shipped name or a .toml file), or one RULE of it in full."""
    from planner.errors import UnknownName

    rules, title, _ = _read(pack)
    if rule is not None:
        known = [r.id for r in rules]
        if rule not in known:
            raise UnknownName("rule", rule, known)
        rules = [r for r in rules if r.id == rule]
    if as_json:
        click.echo(json.dumps([_plain(r) for r in rules], ensure_ascii=False, indent=2, sort_keys=True))
        return
    if rule is None:
        click.echo(title)
    for one in rules:
        click.echo(f"{one.id} [{one.kind}, {one.declared_severity}, {_sure(one)}] {one.title}")
        if rule is not None:
            _in_full(one)
    click.echo(f"next: planner policy test {quoted(pack)}", err=True)


@command.command("check")
@click.argument("pack")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def check(pack: str, as_json: bool) -> None:
    """Read PACK strictly (exit 5) and say what a person has yet to do about its rules."""
    rules, _, _ = _read(pack)
    found = {
        "rules": len(rules),
        "unverified": [r.id for r in rules if not r.verified_by and not r.is_parameter],
        "needs_adoption": [r.id for r in rules if r.declared_severity == "hard" and r.confidence in "CD"],
        "without_owner": [r.id for r in rules if not r.owner],
        "audit_only": [r.id for r in rules if _audit_only(r)],
    }
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True))
        return
    click.echo(f"{pack}: {len(rules)} rules, nothing wrong with them")
    for key, words in (
        ("unverified", "source not yet verified by a person"),
        ("needs_adoption", "bind only when a case adopts them"),
        ("without_owner", "without an owner"),
        ("audit_only", AUDIT_ONLY),
    ):
        if names := found[key]:
            assert isinstance(names, list)  # noqa: S101
            click.echo(f"{words}: {', '.join(names)}")
    click.echo(f"next: planner policy test {quoted(pack)}", err=True)


@command.command("test")
@click.argument("pack")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def test(pack: str, as_json: bool) -> None:
    """Run the fixtures of PACK: for each rule one that must pass and one that must fail (exit 4)."""
    from planner.audit.fixtures import fixtures_of, try_pack
    from planner.errors import AuditFailed

    rules, _, _ = _read(pack)
    tried, untested = try_pack([r for r in rules if r.pack == pack], fixtures_of(_path(pack)))
    wrong = [t for t in tried if not t.good]
    if as_json:
        shown = {
            "tried": len(tried),
            "wrong": [{"rule": t.rule, "expected": t.expected, "found": t.found} for t in wrong],
            "untested": untested,
        }
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        for t in wrong:
            click.echo(f"WRONG  {t.rule}: expected {t.expected}, found {t.found}")
        for name in untested:
            click.echo(f"UNTESTED  {name}")
        click.echo(f"{pack}: {len(tried)} fixtures, {len(wrong)} wrong, {len(untested)} missing")
    if wrong or untested:
        click.echo(f"planner: pack {pack} does not hold its own fixtures", err=True)
        click.get_current_context().exit(AuditFailed.exit_code)


def _path(pack: str) -> Path:
    from planner.errors import BadInput, Issue
    from planner.policy.load import place_of

    if pack.endswith(".toml"):
        return Path(pack)
    found = place_of(pack, Path())
    if isinstance(found, Issue):
        raise BadInput([found])
    return found[1]


def _read(pack: str) -> tuple[list[Rule], str, tuple[str, ...]]:
    """Rules of a pack with those of the packs it extends, its title, and those packs."""
    from datetime import date

    from planner.errors import BadInput, Issue
    from planner.policy.load import read_packs
    from planner.policy.pack import read_pack_file

    path = _path(pack)

    def place(name: str, _: Path) -> tuple[str, Path] | Issue:
        from planner.policy.load import place_of

        return (name, path) if name == pack else place_of(name, path.parent)

    rules, problems, _ = read_packs([pack], path.parent, {}, date.max, date.max, place)
    if problems:
        raise BadInput(problems)
    own, _ = read_pack_file(path, pack, pack)
    return list(rules), own.title, own.extends


def _audit_only(rule: Rule) -> bool:
    from planner.policy.kinds import KINDS

    return not KINDS[rule.kind].planned


def _sure(rule: Rule) -> str:
    if rule.is_parameter:
        return "parameter"
    if rule.verified_by:
        return f"{rule.confidence}, verified by {rule.verified_by}"
    return f"{rule.confidence}, to be verified" if rule.confidence in "CD" else rule.confidence


def _in_full(rule: Rule) -> None:
    parameters = "; ".join(f"{k} = {v}" for k, v in rule.parameters.items())
    for words, value in (
        ("binds", rule.selects()),
        ("asks", parameters),
        ("valid", f"from {rule.valid_from}" + (f" to {rule.valid_to}" if rule.valid_to else "")),
        ("source", rule.source_line()),
        ("owner", rule.owner or "none yet"),
        ("waivable", "yes" if rule.waivable else "no"),
        ("to mend", rule.fix),
        (
            "planner",
            AUDIT_ONLY if _audit_only(rule) else "enforces it" if rule.declared_severity == "hard" else "",
        ),
    ):
        if value:
            click.echo(f"  {words}: {value}")


def _plain(rule: Rule) -> dict[str, Any]:
    values = {name: getattr(rule, name) for name in rule.__dataclass_fields__}
    return {k: v if isinstance(v, (str, bool, int, float)) else _listed(v) for k, v in values.items()}


def _listed(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_listed(v) for v in value]
    if hasattr(value, "items"):
        return {k: _listed(v) for k, v in value.items()}
    return value if value is None or isinstance(value, (str, bool, int, float)) else str(value)
