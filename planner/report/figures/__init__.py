"""The figures of a plan: one file a figure, all drawn on a :class:`~planner.report.figures.sheet.Sheet`."""
