"""What is built for users: its content, and that it plans from anywhere with what it brings."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from planner import __version__
from planner.catalog.load import shipped, shipped_names

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from planner.commands import main; main()"


def built(builder, folder: Path) -> Path:
    return Path(next(builder.build(directory=str(folder), versions=["standard"])))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, as ``pip install .`` builds it."""
    return built(WheelBuilder(str(ROOT)), tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def names(wheel) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The wheel as it lies in a folder of installed packages, the checkout not beside it."""
    place = tmp_path_factory.mktemp("site packages")
    shutil.unpack_archive(wheel, place, "zip")
    return place


def planner(installed: Path, cwd: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-W", "error", "-c", PROGRAM, str(installed), *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_wheel_holds_every_file_of_the_package_and_of_the_catalogs(names):
    for folder, inside in ((ROOT / "planner", "planner"), (ROOT / "catalogs", "planner/_catalogs")):
        wanted = {
            f"{inside}/{path.relative_to(folder).as_posix()}"
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert len(wanted) > 20
        assert wanted <= names


def test_the_wheel_holds_nothing_else(names):
    tops = {name.split("/")[0] for name in names}
    assert tops == {"planner", f"cloud_capacity_planner-{__version__}.dist-info"}
    assert not [name for name in names if name.endswith((".pyc", "/cli.py")) or "/tests/" in name]


def test_the_wheel_names_what_it_needs(wheel):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with zipfile.ZipFile(wheel) as archive:
        info = f"cloud_capacity_planner-{__version__}.dist-info"
        metadata = archive.read(f"{info}/METADATA").decode().splitlines()
        scripts = archive.read(f"{info}/entry_points.txt").decode()
    needed = [line for line in metadata if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert len(needed) == len(project["dependencies"])
    assert "planner = planner.commands:main" in scripts
    assert f"Version: {__version__}" in metadata


def test_what_is_installed_finds_its_own_catalogs(installed, tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from planner.catalog.load import shipped, shipped_names; print(shipped()); print(*shipped_names())"
    )
    command = [sys.executable, "-I", "-c", code, str(installed)]
    place, found = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert Path(place) == (installed / "planner" / "_catalogs").resolve()
    assert tuple(found.split()) == shipped_names()


def test_a_checkout_finds_its_own_catalogs():
    assert shipped() == ROOT / "catalogs"


def test_what_is_installed_plans_from_another_folder(installed, tmp_path):
    done = planner(installed, tmp_path, "plan", ROOT / "examples" / "quick-start")
    assert done.returncode == 0, done.stderr
    written = tmp_path / "plans" / "quick-start"
    for name in ("plan.json", "placements.csv", "report.html", "figures/map.svg", "manifest.json"):
        assert (written / name).stat().st_size > 0


def test_the_source_archive_is_enough_to_build_and_test(tmp_path):
    archive = built(SdistBuilder(str(ROOT)), tmp_path)
    with tarfile.open(archive) as held:
        names = {name.partition("/")[2] for name in held.getnames()}
    for name in ("pyproject.toml", "README.md", "LICENSE", "Makefile", "cli.py", "requirements-dev.lock"):
        assert name in names
    for folder in ("planner", "catalogs", "examples", "tests", "benchmarks", "docs"):
        assert any(name.startswith(f"{folder}/") for name in names), folder
    assert not [name for name in names if name.endswith(".pyc") or name.startswith((".venv", "plans"))]


def test_a_new_user_gets_from_an_empty_folder_to_a_plan(installed, tmp_path):
    """Installed wheel, init, ten systems in a workbook as LibreOffice writes it, check, plan."""
    office = shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    asked = ("--country", "MY", "--currency", "MYR", "--count", "2", "--decision-date", "2026-11-29")
    made = planner(installed, tmp_path, "init", "ours", *asked)
    assert made.returncode == 0, made.stderr
    case = tmp_path / "ours"
    header, sample = (case / "workloads.csv").read_text().splitlines()[:2]
    name = sample.split(",")[0]
    ten = [header, *(sample.replace(name, f"system-{i}", 1) for i in range(10))]
    needs = ["workload,resource,period,amount"]
    for i in range(10):
        for resource, amount in (("vcpu", 4 + i), ("memory_gib", 16 + 4 * i), ("block_gib", 1500)):
            needs.append(f"system-{i},{resource},2027-01,{amount}")
    for table, rows in (("workloads", ten), ("demand", needs)):
        (case / f"{table}.csv").write_text("\n".join(rows) + "\n")
        convert = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
        convert += ["--convert-to", "xlsx", "--outdir", str(case), str(case / f"{table}.csv")]
        subprocess.run(convert, check=True, capture_output=True)
        (case / f"{table}.csv").unlink()
    (case / "users.csv").unlink(missing_ok=True)
    lines = (case / "case.toml").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("users = ")) + "\n"
    for table in ("workloads", "demand"):
        text = text.replace(f'"{table}.csv"', f'"{table}.xlsx"')
    (case / "case.toml").write_text(text)
    for command in ("check", "plan"):
        done = planner(installed, tmp_path, command, "ours")
        assert done.returncode == 0, done.stderr
    placed = (tmp_path / "plans" / "ours" / "placements.csv").read_text()
    assert {f"system-{i}" for i in range(10)} == {line.split(",")[0] for line in placed.splitlines()[1:]}


@pytest.mark.slow
def test_the_source_archive_gives_a_wheel_that_pip_installs(tmp_path):
    """sdist, wheel of the unpacked sdist, ``pip install``, and the program that it puts into bin."""
    archive = built(SdistBuilder(str(ROOT)), tmp_path)
    with tarfile.open(archive) as held:
        held.extractall(tmp_path / "source", filter="data")
    [source] = (tmp_path / "source").iterdir()
    made = built(WheelBuilder(str(source)), tmp_path / "wheel")
    place = tmp_path / "installed"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        place,
        made,
    ]
    subprocess.run(install, check=True, capture_output=True)
    ran = subprocess.run(
        [sys.executable, place / "bin" / "planner", "check", ROOT / "examples" / "vendor-cap"],
        cwd=tmp_path, env={"PYTHONPATH": str(place), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "vendor-cap" in ran.stdout
