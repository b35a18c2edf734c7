"""The forms in which a plan can be handed on: a workbook, a paper, and what other programs read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import NotWritten
from planner.report.texts import ENGLISH

if TYPE_CHECKING:
    from planner.inputs import Case
    from planner.plan.plan import Plan

Make = Callable[["Plan", "Case", str, Path | None], bytes]
"""The content of a file, of a plan, its case, a language and a document to take the look of."""


@dataclass(frozen=True)
class Form:
    """One form.

    Attributes
    ----------
    suffix
        End of a file's name; what takes several files is a ZIP of them.
    make
        Works the content out: the same bytes for the same plan.
    hint
        What to do with the file.
    words
        Whether it holds words for readers, and so has a language.
    look
        Whether it can take the look of a document.
    """

    suffix: str
    make: Make
    hint: str
    words: bool = False
    look: bool = False


def exported(plan: Plan, case: Case, form: str, lang: str = ENGLISH, template: Path | None = None) -> bytes:
    """The content of a plan in one of :data:`FORMS`: what ``planner export`` writes.

    Raises
    ------
    BadInput
        If the template is no document that can be read.
    NotWritten
        If the plan cannot be told in this form.
    """
    return FORMS[form].make(replace(plan, case=case), case, lang, template)


def _workbook(plan: Plan, case: Case, lang: str, template: Path | None) -> bytes:
    from planner.report.workbook import workbook

    return workbook(plan, lang)


def _paper(plan: Plan, case: Case, lang: str, template: Path | None) -> bytes:
    from planner.report.paper import paper

    return paper(plan, lang, template)


def _focus(plan: Plan, case: Case, lang: str, template: Path | None) -> bytes:
    from planner.exports.focus import focus

    return focus(plan, case)


def _parquet(plan: Plan, case: Case, lang: str, template: Path | None) -> bytes:
    from planner.exports.parquet import parquet

    return parquet(plan)


def _geojson(plan: Plan, case: Case, lang: str, template: Path | None) -> bytes:
    from planner.exports.placement_map import geojson

    return geojson(plan, case)


def _program(form: str) -> Make:
    def make(plan: Plan, case: Case, lang: str, template: Path | None) -> bytes:
        from planner.exports.program import program

        if "fixed" in plan.head:
            raise NotWritten("the placements of this plan were given, so no program chose them")
        return program(case, form)

    return make


_PROGRAM = "registry.csv says what each id of the program stands for"

FORMS = {
    "xlsx": Form(
        ".xlsx", _workbook,
        "open it, and type another price on sheet Prices; the totals of Summary follow", words=True,
    ),
    "docx": Form(
        ".docx", _paper, "open it; what is to be decided and signed stands at its end", words=True, look=True
    ),
    "focus": Form(
        ".focus.zip", _focus, "load cost_and_usage.csv beside your bills; about.json says what it is not"
    ),
    "parquet": Form(".parquet.zip", _parquet, "read its tables with anything that knows Parquet"),
    "geojson": Form(".geojson", _geojson, "open it in any map that reads GeoJSON"),
    "lp": Form(".lp.zip", _program("lp"), _PROGRAM),
    "mps": Form(".mps.zip", _program("mps"), _PROGRAM),
}  # fmt: skip
"""Every form by its name on the command line."""
