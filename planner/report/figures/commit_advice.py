"""How much to commit: a bar a machine, with what each level of demand alone would commit."""

from __future__ import annotations

from planner.report.figures import rows as bars
from planner.report.figures.looks import looks
from planner.report.figures.sheet import Chart, Sheet
from planner.report.words import amount, percent
from planner.study.commit_advice import Advice

NAME = "commit-advice"


def commit_chart(found: Advice, title: str, marking: str, footer: str) -> Chart:
    """Draw the advice, the most machines first."""
    levels = [f"demand {level.factor - 1:+.0%}" for level in found.levels]
    drawn = looks(["commit", *levels], ())
    rows = []
    for line in sorted(found.rows(), key=lambda line: (-line["advised"], line["sku"], line["term"])):
        marks = [(max(line[f"alone_{k}"], 0.0), drawn[name]) for k, name in enumerate(levels)]
        term = str(line["term"]).replace("_", " ")
        pays = "" if line["pays_from"] is None else f"pays from {percent(line['pays_from'])} of hours"
        notes = [f"{line['advised']:,.4g}, {term}", pays]
        parts = [(line["advised"], drawn["commit"])]
        rows.append(bars.Row(str(line["sku"]), parts, marks=marks, notes=[note for note in notes if note]))
    committed = sum(line["advised"] for line in found.rows())
    saved = found.of_mean - found.expected
    heading = "Nothing is worth a commitment at these levels of demand"
    if committed > 0.5:
        less = amount(saved, found.currency)
        heading = f"Commit to {committed:,.0f} machines: {less} less, on average, than for the mean alone"
    sheet = Sheet(height=bars.height(rows, marking, 1 + len(levels)))
    subtitle = (
        f"{title}. Machines to commit in the first period: bars before demand is known, marks if it were."
        f"{bars.left_out(rows, 'commit-advice.csv')}"
    )
    low, high = sheet.frame(marking, heading, subtitle, footer)
    below = bars.draw_key(sheet, high, [(name, drawn[name]) for name in ("commit", *levels)], levels)
    bars.draw_rows(sheet, low, below, rows, lambda v: f"{v:,.4g}", labels=2.3, notes=1.7)
    alt = "; ".join(f"{row.label}: {', '.join(row.notes)}" for row in rows) or heading
    return Chart(NAME, heading, f"{alt}.", sheet)
