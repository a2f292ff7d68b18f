"""What is taken for `--requirements`: packages by version and hash, nothing else."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.delivery.requirements import problems

from .test_init import folder, init  # noqa: F401 - a fixture
from .written import data

HASH = "--hash=sha256:" + "0" * 64
OWN = f"moorline==1.2.3 {HASH}\n"


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        f"Moorline==1.2.3 {HASH} {HASH}\n",
        f"# made by a tool\nmoorline==1.2.3 \\\n    {HASH} \\\n    {HASH}\n    # via -r in.txt\n",
        f"{OWN}click==8.2 ; python_version >= '3.11' {HASH}\n",
        f"{OWN}typing_extensions==4.15.0 {HASH}  # via pydantic\n\n",
        f"{OWN}rich[jupyter]==14.1+local.1 {HASH}\n",
    ],
)
def test_what_tools_write_is_taken(text: str) -> None:
    assert problems(text, "1.2.3") == []


@pytest.mark.parametrize(
    "line",
    [
        "click==8.2",
        f"click>=8.2 {HASH}",
        f"click {HASH}",
        "click==8.2 --hash=sha256:00",
        "click==8.2 --hash=md5:" + "0" * 32,
        f"click==8.2 ; python_version > '3' --pre {HASH}",
        f"click @ https://example.com/click.whl {HASH}",
        f"https://example.com/click.whl {HASH}",
        f"./click.whl {HASH}",
        "-e .",
        "-r other.txt",
        "-c other.txt",
        "-i https://example.com/simple",
        "--pre",
        "--find-links .",
        "--trusted-host example.com",
        "--no-binary :all:",
        f"click==8.2 {HASH} --global-option=x",
        f"$(touch pwned)==1 {HASH}",
    ],
)
def test_what_nothing_vouches_for_is_refused_with_its_line(line: str) -> None:
    (found,) = problems(f"{OWN}{line}\n", "1.2.3")

    assert found.startswith("line 2 is no package with version and hash")


@pytest.mark.parametrize(("text", "there"), [("", "no Moorline"), (OWN, "Moorline '1.2.3'")])
def test_moorline_itself_is_in_it_in_the_version_that_writes(text: str, there: str) -> None:
    assert problems(text, "9.9.9") == [f"it has {there}; the files are written by '9.9.9'"]


def test_a_line_that_goes_on_is_one_line() -> None:
    assert problems(f"{OWN}click==8.2 \\\n  -r other.txt\n", "1.2.3") != []
    assert problems(f"{OWN}# a comment \\\nclick==8.2\n", "1.2.3") != []


def test_the_file_is_copied_and_its_digest_stands_in_the_files(folder: Path) -> None:  # noqa: F811
    text = OWN.replace("1.2.3", __version__)
    (folder / "wanted.txt").write_text(text)

    done = init(folder, "--provider", "github", "--requirements", "wanted.txt")

    assert done.code == 0, done.err
    assert "DELIVERY007" not in done.err
    assert (folder / "delivery/requirements.txt").read_text() == text
    apply = data((folder / ".github/workflows/moorline-apply.yml").read_text())
    assert apply["env"]["MOORLINE_REQUIREMENTS"] == sha256(text.encode()).hexdigest()


def test_without_hashes_init_warns(folder: Path) -> None:  # noqa: F811
    assert "DELIVERY007" in init(folder, "--provider", "github", "--dry-run").err


def test_a_file_without_hashes_writes_nothing(folder: Path) -> None:  # noqa: F811
    (folder / "wanted.txt").write_text("moorline\n")

    done = init(folder, "--provider", "github", "--requirements", "wanted.txt")

    assert done.code == 1
    assert "DELIVERY008" in done.err
    assert not (folder / ".github").exists()
