"""The option ``--lang`` of every command that writes a report."""

from __future__ import annotations

import click

from planner.report.texts import ENGLISH, LANGUAGES

lang_option = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default=ENGLISH,
    show_default=True,
    help="Language of what is written.",
)
