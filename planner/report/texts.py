"""The words of reports in each language.

The English of a text stands in the code, as its key; ``languages/LANGUAGE.toml`` holds what it is called
there, one catalogue a language. Words from input are never translated, but for titles of rules of the packs
that ship (``languages/LANGUAGE.rules.toml``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

ENGLISH = "en"
LANGUAGES = (ENGLISH, "ms")
"""ISO 639-1 codes of the languages in which reports are written."""

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def tr(text: str, /, **values: object) -> str:
    """A text in the language that is spoken, with ``{name}`` in it replaced by the value of that name.

    >>> tr("Vendor"), tr("at least {cost}", cost="MYR 3")
    ('Vendor', 'at least MYR 3')
    """
    translated = catalogue(_language.get()).get(text, text)
    return translated.format_map(values) if values else translated


def tr_noop(text: str) -> str:
    """The text itself, where :func:`tr` takes it from a constant: so that catalogues must hold it."""
    return text


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it :func:`tr` gives texts of this language.

    Raises
    ------
    ValueError
        If it is none of :data:`LANGUAGES`.
    """
    check_language(language)
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def check_language(language: str) -> None:
    """Raise ``ValueError`` for a language that has no catalogue."""
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}; there are {', '.join(LANGUAGES)}")


def spoken() -> str:
    """The language of texts here and now, as ISO 639-1."""
    return _language.get()


def rule_title(title: str) -> str:
    """The title of a rule in the language that is spoken; as its pack has it where that is not known."""
    return catalogue(_language.get(), ".rules").get(title, title)


@cache
def catalogue(language: str, part: str = "") -> Mapping[str, str]:
    """Every text of a language by its English, or every title of a rule (``.rules``); empty for English."""
    if language == ENGLISH:
        return {}
    path = files("planner.report").joinpath(f"languages/{language}{part}.toml")
    return {str(k): str(v) for k, v in tomllib.loads(path.read_text(encoding="utf-8")).items()}
