"""`moorline explain`: what a change to an AWS property does, and why."""

from __future__ import annotations

import json
import sys

import rich_click as click

from reconciler.cli.project import Exit


@click.command("explain")
@click.argument("subject", metavar="AWS::TYPE[.PROPERTY…]|-")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(subject: str, *, as_json: bool) -> None:
    """Say what a change to a property does: update, replace, append-only, none or unsupported.

    `moorline explain AWS::SageMaker::FeatureGroup.FeatureDefinitions`. With - it reads
    one property a line from standard input; * stands for any item of a list.
    """
    from reconciler.explain import explain, explain_lines  # noqa: PLC0415

    if subject == "-":
        for line in explain_lines(sys.stdin):
            click.echo(line if as_json else _text(json.loads(line)))
        return
    answer = explain(subject)
    click.echo(json.dumps(answer) if as_json else _text(answer))
    if answer["effect"] == "unsupported":
        raise SystemExit(Exit.ERROR)


def _text(answer: dict[str, str]) -> str:
    return f"{answer['property']}: {answer['effect']}\n  {answer['why']}"
