"""`moorline explain`: what a change to an AWS property does, and why."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from reconciler.cli.project import Exit


@click.command("explain")
@click.argument("subject", metavar="AWS::TYPE[.PROPERTY…]|CODE|KIND[.FIELD…]|-")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(subject: str, *, as_json: bool) -> None:
    """Explain an AWS property, a diagnostic code, or a kind and its fields.

    For a property it says what a change does: update, replace, append-only, none or unsupported.

    `moorline explain AWS::SageMaker::FeatureGroup.FeatureDefinitions`. With - it reads
    one property a line from standard input; * stands for any item of a list.
    """
    from reconciler.explain import explain, explain_lines  # noqa: PLC0415
    from reconciler.topics import topic  # noqa: PLC0415

    if subject == "-":
        for line in explain_lines(sys.stdin):
            click.echo(line if as_json else _text(json.loads(line)))
        return
    if not subject.startswith("AWS::") and (about := topic(subject)) is not None:
        click.echo(json.dumps(about) if as_json else _topic(about))
        raise SystemExit(Exit.ERROR if "error" in about else Exit.OK)
    answer = explain(subject)
    click.echo(json.dumps(answer) if as_json else _text(answer))
    if answer["effect"] == "unsupported":
        raise SystemExit(Exit.ERROR)


def _text(answer: dict[str, str]) -> str:
    return f"{answer['property']}: {answer['effect']}\n  {answer['why']}"


def _topic(about: dict[str, Any]) -> str:
    if "error" in about:
        return str(about["error"])
    if "code" in about:
        return f"{about['code']}: {about['title']}\n  {about['why']}\n  fix: {about['fix']}"
    name = ".".join(filter(None, (about["kind"], about["path"])))
    lines = [f"{name}: {about['why']}" if about["why"] else name]
    lines += [f"  {field}: {said}" for field, said in about["fields"].items()]
    return "\n".join(lines)
