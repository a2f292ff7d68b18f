"""`moorline explain`: a resource, a spec, an AWS property, a code, or a kind and its fields."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.frame.completing import subjects
from reconciler.cli.frame.examples import epilog
from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project, say

if TYPE_CHECKING:
    from reconciler.compile.spec import Spec
    from reconciler.model.address import Address
    from reconciler.model.graph import Graph


@click.command("explain", epilog=epilog("explain"))
@click.argument(
    "subject",
    metavar="ADDRESS|KIND/NAME|AWS::TYPE[.PROPERTY…]|CODE|KIND[.FIELD…]|-",
    shell_complete=subjects,
)
@environment
@click.option(
    "--day",
    metavar="DATE",
    default="",
    help="Of a table with partitions: the day (2026-11-29) of which it says where rows lie; "
    "today by default.",
)
@folders
def command(
    subject: str,
    name: str | None,
    day: str,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Explain a resource, a spec, an AWS property, a diagnostic code, or a kind and its fields.

    Of a resource, TYPE/NAME or its name alone, it says which spec and lines cause it, what
    it needs, what needs it, what it holds, and what a change of each property does. Without
    -e it is looked for in every environment. Nothing is asked of AWS.

    Of a property it says what a change does: update, replace, append-only, none or
    unsupported. Of a field, KIND.FIELD as in Rollout.serve.realtime.instances, it says what
    may stand there, what it becomes in AWS, what changing it does, and shows an example that
    validates. With - it reads one property a line from standard input; * stands for any
    item of a list.
    """
    project = Project(specs, environments, as_json, no_color)
    day = day or datetime.now(UTC).date().isoformat()
    if subject == "-":
        _lines(as_json=as_json)
    elif "/" in subject and not _field(subject):
        _resource(project, subject, name, day)
    elif subject.startswith("AWS::"):
        _property(subject, as_json=as_json)
    else:
        _word(project, subject, name, day)


def _field(subject: str) -> bool:
    """Whether it is the path of a field, which may hold a name with a slash in it."""
    from reconciler.explain.fields import asked  # noqa: PLC0415 - after the arguments are right

    return asked(subject) is not None


def _lines(*, as_json: bool) -> None:
    from reconciler.explain.property import explain_lines  # noqa: PLC0415 - after the arguments are right

    for line in explain_lines(sys.stdin):
        click.echo(line) if as_json else say(_text(json.loads(line)))


def _property(subject: str, *, as_json: bool) -> None:
    from reconciler.explain.property import explain  # noqa: PLC0415 - after the arguments are right

    answer = explain(subject)
    click.echo(json.dumps(answer)) if as_json else say(_text(answer))
    if answer["effect"] == "unsupported":
        raise SystemExit(Exit.ERROR)


def _word(project: Project, subject: str, name: str | None, day: str) -> None:
    """A code or a kind; else the name of a resource."""
    from reconciler.explain.topics import close, topic  # noqa: PLC0415 - after the arguments are right
    from reconciler.specs.migrations import today  # noqa: PLC0415

    about = topic(subject, lambda word, known, top: today(word, known, top=top), meanings)
    if about is not None:
        if project.as_json:
            click.echo(json.dumps(about))
        else:
            say(_topic(about, color=project.color))
        raise SystemExit(Exit.ERROR if "error" in about else Exit.OK)
    _resource(project, subject, name, day, others=close(subject))


def meanings(word: str) -> tuple[str, ...]:
    """What an older word is called today, and what words of other tools stand for."""
    from reconciler.specs import brought, migrations  # noqa: PLC0415 - only for what is not there

    return (*sorted(migrations.renamed().get(word, ())), *brought.meanings(word))


