"""Studies on a Dask cluster: the same results, a lost worker costs a retry, a killed study resumes.

The scheduler and its workers are real processes. Nothing sleeps: tests wait for lines, workers and results.
"""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from support import tasks
from support.cases import World
from support.cli import ROOT, environment

from planner.case.files import Files
from planner.errors import PlannerError, Unavailable
from planner.study.cluster import Cluster, exposed
from planner.study.executor import Processes, Serial, run_all
from planner.study.stress import StressTask

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")
psutil = pytest.importorskip("psutil")

TEXTS = ["vendor-gone:a", "demand:*:+20%", "price:a:+30%", "capacity:*:-25%"]


def world() -> World:
    made = World(periods=2, months=6)
    for vendor, price in (("a", 0.2), ("b", 0.3)):
        made.vendor(vendor).region(f"{vendor}:x").machine(f"{vendor}:x", "m", 4, 16, price)
    made.capacity("b:x", "vcpu", 60)
    return made.workload("web", demand={"vcpu": 80, "memory_gib": 80})


@contextmanager
def scheduler(workers: int, folder: Path, tls: tuple[str, ...] = ()) -> Iterator[str]:
    """A scheduler process with workers that are not started again; its address.

    ``tls`` are options that name certificates; then all is encrypted.
    """
    env = environment(
        {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "PLANNER_TEST_MARKS": str(folder)}
    )
    quiet = {"stdout": subprocess.DEVNULL, "env": env, "cwd": folder}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0"]
    command += [
        "--host",
        "tls://127.0.0.1" if tls else "127.0.0.1",
        "--dashboard-address",
        "127.0.0.1:0",
        *tls,
    ]
    with (folder / "workers.log").open("w") as log:
        main = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **quiet)
        started = [main]
        try:
            assert main.stderr is not None
            line = next(line for line in main.stderr if "Scheduler at:" in line)
            address = line.split("Scheduler at:")[1].strip()
            worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny"]
            worker += ["--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", *tls]
            started += [subprocess.Popen(worker, stderr=log, **quiet) for _ in range(workers)]
            security = distributed.Security(
                **dict(zip(("tls_ca_file", "tls_client_cert", "tls_client_key"), tls[1::2], strict=False))
            )
            with distributed.Client(address, security=security, set_as_default=False) as client:
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


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """An authority, a certificate that it signed, and the key of that."""
    day = datetime.datetime.now(datetime.UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("ca", "node")]
    paths = (folder / "ca.pem", folder / "node.pem", folder / "node.key")
    for name, key, path, is_ca in zip(names, keys, paths[:2], (True, False), strict=True):
        built = x509.CertificateBuilder(names[0], name, key.public_key(), x509.random_serial_number(),
                                        day, day + datetime.timedelta(days=1))  # fmt: skip
        signed = built.add_extension(x509.BasicConstraints(is_ca, None), True).sign(keys[0], hashes.SHA256())
        path.write_bytes(signed.public_bytes(Encoding.PEM))
    paths[2].write_bytes(keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def listening() -> set[str]:
    """Addresses beyond this machine on which this process listens."""
    found = psutil.Process().net_connections(kind="inet")
    return {c.laddr.ip for c in found if c.status == psutil.CONN_LISTEN} - {"127.0.0.1", "::1"}


def test_a_cluster_with_certificates_runs_encrypted_and_nothing_listens_here(tmp_path):
    ca, node, key = certificates(tmp_path)
    told: list[set[str]] = []
    options = ("--tls-ca-file", str(ca), "--tls-cert", str(node), "--tls-key", str(key))
    with scheduler(1, tmp_path, options) as address:
        assert address.startswith("tls://127.0.0.1:")
        with pytest.raises(Unavailable, match="needs certificates: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE"):
            run_all(Cluster(address), tasks.echo, ["a"])
        names = {"ca-file": str(ca), "client.cert": str(node), "client.key": str(key)}
        with dask.config.set({f"distributed.comm.tls.{name}": path for name, path in names.items()}):
            sent = run_all(Cluster(address), tasks.echo, ["a", "b"], told=lambda *_: told.append(listening()))
        assert sent == [{"text": "a"}, {"text": "b"}]
    assert told == [set(), set()]


@pytest.mark.parametrize(
    ("address", "told"),
    [("tcp://10.0.0.5:8786", True), ("10.0.0.5:8786", True), ("tls://10.0.0.5:8786", False),
     ("tcp://127.0.0.1:8786", False), ("tcp://localhost:1", False), ("tcp://[::1]:1", False)],
)  # fmt: skip
def test_what_others_can_read_is_told(address, told):
    assert exposed(address) == told


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
