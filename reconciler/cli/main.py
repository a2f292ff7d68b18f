"""`moorline`: the list of verbs. A verb's module is imported when it is used."""

from __future__ import annotations

import gc
import importlib
import os
import shlex
import sys
from pathlib import Path
from typing import Any

if {"-h", "--help"} & set(sys.argv):  # the coloured help costs what a fast command takes
    from rich_click.patch import patch

    patch()
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them costs 15 ms

import click
from click.exceptions import Abort, ClickException, Exit, NoSuchOption

from reconciler import __version__
from reconciler.cli.frame.leaving import leave
from reconciler.secret.guard import guarded
from reconciler.secret.redact import redact

click.UsageError.exit_code = 1  # click has 2, which says here that there are changes
gc.set_threshold(100_000, 50, 50)  # commands are short; collecting while importing only costs
VERBS = {
    "init": "Start a platform: specs, environments, editor and pre-commit set-up.",
    "validate": "Check specs and environments without talking to AWS.",
    "fix": "Rewrite specs from older words to today's, comments kept.",
    "compile": "Print the resource graph or a CloudFormation template.",
    "plan": "Show what apply would change.",
    "apply": "Make AWS as the specs say.",
    "run": "Start a pipeline and follow its steps.",
    "stop": "Stop a run of a pipeline.",
    "retry": "Go on with a failed run from the step that failed.",
    "drift": "Report every difference between AWS and the specs.",
    "failover": "Show which region answers for a name, and which would.",
    "history": "Show what earlier applies did.",
    "revert": "Plan the way back to what an earlier apply was of.",
    "registry": "Check, approve and promote versions of models.",
    "rollout": "See, drive, pause and abort how a new version takes over.",
    "ci": "Comment, report and write delivery files for CI.",
    "graph": "Draw what there is and what needs what.",
    "explain": "Explain a resource, a spec, an AWS property, a code or a kind.",
    "docs": "Write a catalogue of the platform's features.",
    "schema": "Print the JSON Schema of a kind, for editors.",
    "completion": "Print the script that completes commands in a shell.",
    "sandbox": "Start, find, stop or empty the embedded AWS.",
}
EPILOG = """\
Exit codes: 0 nothing to do or done, 1 error, 2 changes present (with --detailed-exitcode),
3 blocked by protection, 4 drift, 5 stale plan, 6 a rollout that failed or went back.
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
            ctx.fail(_no_such(verb, args[1:]))
        name, command, rest = super().resolve_command(ctx, args)
        if name in VERBS:
            command = importlib.import_module(f"reconciler.cli.verbs.{name}").command
            if command is not None and {"-h", "--help"} & set(sys.argv):
                from reconciler.cli.frame.examples import epilog  # noqa: PLC0415 - only for help

                command.epilog = command.epilog or epilog(name)
            if command is not None and any(each.startswith("-") for each in rest):
                from reconciler.cli.frame import brought  # noqa: PLC0415 - only where it may be asked

                brought.refuse(ctx, name, command, rest)
        return name, command, rest

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse an option before the verb with the command that was meant."""
        try:
            return super().parse_args(ctx, list(args))
        except NoSuchOption as error:
            at = next((n for n, each in enumerate(args) if each in VERBS), None)
            if at is None:
                raise
            meant = shlex.join(["moorline", args[at], *args[:at], *args[at + 1 :]])
            text = f"{error.option_name} stands after the verb; did you mean `{meant}`?"
            raise click.UsageError(text, ctx) from None

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's signature
        """Run with streams that no secret gets through."""
        if args or kwargs:  # somebody else's process
            with guarded():
                return super().main(*args, **kwargs)
        code: object = 0
        try:
            with guarded():
                super().main()
        except SystemExit as end:
            code = end.code
        leave(code)  # outside of the handler: what its frames hold is let go before
        raise SystemExit(code)

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb; a fault of Moorline itself is told in words, not as a traceback."""
        try:
            return super().invoke(ctx)
        except (ClickException, Exit):
            raise
        except (Abort, KeyboardInterrupt):  # click says "Aborted!", which is a word of rollouts
            click.echo("stopped here", err=True)
            raise SystemExit(1) from None
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            sys.stderr.close()
            raise SystemExit(0) from None
        except Exception as error:
            if os.environ.get("MOORLINE_DEBUG"):
                import traceback  # noqa: PLC0415 - only when there is a fault

                click.echo(redact(traceback.format_exc()), err=True)
                raise SystemExit(1) from None
            from reconciler.cli.frame import fault  # noqa: PLC0415 - only when there is one
            from reconciler.cli.frame.project import Project  # noqa: PLC0415

            project = Project(Path(), Path(), as_json="--json" in sys.argv)
            project.show([fault.finding(error, fault.arguments())])
            raise SystemExit(1) from error


def _no_such(verb: str, rest: list[str]) -> str:
    """What is said of a verb that does not exist."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a slip of the keys

    from reconciler.cli.frame import brought  # noqa: PLC0415

    if said := brought.verb(verb, rest):
        return f"No such command {verb!r}{said}"
    close = get_close_matches(verb, VERBS, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"verbs are {', '.join(VERBS)}."
    return f"No such command {verb!r}; {hint}"


@click.command(cls=Verbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="moorline", message="%(prog)s %(version)s")
def main() -> None:
    """Keep a machine-learning platform on AWS where Git says it should be."""