def _resource(
    project: Project, subject: str, name: str | None, day: str, others: tuple[str, ...] = ()
) -> None:
    """A resource or a spec of the platform in this folder."""
    from reconciler.compile.lineage import lineage  # noqa: PLC0415 - after the arguments are right
    from reconciler.explain import resource  # noqa: PLC0415
    from reconciler.render.text import reason as render  # noqa: PLC0415

    near = list(others)
    deferred: list[str] = []
    subject = _by_stage(subject)
    for place, graph, specs in _graphs(project, name, subject):
        address = resource.like(graph, subject)
        if address is not None:
            about = {"environment": place, **resource.reason(graph, address)}
            if lies := _lies(resource.partition, graph, address, day):
                about["partition"] = lies
            if subject not in {str(address), address.name}:  # a name of other content
                about["asked"] = subject
            _print(project, about, render.text)
            return
        spec = resource.of_spec(graph, subject)
        if spec is not None:
            told = resource.of_lineage(lineage(specs), subject)
            _print(project, {"environment": place, **spec, **told}, render.of_spec)
            return
        near += [each for each in resource.close(graph, subject) if each not in near]
        deferred += [each for each in sorted(graph.deferred) if each not in deferred]
    _unknown(project, subject, near, deferred)


def _lies(
    partition: Callable[[Graph, Address, str], dict[str, Any]],
    graph: Graph,
    address: Address,
    day: str,
) -> dict[str, Any]:
    """Where a table has the rows of a day."""
    try:
        return partition(graph, address, day)
    except ValueError as error:
        text = f"there is no day {day!r}; write it as in 2026-11-29"
        raise click.BadParameter(text, param_hint="--day") from error


def _by_stage(subject: str) -> str:
    """A spec by what it is in a lineage, as in ``features/customer``, with its kind instead."""
    from reconciler.kinds.api import load  # noqa: PLC0415 - after the arguments are right

    stage, slash, rest = subject.partition("/")
    kinds = [each.name for each in load().values() if slash and each.stage == stage]
    return f"{kinds[0]}/{rest}" if kinds else subject


def _graphs(
    project: Project, name: str | None, subject: str
) -> Iterator[tuple[str, Graph, tuple[Spec, ...]]]:
    """The graph of the environment, or of each, those first whose name is in the subject."""
    from reconciler.compile import compiler  # noqa: PLC0415 - after the arguments are right
    from reconciler.specs import overlay  # noqa: PLC0415

    if name is None and not (project.specs.exists() and project.environments.exists()):
        return
    known = [name] if name else overlay.names(project.read().documents)
    for place in sorted(known, key=lambda each: f"-{each}-" not in subject):
        if name:
            view = project.view(place)
        else:
            found, _ = overlay.resolve(project.read().documents, place)
            if found is None:
                continue
            view = found
        specs = project.checked(view)[0]
        graph, _ = compiler.build(specs, view)
        yield place, graph, specs


def _print(project: Project, about: dict[str, Any], render: Any) -> None:  # noqa: ANN401 - a function
    if project.as_json:
        project.print_json(about)
    else:
        say(render(about, color=project.color))


def _unknown(project: Project, subject: str, near: list[str], deferred: list[str]) -> None:
    from reconciler.model.diagnostic import Diagnostic  # noqa: PLC0415 - only for a slip of the keys

    text = f"there is no code, kind, spec or resource called {subject!r}"
    help_ = f"did you mean {' or '.join(near[:3])}?" if near else "copy the address from the plan"
    if deferred:
        help_ += f"; {', '.join(deferred)} cannot be compiled without AWS"
    project.fail([Diagnostic("CLI011", text, help=help_)])


def _text(answer: dict[str, Any]) -> str:
    lines = [f"{answer['property']}: {answer['effect']}", answer["why"]]
    for key, said in _TOLD.items():
        value = answer.get(key)
        if value and value != [None]:
            shown = value if isinstance(value, str) else ", ".join(value)
            lines.append(f"{said}: {shown}")
    return "\n  ".join(lines)


_TOLD = {
    "servedBy": "served by",
    "limits": "limits",
    "holds": "holds",
    "identity": "identity",
    "required": "required",
    "outputs": "others may refer to",
    "writeOnly": "never given back",
    "tags": "tags",
}
"""What is said of a type as a whole, in this order."""


def _topic(about: dict[str, Any], *, color: bool) -> str:
    if "error" in about:
        return str(about["error"])
    if "code" in about:
        return f"{about['code']}: {about['title']}\n  {about['why']}\n  fix: {about['fix']}"
    from reconciler.render.text import field  # noqa: PLC0415 - after the arguments are right

    return field.text(
        about, color=color, width=min(shutil.get_terminal_size((100, 24)).columns, 120)
    )
