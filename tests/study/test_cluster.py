"""Studies on a Dask cluster: the same results, a lost worker costs a retry, a killed study resumes.

The scheduler and its workers are real processes. Nothing sleeps: tests wait for lines, workers and results.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import tasks
from support.cases import World
from support.cli import ROOT, environment

from planner.case.files import Files
from planner.errors import PlannerError, Unavailable
from planner.study.cluster import Cluster
from planner.study.executor import Processes, Serial, run_all
from planner.study.stress import StressTask

distributed = pytest.importorskip("distributed")

TEXTS = ["vendor-gone:a", "demand:*:+20%", "price:a:+30%", "capacity:*:-25%"]


def world() -> World:
    made = World(periods=2, months=6)
    for vendor, price in (("a", 0.2), ("b", 0.3)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    made.capacity("b:x", "vcpu", 60)
    return made.workload("web", demand={"vcpu": 80, "memory_gib": 80})


@contextmanager
def scheduler(workers: int, folder: Path) -> Iterator[str]:
    """A scheduler process with workers that are not started again; its address."""
    env = environment(
        {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "PLANNER_TEST_MARKS": str(folder)}
    )
    quiet = {"stdout": subprocess.DEVNULL, "env": env, "cwd": folder}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0"]
    command += ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
    with (folder / "workers.log").open("w") as log:
        main = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **quiet)
        started = [main]
        try:
            assert main.stderr is not None
            line = next(line for line in main.stderr if "Scheduler at:" in line)
            address = line.split("Scheduler at:")[1].strip()
            worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny"]
            worker += ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
            started += [subprocess.Popen(worker, stderr=log, **quiet) for _ in range(workers)]
            with distributed.Client(address, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=60)
            yield address
        finally:
            for process in reversed(started):
                process.kill()
                process.wait()
            main.stderr.close()


def test_a_local_cluster_gives_what_serial_and_processes_give(tmp_path):
    task = StressTask(Files(world().write(tmp_path)))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        found = run_all(Cluster(cluster.scheduler_address), task, TEXTS)
    assert found == run_all(Serial(), task, TEXTS) == run_all(Processes(2), task, TEXTS)


def test_a_killed_worker_costs_a_retry(tmp_path):
    with scheduler(2, tmp_path) as address:
        assert run_all(Cluster(address), tasks.die_once, ["a"]) == [{"text": "a"}]
        assert run_all(Cluster(address), tasks.echo, ["x", "y"]) == [{"text": "x"}, {"text": "y"}]


def test_a_killed_study_resumes_to_the_same_bytes(tmp_path):
    case = world().write(tmp_path / "case")

    def argv(address: str, out: str, keep: str) -> list[str]:
        paths = ["--out", str(tmp_path / out), "--keep", str(tmp_path / keep)]
        return [sys.executable, str(ROOT / "cli.py"), "stress", str(case), *address.split(), *paths]

    env = environment()
    with scheduler(1, tmp_path) as address:
        here = f"--cluster {address}"
        with subprocess.Popen(
            argv(here, "out", "runs"), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=env
        ) as study:
            assert study.stderr is not None
            first = next(line for line in study.stderr if " of " in line)
            study.kill()
        assert first.startswith("1 of ") and not (tmp_path / "out").exists()
        again = subprocess.run(argv(here, "out", "runs"), capture_output=True, text=True, check=True, env=env)
    assert "kept from before" in again.stderr
    subprocess.run(argv("--jobs 1", "whole", "other"), capture_output=True, check=True, env=env)
    for name in ("study.json", "stress.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_worker_that_reads_other_files_is_refused(tmp_path):
    task = StressTask(Files(world().write(tmp_path)), "another study")
    with pytest.raises(Unavailable, match="reads another"):
        run_all(Serial(), task, ["vendor-gone:a"])


def test_a_cluster_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr("planner.study.cluster._PATIENCE", "1s")
    with pytest.raises(Unavailable, match="no cluster answers"):
        run_all(Cluster("tcp://127.0.0.1:9"), tasks.echo, ["a"])


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(PlannerError, match=r"\[cluster\]"):
        run_all(Cluster("tcp://127.0.0.1:9"), tasks.echo, ["a"])
