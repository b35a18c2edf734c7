"""The audit of one plan folder: read, judge by rules, gather findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from planner.audit.case import Case
from planner.audit.checks.manifest import MANIFEST
from planner.audit.claims import RECORD, read_claims
from planner.audit.context import Context
from planner.audit.decisions import decisions
from planner.audit.findings import Audit, Finding, merged, of_rule
from planner.audit.places import Places
from planner.audit.provenance import SHIPPED, compared
from planner.audit.read_case import read_case
from planner.audit.reading import Folder, Unreadable
from planner.audit.registry import ALWAYS, KINDS
from planner.audit.rules import rules_of_packs, rules_of_plan
from planner.errors import BadInput, Issue
from planner.policy.kinds import KINDS as SCHEMAS
from planner.policy.rules import Rule

Stage = Literal["plan", "award"]
_SPOILT = (Unreadable, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What content that makes no sense raises; a check that meets it fails instead of stopping the audit."""


def audit(
    root: Path,
    packs: Sequence[str] = (),
    rules_as_of: date | None = None,
    stage: Stage = "plan",
    catalogs: Path | None = None,
) -> Audit:
    """Audit the plan in a folder.

    Parameters
    ----------
    root
        The plan folder. Only what lies in it is read.
    packs
        Judge by these packs instead of the case's: shipped names, or paths of TOML files.
    rules_as_of
        Judge by the rules as they were known on this day instead of the case's.
    stage
        ``plan`` lists what is to be obtained; ``award`` fails without it.
    catalogs
        Compare the plan's copies of catalogs, networks and packs with those in this folder.

    Returns
    -------
    Audit
        Findings sorted, most telling first. Content that cannot be used is a finding too.

    Raises
    ------
    BadInput
        If there is no plan to audit, or a pack asked for cannot be read.
    """
    folder = Folder(root)
    if not folder.has("placements.csv") and not folder.has(RECORD):
        mend = "Name a folder with placements.csv and inputs/, as planner plan writes it."
        raise BadInput([Issue(root.name, 0, "", "", "is no plan", mend)])
    try:
        question = read_question(folder, packs, rules_as_of)
        if question is not None:
            return judge(folder, question, packs, stage, catalogs)
        findings = []
    except _SPOILT as error:
        findings = [Finding("readable", "fail", "folder", f"cannot be worked out: {_why(error)}")]
    return _made(root, None, packs, stage, findings, folder.problems)


@dataclass(frozen=True)
class Question:
    """What was asked, as the copies under ``inputs/`` have it: one for all answers to it.

    Attributes
    ----------
    rules, judged
        The rules to judge by, and their verdicts on places.
    own, places
        The rules of the case itself, and their verdicts.
    findings
        On the rules.
    """

    case: Case
    rules: tuple[Rule, ...]
    judged: Places
    own: tuple[Rule, ...]
    places: Places
    findings: tuple[Finding, ...]


def read_question(
    folder: Folder, packs: Sequence[str] = (), rules_as_of: date | None = None
) -> Question | None:
    """Read the question from a folder; ``None``, with the folder's problems, if it cannot be used.

    Raises
    ------
    BadInput
        If a pack asked for cannot be read.
    """
    case = read_case(folder)
    if case is None:
        return None
    rules, findings = rules_of_plan(folder, case, rules_as_of)
    own = rules if rules_as_of is None else rules_of_plan(folder, case, None)[0]
    if packs:
        rules, more = rules_of_packs(folder, case, packs, rules_as_of)
        if more:
            raise BadInput([Issue(f.subject, 0, "", "", f.message, "Correct the pack.") for f in more])
    places = Places(case, own)
    judged = places if rules is own else Places(case, rules)
    return Question(case, rules, judged, own, places, tuple(findings))


def judge(
    folder: Folder,
    question: Question,
    packs: Sequence[str] = (),
    stage: Stage = "plan",
    catalogs: Path | None = None,
) -> Audit:
    """Judge the answer in a folder to a question; as :func:`audit`."""
    case = question.case
    claims, more = read_claims(folder, case)
    findings = [*question.findings, *more]
    public = bool(claims.head and claims.head.get("public") is True)
    made_by_planner = (folder.has(MANIFEST) or folder.has(RECORD)) and not public
    context = Context(
        folder, case, claims, question.rules, question.own, question.places, question.judged, stage,
        made_by_planner, _in_part(claims.head) if public else frozenset(),
    )  # fmt: skip
    if public:
        message = "calls itself a public part: what it lacks is not checked"
        findings.append(Finding("public", "not checked", RECORD, message))
    findings += _judged(context)
    if catalogs is not None:
        findings += list(compared(folder, catalogs, case.day("prices_as_of").isoformat(), _release(folder)))
    if not folder.problems:
        findings.append(Finding("readable", "pass", "all files", "every file that was needed could be read"))
    done = _made(folder.root, context, packs, stage, findings, folder.problems)
    try:
        return replace(done, decisions=decisions(context, done.findings))
    except _SPOILT as error:
        message = f"decision records cannot be worked out: {_why(error)}"
        return done.with_findings([Finding("decisions", "fail", "folder", message)])


def _release(folder: Folder) -> str:
    """The release of shipped catalogs that the manifest names; blank if none."""
    shipped = (folder.json(MANIFEST) or {}).get(SHIPPED) if folder.has(MANIFEST) else None
    return str(shipped.get("release", ""))[:40] if isinstance(shipped, dict) else ""


def _in_part(head: Mapping[str, Any] | None) -> frozenset[str]:
    stated = (head or {}).get("in_part", [])
    names = [n for n in stated if isinstance(n, str)] if isinstance(stated, list) else []
    return frozenset(n.rsplit("/", 1)[-1] for n in names)


def _judged(context: Context) -> Iterable[Finding]:
    for name, check in ALWAYS.items():
        try:
            yield from list(check(context))
        except _SPOILT as error:
            yield Finding(name, "fail", "folder", f"cannot be worked out: {_why(error)}")
    for rule in context.rules:
        try:
            yield from list(KINDS[rule.kind](context, rule))
        except _SPOILT as error:
            yield of_rule(rule, "fail", "folder", f"cannot be worked out: {_why(error)}", {})
        if rule.severity == "hard" and not SCHEMAS[rule.kind].planned:
            message = "is not enforced by the planner, it is checked by the audit only"
            yield of_rule(rule, "report", "planner", message, {})


def _why(error: Exception) -> str:
    return str(error)[:200] if isinstance(error, Unreadable) else type(error).__name__


def _made(
    root: Path,
    context: Context | None,
    packs: Sequence[str],
    stage: Stage,
    findings: Iterable[Finding],
    problems: Iterable[Finding],
) -> Audit:
    settings = context.case.settings if context else {}
    named = settings.get("packs", [])
    named = named if isinstance(named, list) else []
    return Audit(
        plan=root.resolve().name,
        title=str(settings.get("title", "")),
        marking=str(settings.get("marking", "")),
        stage=stage,
        rules_as_of=str(settings.get("rules_as_of", "")),
        packs=tuple(packs) or tuple(str(n) for n in named),
        findings=merged([*findings, *problems]),
        rules=context.rules if context else (),
        public=bool(context and context.claims.head and context.claims.head.get("public") is True),
    )
