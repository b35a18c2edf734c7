"""Writing a plan folder: frames, record, inputs, figures, report, manifest; whole or not at all."""

from __future__ import annotations

from pathlib import Path

from planner.answer.solved import Solved, write_certificate
from planner.inputs import Inputs
from planner.plan.folder import copy_inputs, save, write_manifest, written_whole


def write_plan(solved: Solved, inputs: Inputs, out: Path, replace_signed: bool = False) -> None:
    """Write ``out``, with the certificate of optimality where there is one.

    Raises
    ------
    NotWritten
        If ``out`` holds anything else than a plan as it was written, or a signed one and that was not
        asked for.
    """
    from planner.report.background import background_of
    from planner.report.write import write_report

    background = background_of(inputs)
    with written_whole(out, replace_signed=replace_signed) as folder:
        save(solved.plan, folder)
        write_certificate(solved, folder)
        copy_inputs(inputs.files, folder)
        write_report(solved.plan, background, folder)
        write_manifest(folder)
