"""A repository of somebody who wants his own programs to run, and to read and write elsewhere."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.cli.folder import Folder
from tests.cli.mistakes import environment, spec

SECRET = "canary-9b1f-of-another-file"
BODY = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
CLOUD = '  platform: acme\n  account: "123456789012"\n  region: eu-west-1\n'
QUIET = {
    "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t", "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@t", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repository:
    """A platform in a repository, and beside it what is none of its business."""

    folder: Folder
    outside: Path

    @property
    def path(self) -> Path:
        return self.folder.path

    @property
    def markers(self) -> list[str]:
        """The programs of the repository that ran."""
        return sorted(path.name for path in (self.outside / "ran").iterdir())

    def program(self, way: str) -> str:
        """A program in the repository that leaves a mark when it runs, whatever it is asked."""
        path = self.path / ".evil" / way
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch '{self.outside}/ran/{way}'\nexit 1\n")
        path.chmod(0o755)
        return str(path)

    def git(self, *arguments: str, given: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env={**os.environ, **QUIET},
            check=True,
            input=given,
            capture_output=True,
        )
        return done.stdout.decode().strip()

    def configure(self, text: str) -> None:
        with (self.path / ".git/config").open("a") as file:
            file.write(text)

    def untouched(self) -> dict[str, bytes]:
        """Everything outside, to see that nothing was written there."""
        return {
            str(path.relative_to(self.outside)): b"" if path.is_dir() else path.read_bytes()
            for path in sorted(self.outside.rglob("*"))
        }


def make(path: Path) -> Repository:
    """Two commits of a platform with one bucket."""
    shutil.copytree(_made(os.environ.get("GIT_DEFAULT_HASH", "")), path, dirs_exist_ok=True)
    return Repository(Folder(path / "repository"), path / "outside")


@cache
def _made(_form: str) -> Path:
    """What is made once, and copied for each test; the form is the variable of Git's."""
    path = Path(tempfile.mkdtemp(prefix="moorline-repository-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    (path / "outside/ran").mkdir(parents=True)
    (path / "outside/secret.yaml").write_text(f"{SECRET}: [\n")
    (path / "outside/folder").mkdir()
    (path / "outside/folder/secret.yaml").write_text(f"{SECRET}: [\n")
    made = Repository(Folder(path / "repository"), path / "outside")
    folder = made.folder
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    folder.write("environments/local.yaml", environment("local", BODY))
    folder.write("environments/dev.yaml", environment("dev", CLOUD))
    made.git("init", "-q", "--template=")
    for owner in ("one", "two"):
        folder.write("specs/README.md", owner)
        made.git("add", "-A")
        made.git("commit", "-qm", owner)
    return path


# -- programs that Git would run


def _fsmonitor(it: Repository) -> None:
    it.configure(f'[core]\nfsmonitor = "{it.program("fsmonitor")}"\n')


def _hooks(it: Repository) -> None:
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc"):
        it.program(hook)
    it.configure(f'[core]\nhooksPath = "{it.path}/.evil"\n')


def _filter(how: str) -> Callable[[Repository], None]:
    def way(it: Repository) -> None:
        it.configure(f'[filter "x"]\n{how} = "{it.program(how)}"\nrequired = true\n')
        (it.path / ".git/info").mkdir(exist_ok=True)
        for attributes in (".gitattributes", ".git/info/attributes"):
            (it.path / attributes).write_text("* filter=x diff=x export-subst\n")
        it.folder.write("specs/ledger.yaml", it.git("show", "HEAD:specs/ledger.yaml") + "\n")

    return way


def _diff(it: Repository) -> None:
    it.configure(f'[diff]\nexternal = "{it.program("external")}"\n')
    it.configure(f'[diff "x"]\ntextconv = "{it.program("textconv")}"\n')
    (it.path / ".gitattributes").write_text("* diff=x\n")
    it.folder.write("specs/README.md", "changed")


def _alias(it: Repository) -> None:
    for verb in ("rev-parse", "ls-tree", "cat-file", "status", "archive", "remote", "symbolic-ref"):
        it.configure(f'[alias]\n{verb} = "!{it.program("alias")}"\n')


def _pager(it: Repository) -> None:
    it.configure(f'[core]\npager = "{it.program("pager")}"\n[pager]\nls-tree = true\n')
    it.configure("[pager]\nremote = true\narchive = true\n")


def _transport(it: Repository) -> None:
    it.configure(
        f'[core]\nsshCommand = "{it.program("ssh")}"\ngitProxy = "{it.program("proxy")}"\n'
    )
    it.configure(f'[core]\nalternateRefsCommand = "{it.program("refs")}"\n')
    it.configure(f'[credential]\nhelper = "!{it.program("helper")}"\n')


def _promisor(url: str) -> Callable[[Repository], None]:
    """Objects are missing and promised by a remote that is a program."""

    def way(it: Repository) -> None:
        program = it.program("promisor")
        missing = it.git("rev-parse", "HEAD^{tree}", "HEAD:specs", "HEAD:specs/ledger.yaml").split()
        _transport(it)
        it.configure("[core]\nrepositoryformatversion = 1\n[extensions]\npartialClone = far\n")
        it.configure(f'[remote "far"]\npromisor = true\nurl = "{url.format(program)}"\n')
        it.configure(f'uploadpack = "{program}"\n[protocol]\nallow = always\n')
        it.configure('[protocol "ext"]\nallow = always\n')
        for id_ in missing:
            (it.path / ".git/objects" / id_[:2] / id_[2:]).unlink()

    return way


def _include(it: Repository) -> None:
    (it.path / "more").write_text(f'[core]\nfsmonitor = "{it.program("included")}"\n')
    it.configure("[include]\npath = ../more\n")


def _elsewhere(it: Repository) -> None:
    """`.git` is a file that leads to a folder of the repository."""
    _fsmonitor(it)
    (it.path / ".git").rename(it.path / "store")
    (it.path / ".git").write_text("gitdir: store\n")


def _worktree(it: Repository) -> None:
    _fsmonitor(it)
    it.configure("[core]\nworktree = /\n")


def _bare(it: Repository) -> None:
    """The files of the repository look like a repository without a work tree."""
    _fsmonitor(it)
    for inner in list((it.path / ".git").iterdir()):
        inner.rename(it.path / inner.name)
    (it.path / ".git").rmdir()


def _own_git(it: Repository) -> None:
    (it.path / "git").write_bytes(Path(it.program("git")).read_bytes())
    (it.path / "git").chmod(0o755)


PROGRAMS: dict[str, Callable[[Repository], None]] = {
    "a file system monitor": _fsmonitor,
    "hooks": _hooks,
    "a clean filter": _filter("clean"),
    "a smudge filter": _filter("smudge"),
    "a filter process": _filter("process"),
    "diff programs": _diff,
    "aliases": _alias,
    "a pager": _pager,
    "ssh, proxy and credential helper": _transport,
    "a promisor that is a program": _promisor("ext::{0} %S"),
    "a promisor behind ssh": _promisor("ssh://far/away"),
    "a promisor behind a proxy": _promisor("git://far/away"),
    "a promisor with an own upload-pack": _promisor("."),
    "an included file": _include,
    "a gitdir elsewhere": _elsewhere,
    "a work tree elsewhere": _worktree,
    "a bare repository among the files": _bare,
    "a program called git": _own_git,
}


# -- files among the specs that are none


def _link(target: str) -> Callable[[Repository, Path], None]:
    def way(it: Repository, path: Path) -> None:
        path.symlink_to(target.format(outside=it.outside, repository=it.path))

    return way


def _loop(_it: Repository, path: Path) -> None:
    path.symlink_to(path.name)


def _inner_link(it: Repository, path: Path) -> None:
    """A link to a link that leads out."""
    (it.path / "step.yaml").symlink_to(it.outside / "secret.yaml")
    path.symlink_to(it.path / "step.yaml")


def _pipe(_it: Repository, path: Path) -> None:
    os.mkfifo(path)


def _link_to_pipe(it: Repository, path: Path) -> None:
    os.mkfifo(it.path / "pipe")
    path.symlink_to(it.path / "pipe")


def _socket(_it: Repository, path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # an address may not be long
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def _git_config(it: Repository, path: Path) -> None:
    it.configure(f"[http]\nextraheader = {SECRET}\n")
    path.symlink_to(it.path / ".git/config")


def _hidden(it: Repository, path: Path) -> None:
    (it.path / ".env").write_text(f"TOKEN={SECRET}\n")
    path.symlink_to("../.env")


FILES: dict[str, tuple[Callable[[Repository, Path], None], str]] = {
    "a link to a file outside": (_link("{outside}/secret.yaml"), "YAML025"),
    "a relative link to a file outside": (_link("../../outside/secret.yaml"), "YAML025"),
    "a link to a link that leads out": (_inner_link, "YAML025"),
    "a link to a folder outside": (_link("{outside}/folder"), "YAML025"),
    "a link to nothing outside": (_link("{outside}/nothing.yaml"), "YAML025"),
    "a link to the root": (_link("/"), "YAML025"),
    "a link to an endless device": (_link("/dev/zero"), "YAML025"),
    "a link to a terminal": (_link("/dev/tty"), "YAML025"),
    "a link to standard input": (_link("/dev/stdin"), "YAML025"),
    "a link to the environment of the process": (_link("/proc/self/environ"), "YAML025"),
    "a link to the configuration of Git": (_git_config, "YAML025"),
    "a link to a hidden file": (_hidden, "YAML025"),
    "a link to nothing inside": (_link("{repository}/nothing.yaml"), "YAML021"),
    "a link to itself": (_loop, "YAML026"),
    "a pipe": (_pipe, "YAML026"),
    "a link to a pipe": (_link_to_pipe, "YAML026"),
    "a socket": (_socket, "YAML026"),
}
