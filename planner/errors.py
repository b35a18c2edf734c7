"""Every error a user can meet, in one tree; each class carries the exit code of the design.

::

    PlannerError            1  internal: a promise of our own was broken
    ├── Infeasible          3  no plan obeys every rule
    ├── AuditFailed         4  a finding failed, or a file was changed
    ├── UnknownName         2  a name given by the user is unknown (says which are near)
    ├── NotWritten          2  a place to write to holds something that is not replaced
    ├── Unavailable         2  a cluster that does not answer, an extra that is not installed
    ├── NoRoute             3  nothing joins two nodes of the network
    ├── BadInput            5  problems in files, each with file, row, column, value and mend
    ├── StaleData           6  data older than ``--max-age``
    ├── Stopped             7  the solver stopped before an optimum was proved
    └── Unbounded           1  internal: a program without a least cost, which no case has

Usage errors (2) of the command line are click's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from planner.names import did_you_mean, nearest


class PlannerError(Exception):
    """Base of all errors shown to a user; ``exit_code`` is what the process returns."""

    exit_code = 1


@dataclass(frozen=True, order=True)
class Issue:
    """One thing wrong in one place of the input, and how to mend it.

    ``row`` is the line in the file as an editor counts it (the header is line 1); 0 means the
    whole file. ``column`` and ``value`` are empty where they do not apply. ``more`` counts further rows
    with the same fault that are not named one by one.
    """

    file: str
    row: int
    column: str
    value: str
    problem: str
    mend: str
    more: int = 0

    def __str__(self) -> str:
        where = self.file + (f", row {self.row}" if self.row else "")
        where += f", column {self.column}" if self.column else ""
        shown = f" = {self.value!r}" if self.value else ""
        more = f" ({self.more:,} more row{'s' if self.more > 1 else ''} likewise)" if self.more else ""
        return f"{where}{shown}: {self.problem}. {self.mend}{more}"

    def as_dict(self) -> dict[str, str | int]:
        return {name: value for name, value in asdict(self).items() if name != "more" or value}


class BadInput(PlannerError):
    """The input cannot be planned. Holds every problem: of many alike the first, and ``count`` of all."""

    exit_code = 5

    def __init__(self, problems: Iterable[Issue]) -> None:
        self.problems: Sequence[Issue] = tuple(sorted(set(problems)))
        self.count = sum(1 + problem.more for problem in self.problems)
        super().__init__(f"{self.count:,} problem{'s' if self.count != 1 else ''} in the input")


class Infeasible(PlannerError):
    """No plan obeys every hard rule. ``reasons`` are sentences, most telling first."""

    exit_code = 3

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(reasons))


class UnknownName(PlannerError):
    """A name given on the command line or to a function is unknown. ``near`` are close ones."""

    exit_code = 2

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.near = nearest(name, known, 3)
        hint = did_you_mean(name, known, 3)
        super().__init__(f"there is no {what} {name!r}{hint and '; ' + hint}")


class NotWritten(PlannerError):
    """Nothing can be written there, or what is there is not replaced."""

    exit_code = 2


class Unavailable(PlannerError):
    """Something asked for cannot be used here: a cluster or an extra of the installation."""

    exit_code = 2


class NoRoute(PlannerError):
    """Nothing joins two nodes, for example because links were taken out."""

    exit_code = 3


class AuditFailed(PlannerError):
    """A plan folder does not hold what its manifest says, or breaks a rule."""

    exit_code = 4


class StaleData(PlannerError):
    """Data older than the user allows with ``--max-age``."""

    exit_code = 6


class Stopped(PlannerError):
    """The solver ended without a proof of optimality (time limit, interrupt, numerical trouble)."""

    exit_code = 7


class Unbounded(PlannerError):
    """A program of ours has no least cost: no case can ask for that, so it is a fault of ours."""
