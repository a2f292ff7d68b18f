"""`moorline completion`: completes verbs, options, environments and addresses in a shell.

The shell asks click; this module prints click's script and knows what the names
in a platform are. A completion never fails: what cannot be read offers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from reconciler.cli.examples import epilog
from reconciler.cli.project import Project

PROGRAM = "moorline"
VARIABLE = "_MOORLINE_COMPLETE"
WHERE = {
    "bash": "moorline completion bash > ~/.local/share/bash-completion/completions/moorline",
    "zsh": "moorline completion zsh > ~/.zfunc/_moorline",
    "fish": "moorline completion fish > ~/.config/fish/completions/moorline.fish",
}
# Bash splits words at ':' as well, which addresses have: they are put together for click, and
# what bash has already of a word is taken off the answers.
BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' completion type value cur i
    local -a words=("${COMP_WORDS[0]}")
    for ((i = 1; i <= COMP_CWORD; i++)); do
        if [[ $i -gt 1 && (${COMP_WORDS[i]} == :* || ${COMP_WORDS[i - 1]} == *:) ]]; then
            words[${#words[@]} - 1]+=${COMP_WORDS[i]}
        else
            words+=("${COMP_WORDS[i]}")
        fi
    done
    cur=${words[${#words[@]} - 1]}
    COMPREPLY=()
    for completion in $(env COMP_WORDS="${words[*]}" COMP_CWORD=$((${#words[@]} - 1)) \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null); do
        IFS=',' read -r type value <<< "$completion"
        case $type in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            plain)
                [[ $cur == *:* ]] && value=${value#"${cur%%"${cur##*:}"}"}
                COMPREPLY+=("$value")
                ;;
        esac
    done
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


@click.command("completion", epilog=epilog("completion"))
@click.argument("shell", type=click.Choice(list(WHERE)))
def command(shell: str) -> None:
    """Print the script that makes a shell complete verbs, options, environments and addresses.

    Put it where the shell looks for completions, or `eval` it in the shell's start-up file.
    """
    click.echo(script(shell), nl=False)


def script(shell: str) -> str:
    """The completion script of a shell: click's own, but for addresses in bash."""
    from click.shell_completion import BashComplete, get_completion_class  # noqa: PLC0415

    from reconciler.cli.main import main  # noqa: PLC0415 - it imports the verbs

    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - the choice is closed
    made = found(main, {}, PROGRAM, VARIABLE)
    if isinstance(made, BashComplete):
        return BASH % made.source_vars()
    return made.source()


def environments(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of environments, for `-e`."""
    return _starting(_environments(context), incomplete)


def addresses(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Addresses of the environment that is named so far, or else of all of them."""
    named = context.params.get("name")
    return _starting(_addresses(context, [named] if named else _environments(context)), incomplete)


def kinds(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of schemas."""
    from reconciler.facts.files import schemas  # noqa: PLC0415 - only where it is asked for

    return _starting((path.stem for path in (schemas() / "kinds").glob("*.json")), incomplete)


def subjects(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What `explain` takes: kinds, codes, AWS types and addresses."""
    if "/" in incomplete:
        return addresses(context, parameter, incomplete)
    if "::" not in incomplete and not "AWS::".startswith(incomplete or "-"):
        from reconciler.model.codes import CODES  # noqa: PLC0415 - only where it is asked for

        return kinds(context, parameter, incomplete) + _starting(CODES, incomplete)
    from reconciler.resources.api import load  # noqa: PLC0415 - only where it is asked for

    known = {*load(), *addresses(context, parameter, incomplete)}
    return _starting(known, incomplete) + kinds(context, parameter, incomplete)


def _starting(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def _project(context: click.Context) -> Project:
    given = context.params
    specs, places = (given.get(name) or Path(name) for name in ("specs", "environments"))
    return Project(specs, places)


def _environments(context: click.Context) -> list[str]:
    from reconciler.specs import overlay  # noqa: PLC0415 - only where it is asked for
    from reconciler.specs.load import load  # noqa: PLC0415

    return overlay.names(load([_project(context).environments]).documents)


def _addresses(context: click.Context, names: Iterable[Any]) -> set[str]:
    from reconciler.compile import compiler  # noqa: PLC0415 - only where it is asked for
    from reconciler.specs import overlay  # noqa: PLC0415

    documents = _project(context).read().documents
    found: set[str] = set()
    for name in names:
        view, _ = overlay.resolve(documents, name)
        if view is not None:
            graph, _ = compiler.build(compiler.read(documents, view)[0], view)
            found |= {str(node.address) for node in graph}
    return found
