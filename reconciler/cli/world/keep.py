"""`moorline drift --write`: take what is live over into the files, all of them or none."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from reconciler.aws.lookups import answer
from reconciler.cli.frame.checked import checked
from reconciler.cli.frame.project import Exit
from reconciler.cli.world.live import World
from reconciler.compile import compiler
from reconciler.disk import read, write as disk
from reconciler.disk.place import real
from reconciler.drift.keep import Keeper, Left, Written
from reconciler.kinds.scope import Lookup
from reconciler.model.diagnostic import Diagnostic, Severity, in_words
from reconciler.model.document import Document
from reconciler.model.graph import Graph
from reconciler.model.plan import Plan, Step
from reconciler.model.value import Json
from reconciler.resources import api as resources
from reconciler.specs import overlay
from reconciler.specs.encoding import MAX_BYTES, decode
from reconciler.specs.source import parse

BOM = "\ufeff".encode()


def run(world: World, plan: Plan, addresses: tuple[str, ...], *, dry_run: bool) -> Exit:
    """Write what drifted in these resources, or in all. Says what was written and what not."""
    steps = _chosen(world, plan, addresses)
    files = Files()
    keeper = Keeper(world.view, files.text, _Compiler(world).graph, resources.load())
    keeper.keep(steps)
    changed = keeper.changed()
    diff = "".join(_diff(file, files.text(file), text) for file, text in sorted(changed.items()))
    if not dry_run:
        try:
            files.write(changed)
        except OSError as error:
            text = f"no file was changed: {error}"
            world.project.fail([Diagnostic("DRIFT003", text, help="correct it and write again")])
    _report(world, keeper, diff, dry_run=dry_run)
    return Exit.DRIFT if keeper.left else Exit.OK


def _chosen(world: World, plan: Plan, addresses: tuple[str, ...]) -> list[Step]:
    known = {str(step.address): step for step in plan.steps}
    wrong = [address for address in addresses if address not in known]
    if wrong:
        names = ", ".join(sorted(known)) or "none"
        help_ = f"resources that differ: {names}"
        world.project.fail(
            [Diagnostic("DRIFT001", f"{each!r} does not differ", help=help_) for each in wrong]
        )
    return [step for address, step in known.items() if not addresses or address in addresses]


def _report(world: World, keeper: Keeper, diff: str, *, dry_run: bool) -> None:
    project = world.project
    if project.as_json:
        project.print_json(_as_json(keeper, diff, dry_run=dry_run))
        return
    if diff and dry_run:
        click.echo(diff, nl=False)
    verb = "would write" if dry_run else "wrote"
    for each in keeper.written:
        place = f"{each.at.file}:{each.at.line}"
        click.echo(f"{verb} {place}  {each.before} → {each.after}   ({_name(each)})", err=dry_run)
    if keeper.left:
        project.show([_diagnostic(each) for each in keeper.left])
    if keeper.written and not dry_run:
        if keeper.follow:
            names = ", ".join(f"{'.'.join(path)} of {at}" for at, path in keeper.follow)
            click.echo(f"The next apply updates what says so in words: {names}.")
        click.echo("Look at it with `git diff`, and commit it. A value of a spec holds in every")
        click.echo("environment that does not override it.")
    elif not (keeper.written or keeper.left):
        click.echo("Nothing has drifted.")


def _as_json(keeper: Keeper, diff: str, *, dry_run: bool) -> dict[str, Json]:
    return {
        "dry_run": dry_run,
        "diff": diff,
        "written": [
            {
                "address": str(each.address),
                "path": list(each.path),
                "file": each.at.file,
                "line": each.at.line,
                "before": each.before,
                "after": each.after,
            }
            for each in keeper.written
        ],
        "follow": [
            {"address": str(address), "path": list(path)} for address, path in keeper.follow
        ],
        "left": [
            {"address": str(each.address), "path": list(each.path), "why": each.why}
            for each in keeper.left
        ],
    }


def _diagnostic(left: Left) -> Diagnostic:
    place = in_words(".".join(left.path), left.at) if left.path else ""
    text = f"not written: {place + ' of ' if place else ''}{left.address}: {left.why}"
    help_ = "edit it by hand, or take it back with `moorline apply`"
    return Diagnostic("DRIFT002", text, left.at, help_, Severity.WARNING, left.address)


def _name(each: Written) -> str:
    return f"{in_words('.'.join(each.path), each.at)} of {each.address}"


def _diff(file: str, old: str, new: str) -> str:
    """A unified diff that `git apply` takes."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{file}", f"b/{file}"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


@dataclass(slots=True)
class _Compiler:
    """Compiles the platform with some of its files changed."""

    world: World
    _facts: dict[Lookup, Json] | None = None

    def graph(self, texts: Mapping[str, str]) -> Graph | None:
        """The graph; nothing when the files are wrong then."""
        documents: list[Document] = []
        done: set[str] = set()
        for each in self.world.project.loaded.documents:
            if each.file not in texts:
                documents.append(each)
            elif each.file not in done:
                done.add(each.file)
                found = parse(texts[each.file], each.file)
                if any(item.is_error for item in found.diagnostics):
                    return None
                documents += found.documents
        view, _ = overlay.resolve(documents, self.world.view.name)
        if view is None:
            return None
        specs, problems = checked(documents, view, (), self.world.project.repository)
        if any(each.is_error for each in problems):
            return None
        graph, problems = compiler.build(specs, view, self._answers())
        return None if any(each.is_error for each in problems) else graph

    def _answers(self) -> dict[Lookup, Json]:
        if self._facts is None:
            request = self.world.request
            asked = compiler.questions(request.specs, request.view)
            self._facts, _ = answer(self.world.session, asked)
        return self._facts


@dataclass(slots=True)
class Files:
    """The files as they were read, and the way to write them.

    A link is followed once, when its file is read; what is written is the file that was read.
    """

    raw: dict[str, bytes] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)

    def text(self, file: str) -> str:
        """The text of a file, read once; "" when there is none."""
        if file not in self.texts:
            self.places[file] = place = real(Path(file))
            try:
                self.raw[file] = _read(place)
            except OSError:
                self.raw[file] = b""
            self.texts[file] = decode(self.raw[file], file)[0].text
        return self.texts[file]

    def write(self, changed: Mapping[str, str]) -> None:
        """Write all files, or none.

        Raises:
            OSError: one could not be written, or is not as it was read; all are as before.
        """
        done: list[str] = []
        try:
            for file in sorted(changed):
                self._check(file)
            for file, text in sorted(changed.items()):
                mark = BOM if self.raw[file].startswith(BOM) else b""
                self._put(file, mark + text.encode())
                done.append(file)
        except OSError:
            for file in done:
                self._put(file, self.raw[file])
            raise

    def _check(self, file: str) -> None:
        place = self.places[file]
        if real(Path(file)) != place or _read(place) != self.raw[file]:
            raise OSError(f"{file} was changed meanwhile")

    def _put(self, file: str, content: bytes) -> None:
        place = self.places[file]
        disk.replace(place, content, within=place.parent)


def _read(place: Path) -> bytes:
    return read.whole(place, within=place.parent, most=MAX_BYTES)
