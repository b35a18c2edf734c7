"""What ``mkdocs build`` takes from the program, so that no page of the site can lag behind the code.

A page holds ``<!-- generated: NAME -->`` where the text goes, and the tutorial of a country
``<!-- file: NAME -->`` where a file of its example does.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from commands_page import commands
from mathematics import columns_table, families, terms
from python_page import names

_GENERATED = {
    "columns": columns_table,
    "families": families,
    "terms": terms,
    "commands": commands,
    "python": names,
}
EXAMPLE = ROOT / "examples" / "country-from-scratch"
_FILE = re.compile(r"<!-- file: ([\w./-]+) -->")
_MARK = re.compile(r"<!-- generated: (\w+) -->")
_ROLE = re.compile(r":(?:class|func|meth|mod|data|attr|exc):<code>~?([^<]+)</code>")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The page with its generated parts."""
    markdown = _FILE.sub(lambda mark: _file(mark[1]), markdown)
    return _MARK.sub(lambda mark: _GENERATED[mark[1]](), markdown)


def _file(name: str) -> str:
    kind = "toml" if name.endswith(".toml") else "text"
    return f"`{name}`\n\n```{kind}\n{(EXAMPLE / name).read_text(encoding='utf-8').rstrip()}\n```"


def on_page_content(html: str, **_: Any) -> str:
    """Docstrings name objects as Sphinx does; readers see the name alone."""
    return _ROLE.sub(r"<code>\1</code>", html)
