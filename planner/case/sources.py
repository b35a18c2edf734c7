"""Tables from databases (``[[source]]`` of ``case.toml``), and ``case.toml`` as a plan keeps it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner import tables
from planner.case.files import Files
from planner.case.reader import FILE, Reader
from planner.case.toml import with_values
from planner.files.grid import Gathering, Grid, refused, text_of
from planner.files.read import Source, is_text, parts
from planner.tables import Content, Table

BOM = "\ufeff"


@dataclass(frozen=True)
class TableSource:
    """A table that a query of a database gives.

    Attributes
    ----------
    table
        Name of the table.
    url
        Where the database is, as SQLAlchemy writes it; of a SQLite file of the case ``sqlite:///NAME``.
    url_env
        Name of the variable of the environment that holds it instead: where it holds a password.
    query
        The SELECT that gives the columns of the table.
    """

    table: str
    url: str
    url_env: str
    query: str


def read_sources(reader: Reader, tree: dict[str, Any], named: set[str]) -> tuple[TableSource, ...]:
    """Take ``[[source]]``; ``named`` are the tables that have a file."""
    sources = tuple(_source(reader, row) for row in reader.rows(tree, "source"))
    names = [source.table for source in sources]
    for name in sorted({n for n in names if names.count(n) > 1 or n in named}):
        mend = "Name a file under [tables], or one [[source]], not both."
        reader.bad("source.table", name, "has two sources", mend)
    return sources


def _source(reader: Reader, row: dict[str, Any]) -> TableSource:
    path = "source."
    table = reader.words(row, "table", path)
    url, env = reader.take(row, "url", str, path, ""), reader.take(row, "url_env", str, path, "")
    text: str = reader.take(row, "query", str, path)
    reader.left(row, path)
    if bool(url) == bool(env):
        mend = 'Write url = "sqlite:///estate.db", or url_env = "NAME" for a variable that holds it.'
        reader.bad("source.url", "", "one of url and url_env must be given", mend)
    if re.match(r"[^:/]+://[^/@]*:[^/@]*@", url):
        mend = "Put the address into a variable of the environment and write url_env."
        reader.bad("source.url", "", "holds a password, which would go into every plan", mend)
    return TableSource(table, url, env, text)


def query(source: TableSource, folder: Path, table: Table) -> Content:
    """Run the query of a source in a transaction that only reads."""
    where = f"[[source]] {table.name}"
    return tables.applied(_grid(source, folder, where), table, where)


def _grid(source: TableSource, folder: Path, where: str) -> Grid:
    try:
        import sqlalchemy
        from sqlalchemy.exc import ArgumentError, SQLAlchemyError
    except ImportError:
        mend = "Install the extra sql: pip install 'cloud-capacity-planner[sql]'."
        return refused(where, "a database cannot be read: SQLAlchemy is not installed", mend)
    url = source.url or os.environ.get(source.url_env, "")
    if not url:
        mend = f"Set {source.url_env} to the address of the database."
        return refused(where, f"the environment has no {source.url_env}", mend, column="url_env")
    try:
        address = sqlalchemy.make_url(url)
        if address.get_backend_name() == "sqlite":
            name = address.database or ""
            if not (folder / name).resolve().is_relative_to(folder.resolve()):
                return refused(where, "leads out of the case folder", "Name a file of the case.", value=name)
            if not (folder / name).is_file():
                return refused(where, "the file is missing", "Add it to the case folder.", value=name)
            file = f"file:{(folder / name).resolve().as_posix()}"
            address = address.set(database=file, query={"mode": "ro", "uri": "true"})
        engine = sqlalchemy.create_engine(address, poolclass=sqlalchemy.NullPool)
        options = {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}
        with engine.connect().execution_options(**options) as connection:
            result = connection.execute(sqlalchemy.text(source.query))
            gathering = Gathering(where)
            gathering.add(1, list(result.keys()))
            for number, row in enumerate(result, start=2):
                gathering.add(number, [text_of(cell) for cell in row])
    except (ArgumentError, ImportError) as error:
        what = f"the address cannot be used ({type(error).__name__})"
        return refused(where, what, "Correct the address, or install the driver that it names.", column="url")
    except SQLAlchemyError as error:
        first = str(getattr(error, "orig", None) or error).splitlines()[0][:200]
        return refused(where, f"the query failed ({first})", "Correct the query.", column="query")
    return gathering.grid(["read from a database"])


def canonical(
    files: Files, tables: Mapping[str, str], sources: Sequence[TableSource], decimal: str
) -> Source:
    """``case.toml`` as a plan keeps it: as it is, unless tables came from other files than text.

    Every table is then named by the CSV file that the plan keeps; comments say where it was read and
    what that file's SHA-256 was.
    """
    raw = files.content(FILE)
    typed = {name: file for name, file in tables.items() if not is_text(file)}
    if not typed and not sources and not decimal:
        return raw.removeprefix(BOM.encode()) if raw.startswith(BOM.encode()) else files.source(FILE)
    values: dict[tuple[str, ...], Any] = {}
    comments = ["# Tables read elsewhere, kept as CSV beside this file:"]
    for name, file in sorted(typed.items()):
        values["tables", name] = f"{name}.csv"
        digest = hashlib.sha256((files.folder / parts(file)[0]).read_bytes()).hexdigest()
        comments.append(f"# {name}: {file}, SHA-256 {digest}")
    for source in sources:
        values["tables", source.table] = f"{source.table}.csv"
        comments.append(f"# {source.table}: {' '.join(source.query.split())}")
    values |= {("source",): None, ("files",): None}
    return ("\n".join(comments) + "\n" + with_values(raw.decode("utf-8-sig"), values)).encode("utf-8")
