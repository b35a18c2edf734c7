"""``planner policy``: list, show, check and test packs of rules."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from planner.commands.talk import quoted

if TYPE_CHECKING:
    from planner.policy.rules import Rule

AUDIT_ONLY = "not enforced by the planner, checked by the audit only"


@click.group("policy")
def command() -> None:
    """Packs of rules: what they ask, on whose authority, and whether they work.

    \b
    Examples:
      planner policy list
      planner policy check ./rules.toml
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_packs(as_json: bool) -> None:
    """List the packs that ship with the planner.

    \b
    Example:
      planner policy list
    """
    from planner.catalog.load import shipped
    from planner.policy.alone import read_alone

    found: list[dict[str, Any]] = []
    for path in sorted((shipped() / "policies").glob("*.toml")):
        if "." not in path.stem:
            pack = read_alone(path.stem)
            severities = [rule.declared_severity for rule in pack.rules]
            found.append(
                {
                    "pack": path.stem,
                    "title": pack.title,
                    "extends": list(pack.extends),
                    **{s: severities.count(s) for s in ("hard", "warn", "report", "evidence")},
                    "notices": len(pack.notices),
                }
            )
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True))
        return
    for line in found:
        counts = ", ".join(f"{line[s]} {s}" for s in ("hard", "warn", "report", "evidence") if line[s])
        counts += f"; {line['notices']} to know" if line["notices"] else ""
        click.echo(f"{line['pack']}: {line['title']} ({counts})")
    click.echo("next: planner policy show PACK", err=True)


@command.command("show")
@click.argument("pack")
@click.argument("rule", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(pack: str, rule: str | None, as_json: bool) -> None:
    """Show the rules of PACK (a shipped name or a .toml file), or one RULE of it in full.

    \b
    Example:
      planner policy show malaysia-2026 MY-CLS-02
    """
    from planner.errors import UnknownName
    from planner.policy.alone import read_alone

    alone = read_alone(pack)
    rules, notices = list(alone.rules), list(alone.notices)
    if rule is not None:
        known = [*(r.id for r in rules), *(n.id for n in notices)]
        if rule not in known:
            raise UnknownName("rule", rule, known)
        rules, notices = [r for r in rules if r.id == rule], [n for n in notices if n.id == rule]
    if as_json:
        shown = [*map(_plain, rules), *({**asdict(n), "shown_as": n.label()} for n in notices)]
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2, sort_keys=True))
        return
    if rule is None:
        click.echo(alone.title)
    for one in rules:
        click.echo(f"{one.id} [{one.kind}, {one.declared_severity}, {_sure(one)}] {one.title}")
        if rule is not None:
            _in_full(one)
    if notices and rule is None:
        click.echo("To know; none of these is a rule, and nothing is held to them:")
    for notice in notices:
        click.echo(f"{notice.label()} {notice.title}")
        click.echo(f"  bearing: {notice.bearing}")
        click.echo(f"  source: {notice.source_line()}")
    click.echo(f"next: planner policy test {quoted(pack)}", err=True)


@command.command("diff")
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def diff(before: str, after: str, as_json: bool) -> None:
    """Print what differs between two packs (shipped names or .toml files), and what becomes looser.

    \b
    Example:
      planner policy diff malaysia-2026 ./rules.toml
    """
    from planner.policy.alone import read_alone
    from planner.policy.compare import compare_packs

    old, new = read_alone(before), read_alone(after)
    found = compare_packs((old.rules, old.notices), (new.rules, new.notices))
    if as_json:
        click.echo(json.dumps([asdict(c) for c in found], ensure_ascii=False, indent=2, sort_keys=True))
        return
    for change in found:
        click.echo(f"{change.change} {change.what} {change.id}: {change.title}")
        for name, one, other in change.details:
            click.echo(f"  {name}: {one or 'nothing'} -> {other or 'nothing'}")
        if change.effect:
            click.echo(f"  {change.effect}")
    if not found:
        click.echo("No difference")
    click.echo(f"next: planner policy show {quoted(after)}", err=True)


@command.command("check")
@click.argument("pack")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def check(pack: str, as_json: bool) -> None:
    """Read PACK strictly (exit 5) and say what a person has yet to do about its rules.

    \b
    Example:
      planner policy check ./rules.toml
    """
    from planner.policy.alone import read_alone

    rules = read_alone(pack).rules
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
    """Run the fixtures of PACK: for each rule one that must pass and one that must fail (exit 4).

    \b
    Example:
      planner policy test malaysia-2026
    """
    from planner.audit.fixtures import fixtures_of, try_pack
    from planner.errors import AuditFailed
    from planner.policy.alone import path_of, read_alone

    rules = read_alone(pack).rules
    tried, untested = try_pack([r for r in rules if r.pack == pack], fixtures_of(path_of(pack)))
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
