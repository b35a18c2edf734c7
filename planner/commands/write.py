"""Writing a plan folder: frames, record, inputs, figures, report, manifest; whole or not at all."""

from __future__ import annotations

from pathlib import Path

from planner.inputs import Inputs
from planner.plan.folder import copy_inputs, save, write_manifest, written_whole
from planner.plan.plan import Plan


def write_plan(plan: Plan, inputs: Inputs, out: Path) -> None:
    """Write ``out``.

    Raises
    ------
    click.UsageError
        If ``out`` holds something else than a plan.
    """
    from planner.report.background import background_of
    from planner.report.write import write_report

    background = background_of(inputs)
    with written_whole(out) as folder:
        save(plan, folder)
        copy_inputs(inputs.files, folder)
        write_report(plan, background, folder)
        write_manifest(folder)
