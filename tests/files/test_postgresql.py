"""A table of a case from PostgreSQL: a server of the test's own, where one and a driver are installed."""

from __future__ import annotations

import csv
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from support.cli import call
from support.full_world import full_world

from planner.case.schema import DEMAND

INITDB, CONTROL = shutil.which("initdb"), shutil.which("pg_ctl")


@pytest.fixture
def server():
    """The address of an empty database; the server runs as somebody who is not root, as it demands."""
    pytest.importorskip("pg8000", reason="the driver pg8000 is not installed (extra sql)")
    if INITDB is None or CONTROL is None:
        pytest.skip("PostgreSQL is not installed")
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if user not in {entry.pw_name for entry in pwd.getpwall()}:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    wrapped = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="planner-pg-"))
    shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command):
        subprocess.run([*wrapped, *command], cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120)

    try:
        run(INITDB, "-D", folder / "data", "-A", "trust", "-U", "planner", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -k {folder}"
        run(CONTROL, "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgresql+pg8000://planner@127.0.0.1:{port}/postgres"
        finally:
            run(CONTROL, "-D", folder / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def test_a_query_gives_the_plan_of_the_table_and_may_not_write(server, tmp_path, monkeypatch):
    import sqlalchemy

    case = full_world().write(tmp_path / "case")
    assert call("plan", case, "--out", tmp_path / "ours").code == 0
    with (case / DEMAND.file).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    engine = sqlalchemy.create_engine(server, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE needs (w text, k text, p date, amount numeric)"))
        values = [{**row, "period": f"{row['period']}-01"} for row in rows]
        insert = (
            "INSERT INTO needs VALUES (:workload, :resource, CAST(:period AS date), CAST(:amount AS numeric))"
        )
        connection.execute(sqlalchemy.text(insert), values)
    (case / DEMAND.file).unlink()
    monkeypatch.setenv("ESTATE", server)
    kept = [line for line in (case / "case.toml").read_text().splitlines() if f'"{DEMAND.file}"' not in line]
    asked = "SELECT w AS workload, k AS resource, to_char(p, 'YYYY-MM') AS period, amount FROM needs"
    for query, code in ((asked, 0), ("DELETE FROM needs RETURNING w", 5)):
        source = f'[[source]]\ntable = "demand"\nurl_env = "ESTATE"\nquery = "{query}"\n'
        (case / "case.toml").write_text("\n".join([*kept, "", source]))
        ran = call("plan", case, "--out", tmp_path / f"theirs-{code}")
        assert ran.code == code, ran.err
    assert "read-only transaction" in ran.err
    for name in ("placements.csv", "purchases.csv", "costs.csv"):
        assert (tmp_path / "theirs-0" / name).read_bytes() == (tmp_path / "ours" / name).read_bytes()
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT count(*) FROM needs")).scalar() == len(rows)
