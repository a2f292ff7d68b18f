"""The wheel as a user gets it, in an environment with what it asks for and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from sweeps import only_long

from reconciler.delivery.names import names

from .folder import plain
from .mistakes import environment, spec

pytestmark = only_long
REPOSITORY = Path(__file__).parents[2]
LOCAL = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, by the build backend that pyproject.toml names."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(out), "."]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if "No matching distribution found for hatchling" in done.stderr:
        pytest.skip("no package index has the build backend")
    assert done.returncode == 0, done.stderr
    (made,) = out.glob("moorline-*.whl")
    return made


@pytest.fixture(scope="module")
def inside(wheel: Path) -> dict[str, int]:
    """The files of the wheel, with their sizes."""
    with ZipFile(wheel) as archive:
        return {each.filename: each.file_size for each in archive.infolist()}


def tracked() -> Iterator[str]:
    """What Git keeps of the package and its data."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "reconciler", "schemas"]
    said = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    for name in said.stdout.splitlines():
        if (REPOSITORY / name).is_file() and not name.startswith("schemas/generate/"):
            yield re.sub(r"^schemas/", "reconciler/schemas/", name)


def test_the_wheel_has_the_package_whole_and_nothing_else(inside: dict[str, int]) -> None:
    wanted = {name for name in tracked() if name != "reconciler/schemas/__init__.py"}
    mine = {name for name in inside if ".dist-info/" not in name}
    vendor = {name for name in mine if name.startswith("reconciler/render/html/vendor/")}

    assert sorted(mine - vendor) == sorted(wanted - vendor)
    assert vendor, "the page's own files are not there; `make` fetches them"
    assert not [name for name in inside if "__pycache__" in name or name.endswith(".pyc")]


@pytest.mark.parametrize(
    "part",
    [
        "reconciler/schemas/fields/FeatureGroup.json",
        "reconciler/schemas/kinds/moorline.json",
        "reconciler/schemas/aws/types.zip",
        "reconciler/specs/migrations/m0001_one_language.py",
        "reconciler/specs/foreign.py",
        *(f"reconciler/delivery/providers/{name}.py" for name in names()),
    ],
)
def test_a_part_that_is_read_by_its_place_is_there(part: str, inside: dict[str, int]) -> None:
    assert inside[part] > 0


@pytest.fixture(scope="module")
def moorline(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment that has what the wheel requires, without extras."""
    home = tmp_path_factory.mktemp("user")
    venv.create(home / "venv", with_pip=False, symlinks=True)
    (site,) = (home / "venv" / "lib").glob("python*/site-packages")
    python = home / "venv" / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q"]
    command += ["--no-deps", "--no-index", "--no-compile", str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    (installed,) = site.glob("moorline-*.dist-info")
    for each in required(Distribution.at(installed), {}).values():
        for top in tops(each):
            if not (site / top.name).exists():
                (site / top.name).symlink_to(top)
    return home / "venv" / "bin" / "moorline"


def required(of: Distribution, known: dict[str, Distribution]) -> dict[str, Distribution]:
    """What a distribution requires here, and what that requires."""
    for line in of.requires or ():
        what, _, when = line.partition(";")
        name = re.split(r"[^\w.-]", what.strip())[0]
        if "extra ==" in when or name in known:
            continue
        try:
            found = distribution(name)
        except ImportError:
            assert when, f"{name} is not installed"  # for another system
            continue
        known[name] = found
        required(found, known)
    return known


def tops(of: Distribution) -> set[Path]:
    """The files and folders of a distribution where packages are."""
    root = Path(str(of.locate_file("")))
    names = {each.parts[0] for each in of.files or ()}
    return {root / name for name in names if name not in {"..", "__pycache__"}}


def run(moorline: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {key: item for key, item in plain().items() if not key.startswith("PYTHON")}
    command = [str(moorline), *arguments]
    return subprocess.run(
        command, cwd=folder, env=clean, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (
        ("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n")),
        ("environments/local.yaml", environment("local", LOCAL)),
    ):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_command_helps_validates_and_explains(moorline: Path, folder: Path) -> None:
    for arguments, said in (
        (("--help",), "validate"),
        (("validate",), "2 files are right for local: up to 1 resources"),
        (("explain", "FeatureGroup.online.ttl"), "FeatureGroup.online.expireAfter now"),
        (("explain", "AWS::S3::Bucket"), "AWS::S3::Bucket"),
    ):
        done = run(moorline, folder, *arguments)
        assert said in done.stdout + done.stderr, (arguments, done)
        assert "Traceback" not in done.stderr


def test_a_plan_on_the_sandbox_says_in_a_line_what_to_install(moorline: Path, folder: Path) -> None:
    done = run(moorline, folder, "plan", "-e", "local")
    assert done.returncode == 1
    assert "pip install 'moorline[sandbox]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("error")]) == 1
    assert len(done.stderr.splitlines()) <= 2


def test_it_is_the_wheel_that_runs(moorline: Path, folder: Path) -> None:
    python = moorline.with_name("python")
    code = "import reconciler; print(reconciler.__file__)"
    done = run(python, folder, "-c", code)
    assert str(moorline.parents[1]) in os.path.realpath(done.stdout.strip())
