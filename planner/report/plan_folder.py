"""Writing a plan folder: record, tables, certificate, inputs, report, manifest; whole or not at all."""

from __future__ import annotations

from pathlib import Path

from planner.case.files import INPUTS
from planner.catalog.release import shipped_in
from planner.plan import certificate
from planner.plan.folder import copy_inputs, save, write_manifest, written_whole
from planner.plan.plan import Plan
from planner.report.texts import ENGLISH, check_language


def write_plan(
    plan: Plan,
    folder: Path | str,
    replace_signed: bool = False,
    *,
    report: bool = True,
    figures: bool = True,
    lang: str = ENGLISH,
) -> None:
    """Write a plan's folder: what ``planner plan`` writes.

    Parameters
    ----------
    report, figures
        Without a report no page and no figures are written, without figures a page that says so: half of
        the time of a small case is drawing. All else in the folder is the same.
    lang
        Language of the report and its figures, one of :data:`planner.report.texts.LANGUAGES`.

    Raises
    ------
    NotWritten
        If ``folder`` holds anything else than a plan as it was written, or a signed one and that was not
        asked for; or if nothing can be written there.
    ValueError
        If there is no such language, or the plan does not know its case: only what
        :func:`planner.plan_case` gave can be written.
    """
    if plan.case is None:
        raise ValueError("the plan does not know its case: write the plan that plan_case gave")
    check_language(lang)
    with written_whole(Path(folder), replace_signed=replace_signed) as work:
        save(plan, work)
        copy_inputs(plan.case.files, work)
        if plan.certified is not None:
            certificate.save(work / certificate.FILE, plan.certified)
        if report:
            # Drawing needs Matplotlib, which takes longer to import than a small plan to write.
            from planner.report.background import background_of
            from planner.report.write import write_report

            write_report(plan, background_of(plan.case), work, figures, lang)
        write_manifest(work, shipped_in(work / INPUTS))
