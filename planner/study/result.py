"""What every study gives: a typed result, which is a JSON document, a table and HTML in a notebook."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, ClassVar

import pandas as pd

from planner.case.weights import weighed_words
from planner.inputs import Case
from planner.names import group_names


def head_of(case: Case) -> dict[str, Any]:
    """What every study says of its case; ``names`` are those of vendors and their groups."""
    settings = case.settings
    note = weighed_words(settings.carbon, settings.latency)
    return {
        **({"note": note} if note else {}),
        "case": settings.id,
        "title": settings.title,
        "marking": settings.marking,
        "currency": settings.currency,
        "prices_as_of": settings.prices_as_of.isoformat(),
        "rules_as_of": settings.rules_as_of.isoformat(),
        "names": names_of_vendors(case),
    }


def names_of_vendors(case: Case) -> dict[str, str]:
    """What people call vendors and vendor groups, by their ids."""
    vendors = case.catalog.vendors
    return {**dict(zip(vendors["vendor"], vendors["name"], strict=True)), **group_names(vendors)}


@dataclass(frozen=True, kw_only=True)
class Study(ABC):
    """A result of a study; ``head`` is what it says of its case."""

    study: ClassVar[str]
    head: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """One flat line of figures for each thing studied, for CSV and JSON."""

    @abstractmethod
    def content(self) -> dict[str, Any]:
        """What the document says beside the head."""

    def document(self) -> dict[str, Any]:
        """The result as one JSON document: what the command prints with ``--json``."""
        return {**self.head, "study": self.study, **self.content()}

    def frame(self) -> pd.DataFrame:
        """The rows as a frame."""
        return pd.DataFrame(self.rows())

    def _repr_html_(self) -> str:
        words = (str(self.head.get("marking", "")), f"{self.head.get('title', '')}: {self.study}")
        lines = "".join(f"<p>{escape(word)}</p>" for word in words if word)
        return lines + self.frame().to_html(index=False, na_rep="", border=0)
