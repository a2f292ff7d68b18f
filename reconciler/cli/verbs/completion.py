"""`moorline completion`: completes verbs, options, environments and addresses in a shell.

The shell asks click; this module prints click's script.
"""

from __future__ import annotations

import click

from reconciler.cli.frame.examples import epilog

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

    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - the choice is closed
    made = found(click.Group(PROGRAM), {}, PROGRAM, VARIABLE)
    if isinstance(made, BashComplete):
        return BASH % made.source_vars()
    return made.source()
