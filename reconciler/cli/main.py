"""`moorline`: the list of verbs. A verb's module is imported when it is used."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path
from typing import Any

if {"-h", "--help"} & set(sys.argv):  # the coloured help costs what a fast command takes
    from rich_click.patch import patch

    patch()
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them costs 15 ms

import click
from click.exceptions import Abort, ClickException, Exit

from reconciler import __version__
from reconciler.secret.guard import guarded
from reconciler.secret.redact import redact

gc.set_threshold(100_000, 50, 50)  # commands are short; collecting while importing only costs
VERBS = {
    "init": "Start a platform: specs, environments, editor and pre-commit set-up.",
    "validate": "Check specs and environments without talking to AWS.",
    "fix": "Rewrite specs from older words to today's, comments kept.",
    "compile": "Print the resource graph or a CloudFormation template.",
    "plan": "Show what apply would change.",
    "apply": "Make AWS as the specs say.",
    "drift": "Report every difference between AWS and the specs.",
    "history": "Show what earlier applies did.",
    "revert": "Plan the way back to what an earlier apply was of.",
    "ci": "Comment, report and write delivery files for CI.",
    "graph": "Draw what there is and what needs what.",
    "explain": "Explain a resource, a spec, an AWS property, a code or a kind.",
    "schema": "Print the JSON Schema of a kind, for editors.",
    "completion": "Print the script that completes commands in a shell.",
    "sandbox": "Start, find, stop or empty the embedded AWS.",
}
EPILOG = """\
Exit codes: 0 nothing to do or done, 1 error, 2 changes present (with --detailed-exitcode),
3 blocked by protection, 4 drift, 5 stale plan.
"""


class Verbs(click.Group):
    """A group whose commands are imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A stand-in that has the verb's help line, for lists."""
        text = VERBS.get(cmd_name)
        return click.Command(cmd_name, help=text) if text else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that was asked for, imported now."""
        verb = args[0]
        if ctx.resilient_parsing and verb not in VERBS:  # a shell asks; there is nothing to offer
            return verb, click.Command(verb, add_help_option=False), args[1:]
        if verb not in VERBS and not verb.startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415 - only for a slip of the keys

            close = get_close_matches(verb, VERBS, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else f"Verbs are {', '.join(VERBS)}."
            ctx.fail(f"No such command {verb!r}. {hint}")
        name, command, rest = super().resolve_command(ctx, args)
        if name in VERBS:
            command = importlib.import_module(f"reconciler.cli.verbs.{name}").command
            if command is not None and {"-h", "--help"} & set(sys.argv):
                from reconciler.cli.frame.examples import epilog  # noqa: PLC0415 - only for help

                command.epilog = command.epilog or epilog(name)
        return name, command, rest

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's signature
        """Run with streams that no secret gets through."""
        with guarded():
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb; a fault of Moorline itself is one line, not a traceback."""
        try:
            return super().invoke(ctx)
        except (ClickException, Exit, Abort):
            raise
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            sys.stderr.close()
            raise SystemExit(0) from None
        except Exception as error:
            if os.environ.get("MOORLINE_DEBUG"):
                import traceback  # noqa: PLC0415 - only when there is a fault

                click.echo(redact(traceback.format_exc()), err=True)
                raise SystemExit(1) from None
            from reconciler.cli.frame.project import Project  # noqa: PLC0415 - only when there is a fault
            from reconciler.model.diagnostic import Diagnostic  # noqa: PLC0415

            text = f"fault of Moorline: {type(error).__name__}: {error}"
            help_ = "set MOORLINE_DEBUG=1 to see where, and report it"
            project = Project(Path(), Path(), as_json="--json" in sys.argv)
            project.show([Diagnostic("CLI009", text, help=help_)])
            raise SystemExit(1) from error


@click.command(cls=Verbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="moorline", message="%(prog)s %(version)s")
def main() -> None:
    """Keep a machine-learning platform on AWS where Git says it should be."""
