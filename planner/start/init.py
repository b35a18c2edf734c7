"""A new case from a few answers, or a copy of an example; written whole, and only if it reads."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from planner.atomic import new_folder
from planner.case.settings import FILE
from planner.errors import BadInput, Issue, NotWritten
from planner.inputs import Case, read_case
from planner.policy.rules import Rule
from planner.start.answers import Answers, check_answers, classes_of, offer, rates, rules_of
from planner.start.case_text import LIMITS, adopted, case_text, limits_text, renamed, share_rules
from planner.start.sample import sample_tables

ADOPTIONS = "adoptions.md"
"""The paper that lists what the case adopts, to be signed by who does."""


def new_case(folder: Path, answers: Answers) -> Case:
    """Write a commented case with three sample systems that can be planned at once.

    Parameters
    ----------
    folder
        Where to; must not exist, or be empty.

    Returns
    -------
    Case
        The case as read back.

    Raises
    ------
    BadInput
        With everything wrong with the answers.
    UnknownName
        If a vendor is in no shipped catalog.
    NotWritten
        If there is something in the folder.
    """
    check_answers(answers)
    _must_be_free(folder)
    on_offer = offer(answers)
    exchange = rates(answers, on_offer.currencies)
    rules = rules_of(answers.packs, folder)
    shares = share_rules(answers, rules)
    if shares and not answers.adopted_by:
        mend = "Say who adopts it and under which reference (--adopted-by, --reference)."
        raise BadInput(
            [
                Issue("answers", 0, name, str(getattr(answers, name)), "is adopted by nobody", mend)
                for name in shares
            ]
        )
    files = sample_tables(answers, on_offer, classes_of(answers.packs, folder)[-1])
    files[FILE] = case_text(folder, answers, on_offer, exchange, rules, sorted(files)).encode("utf-8")
    if missing := [name for name, rule in shares.items() if not rule]:
        files[LIMITS.removeprefix("./")] = limits_text(answers, missing).encode("utf-8")
    if answers.adopted_by:
        files[ADOPTIONS] = _paper(answers, adopted(answers, rules)).encode("utf-8")
    with new_folder(folder) as work:
        for name, content in files.items():
            (work / name).write_bytes(content)
        return read_case(work)


def copy_case(source: Path, folder: Path) -> Case:
    """Copy a case under a new name; its ``id`` becomes that of the folder.

    Raises
    ------
    BadInput
        If the source is no case that reads.
    NotWritten
        If there is something in the folder.
    """
    read_case(source)
    _must_be_free(folder)
    with new_folder(folder) as work:
        shutil.copytree(source, work, dirs_exist_ok=True)
        text = (work / FILE).read_bytes().decode("utf-8-sig")
        (work / FILE).write_bytes(renamed(text, folder).encode("utf-8"))
        return read_case(work)


def _must_be_free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotWritten(f"{folder} exists and is not empty; nothing was written")


def _paper(answers: Answers, rules: Sequence[Rule]) -> str:
    """The adoptions as a paper to sign: each rule with its source, who, when, under which reference."""
    lines = [
        f"# Rules adopted for {answers.title}",
        "",
        f"By {answers.adopted_by}, {answers.decided}, reference {answers.reference}.",
        "The sources of these rules are weak (confidence C or D): they bind because they are adopted here.",
        "",
    ]
    for rule in rules:
        lines += [f"- **{rule.id}** ({rule.confidence}): {rule.title} Source: {rule.source_line()}"]
    return "\n".join([*lines, "", "Signature: ______________________   Date: ______________", ""])
