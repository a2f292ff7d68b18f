"""What of a repository may become an asset, and why the rest may not."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.assets import tree
from reconciler.assets.repository import Repository
from reconciler.git.ignored import unignored
from reconciler.model.asset import ChangedError, Form, Packed

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "code/train.py", "print(1)\n")
    write(tmp_path, "code/lib/io.py", "x = 1\n")
    return tmp_path


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def read(root: Path, path: str, form: Form = Form.ZIP, **more: object) -> Packed | str:
    """What an asset is, or the codes of why it is none."""
    found = Repository(root, **more).read([(path, form)])[path, form]  # type: ignore[arg-type]
    return found if isinstance(found, Packed) else " ".join(each.code for each in found)


def test_a_folder_is_what_its_files_are(root: Path) -> None:
    made = read(root, "code")
    assert isinstance(made, Packed)
    assert (made.names, made.files) == (("lib/io.py", "train.py"), 2)
    assert read(root, "code/") == Packed("code/", Form.ZIP, made.digest, made.size, 2)
    os.utime(root / "code/train.py", (1, 1))
    (root / "code/train.py").chmod(0o640)
    again = read(root, "code")
    assert again == made
    (root / "code/train.py").chmod(0o755)
    assert read(root, "code") != made


def test_what_a_reviewer_does_not_look_at_stays_out(root: Path) -> None:
    made = read(root, "code")
    for name in (".env", ".aws/credentials", "__pycache__/x.pyc", "lib/y.pyc", ".DS_Store"):
        write(root, f"code/{name}", TOKEN)
    assert read(root, "code") == made


def link(root: Path) -> None:
    (root / "code/link.py").symlink_to(root / "code/train.py")


def link_out(root: Path) -> None:
    (root / "code/passwd").symlink_to("/etc/passwd")


def folder_link(root: Path) -> None:
    (root / "code/all").symlink_to("/")


def pipe(root: Path) -> None:
    os.mkfifo(root / "code/pipe")


def plug(root: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(root / "code/plug"))


def another_repository(root: Path) -> None:
    write(root, "code/lib/.git", "gitdir: /elsewhere")


def strange_name(root: Path) -> None:
    write(root, "code/a\nb.py", "")


def secret(root: Path) -> None:
    write(root, "code/config.py", f"TOKEN = '{TOKEN}'\n")


def secret_in_bytes(root: Path) -> None:
    (root / "code/model.bin").write_bytes(b"\xff\x00\x80" + TOKEN.encode() + b"\xff")


@pytest.mark.parametrize(
    ("hostile", "code"),
    [
        *((each, "ASSET004") for each in (link, link_out, folder_link, pipe, plug)),
        (another_repository, "ASSET004"),
        (strange_name, "ASSET004"),
        (secret, "ASSET007"),
        (secret_in_bytes, "ASSET007"),
    ],
)
def test_what_must_not_go_is_refused(
    root: Path, hostile: Callable[[Path], None], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)  # the name of a socket must be short
    hostile(root)
    assert read(root, "code") == code


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        ("cod", Form.ZIP, "ASSET003"),
        ("Code", Form.ZIP, "ASSET003"),
        ("code/train.py/x", Form.ZIP, "ASSET003"),
        ("code", Form.FILE, "ASSET003"),
        ("empty.sql", Form.FILE, "ASSET003"),
        ("nothing", Form.ZIP, "ASSET003"),
        ("out/passwd", Form.FILE, "ASSET004"),
        ("linked.py", Form.FILE, "ASSET004"),
    ],
)
def test_a_path_that_leads_to_nothing_of_the_repository(
    root: Path, path: str, form: Form, code: str
) -> None:
    write(root, "empty.sql", "")
    (root / "nothing").mkdir()
    (root / "out").symlink_to("/etc")
    (root / "linked.py").symlink_to(root / "code/train.py")
    assert read(root, path, form) == code


def test_too_much_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (root / "code/large.bin").open("wb") as file:
        file.truncate(tree.MOST + 1)
    assert read(root, "code") == "ASSET006"
    (root / "code/large.bin").unlink()
    for number in range(tree.FILES + 1):
        os.link(root / "code/train.py", root / f"code/lib/{number}.py")
    assert read(root, "code") == "ASSET006"


def git(root: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


def test_what_git_ignores_stays_out_and_cannot_be_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    plain = read(root, "code", known=unignored)
    assert isinstance(plain, Packed)  # without a repository nothing is ignored
    git(root, "init", "-q")
    write(root, ".gitignore", "out/\n*.log\ncode/lib/kept.log\n")
    write(root, "code/run.log", TOKEN)
    write(root, "out/x.py", "1")
    write(root, "code/lib/kept.log", "kept")
    git(root, "add", "--force", "code/lib/kept.log", ".gitignore")
    made = read(root, "code", known=unignored)
    assert isinstance(made, Packed)
    assert made.names == ("lib/io.py", "lib/kept.log", "train.py")
    assert read(root, "out", known=unignored) == "ASSET005"
    assert read(root, "out/x.py", Form.FILE, known=unignored) == "ASSET005"
    monkeypatch.chdir(root / "code")  # a platform may be a folder of a larger repository
    assert isinstance(read(root / "code", "lib", known=unignored), Packed)


def test_git_that_does_not_answer_is_no_git_without_rules(root: Path) -> None:
    def broken(_: object) -> frozenset[str]:
        raise OSError("fatal: detected dubious ownership")

    assert read(root, "code", known=broken) == "ASSET009"


def test_the_bytes_are_those_of_the_plan_or_none(root: Path) -> None:
    files = Repository(root)
    made = files.read([("code", Form.TAR)])["code", Form.TAR]
    assert isinstance(made, Packed)
    assert len(files.data(made)) == made.size
    write(root, "code/train.py", "print(2)\n")
    with pytest.raises(ChangedError, match="not what was planned"):
        files.data(made)
    (root / "code/train.py").unlink()
    (root / "code/train.py").symlink_to("/etc/passwd")
    with pytest.raises(ChangedError, match="is a link"):
        files.data(made)
