"""Verbs and options that people bring from other tools, and what they are called here.

Words near in spelling are found by their letters; these are not. A text is a command or an option
between backticks, or the end of a sentence.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Container, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise

import click

_DESTROY = "`moorline plan -e NAME --destroy` shows it, `moorline apply -e NAME --destroy` does it"
_ENVIRONMENT = "write `-e NAME` after the verb"
VERBS: Mapping[str, str] = {
    "add": "write a file below `specs/`; `moorline schema KIND` says what is in it",
    "build": "`moorline compile`",
    "bootstrap": "`moorline ci init` makes the roles and files of CI; `init` starts a platform",
    "changes": "`moorline plan`",
    "check": "`moorline validate`, or `moorline drift` for what AWS has",
    "create": "`moorline init` starts a platform, `moorline apply` makes what the specs say",
    "delete": _DESTROY,
    "deploy": "`moorline apply`",
    "describe": "`moorline explain`",
    "destroy": _DESTROY,
    "diff": "`moorline plan`",
    "doctor": "`moorline validate`, or `moorline sandbox status`",
    "down": _DESTROY,
    "export": "`moorline compile --format cloudformation`",
    "fmt": "nothing formats specs; `moorline validate` checks them",
    "format": "nothing formats specs; `moorline validate` checks them",
    "get": "`moorline graph` shows all resources, `moorline explain TYPE/NAME` one of them",
    "import": "`moorline apply --adopt TYPE/NAME` takes over what is there already",
    "lint": "`moorline validate`",
    "list": "`moorline graph` shows all resources, `moorline schema --list` the kinds",
    "log": "`moorline history`",
    "logs": "`moorline history`",
    "login": "log in with `aws sso login` or what your account uses; Moorline keeps no credentials",
    "ls": "`moorline graph` shows all resources, `moorline schema --list` the kinds",
    "new": "`moorline init`",
    "output": "`moorline explain TYPE/NAME`; specs refer to each other by name",
    "preview": "`moorline plan`",
    "pull": "`moorline drift --write` takes live values over into specs",
    "push": "`moorline apply`",
    "reconcile": "`moorline apply`",
    "refresh": "`moorline drift`; every plan asks AWS anew",
    "remove": _DESTROY,
    "render": "`moorline compile`",
    "rm": _DESTROY,
    "rollback": "`moorline revert`",
    "show": "`moorline explain TYPE/NAME`, or `moorline history` for earlier applies",
    "start": "`moorline sandbox start`, or `moorline init` for a new platform",
    "state": "there is no state file: `moorline drift` compares with AWS, `history` shows applies",
    "status": "`moorline drift`, or `moorline sandbox status`",
    "synth": "`moorline compile --format cloudformation`",
    "sync": "`moorline apply`",
    "teardown": _DESTROY,
    "template": "`moorline compile --format cloudformation`",
    "test": "`moorline validate`",
    "undo": "`moorline revert`",
    "up": "`moorline apply`",
    "update": "`moorline apply`",
    "verify": "`moorline validate`, or `moorline drift` for what AWS has",
    "version": "`moorline --version`",
    "workspace": "an environment is a file, `environments/NAME.yaml`; `-e NAME` names it",
}
_COPY = "`init` makes 'local' and 'dev'; copy `environments/dev.yaml` for another one"
_TARGET = "a plan is of a whole environment; put what is to be apart into an environment of its own"
OPTIONS: Mapping[str, str] = {
    "account": "the account stands in `environments/NAME.yaml`",
    "approve": "`--yes`",
    "assume-yes": "`--yes`",
    "auto-approve": "`--yes`",
    "backend-config": "there is no state; `receipts` of the environment says where they are",
    "check": "`moorline validate`",
    "chdir": "`cd` there, or name folders with `--specs` and `--environments`",
    "context": _ENVIRONMENT,
    "delete": "`--destroy`",
    "dir": "`--specs FOLDER` and `--environments FOLDER`",
    "dry-run": "`moorline plan` changes nothing",
    "env": "`-e NAME`",
    "exclude": _TARGET,
    "file": "`--specs FILE`",
    "filename": "`--specs FILE`",
    "force": "`protection` of the environment allows what is destructive, never an option",
    "import": "`--adopt TYPE/NAME`",
    "lock": "an apply takes its own lease; `--wait 10m` waits for another one",
    "name": "`-e NAME` names the environment",
    "namespace": _ENVIRONMENT,
    "no-confirm": "`--yes`",
    "out": "`-o FILE` of `moorline plan`",
    "output": "`--format`, or `-o FILE` of `moorline plan`",
    "parallelism": "Moorline goes as fast as AWS lets it",
    "profile": "set AWS_PROFILE",
    "quiet": "`--json`, or leave it out",
    "recursive": "folders are always read with all that is in them",
    "refresh": "every plan asks AWS anew; leave it out",
    "refresh-only": "`moorline drift`",
    "region": "the region stands in `environments/NAME.yaml`",
    "replace": "a replacement follows from a change of the spec; leave it out",
    "require-approval": "`--yes` where nobody is asked",
    "stack": _ENVIRONMENT,
    "stage": _ENVIRONMENT,
    "state": "there is no state file; leave it out",
    "target": _TARGET,
    "var": "variables stand in `variables` of `environments/NAME.yaml`",
    "var-file": "variables stand in `variables` of `environments/NAME.yaml`",
    "workspace": _ENVIRONMENT,
    "y": "there is nothing to confirm here; leave it out",
    "yes": "there is nothing to confirm here; leave it out",
    "no-prompt": "`--yes`",
    "non-interactive": "`--yes`",
}
"""By name without dashes. An option that the verb has is never looked up."""
OPTIONS_OF: Mapping[str, Mapping[str, str]] = {
    "drift": {
        "fix": "`moorline apply` sets AWS back, `--write` takes what is live into the specs",
        "repair": "`moorline apply` sets AWS back, `--write` takes what is live into the specs",
    },
    "init": {
        "dir": "`moorline init FOLDER`",
        "e": _COPY,
        "env": _COPY,
        "environment": _COPY,
        "force": "nothing is overwritten: name another folder, or move the files away",
        "name": "`--platform NAME`",
        "path": "`moorline init FOLDER`",
        "project": "`--platform NAME`",
        "template": "`--with features,rollout,monitoring,budget` says what is included",
    },
}
"""Further ones by verb, which go before."""
_SHORT = OPTIONS["env"]
_LETTERS = 5
"""A shorter name is near to too much."""
_CODE = re.compile(r"`([^`]+)`")


def verb(word: str, rest: Sequence[str] = ()) -> str:
    """The end of a sentence on what a verb of other tools is called here; "" if nobody knows it.

    `rest` are the arguments after it, which are translated where all of them can be.
    """
    said = VERBS.get(word.lower(), "")
    code = _CODE.fullmatch(said)
    if not code:
        given = [after for each, after in pairwise(rest) if each in {"-e", "--environment"}]
        return f": {said.replace('NAME ', f'{given[0]} ') if given else said}." if said else ""
    words = [each for argument in rest for each in _translated(argument)]
    told = " ".join([code[1], *map(shlex.quote, words)]) if "" not in words else code[1]
    return f"; did you mean `{told}`?"


def refuse(ctx: click.Context, name: str, command: click.Command, rest: Sequence[str]) -> None:
    """Fail on an option of other tools; a verb with verbs below it looks at its own arguments."""
    if ctx.resilient_parsing or isinstance(command, click.Group):
        return
    known = {each for param in command.params for each in (*param.opts, *param.secondary_opts)}
    if said := option(name, rest, {*known, "-h", "--help"}):
        raise click.UsageError(said, click.Context(command, info_name=name, parent=ctx))


def option(verb_: str, arguments: Sequence[str], known: Container[str]) -> str:
    """The complaint about the first argument that is an option of other tools; "" for none.

    `known` are the options that the verb has, with their dashes. What follows ``--`` is no option.
    """
    table = {**OPTIONS, **OPTIONS_OF.get(verb_, {})}
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        written, _, value = argument.partition("=")
        name = written.lstrip("-").replace("_", "-").lower()
        if not written.startswith("-") or written in known or not name:
            continue
        said = f"`--{name}`" if f"--{name}" in known and len(name) > 1 else _said(table, name)
        if said == _SHORT:
            said = said.replace("NAME", value or "".join(arguments[at + 1 : at + 2]) or "NAME")
        if said:
            meant = f"; did you mean {said}?" if _CODE.fullmatch(said) else f": {said}."
            return f"No such option {written!r}{meant}"
    return ""


def _said(table: Mapping[str, str], name: str) -> str:
    """What is said of an option, also with a slip in it."""
    if name in table or len(name) < _LETTERS:
        return table.get(name, "")
    close = get_close_matches(name, table, n=1, cutoff=0.85)
    return table[close[0]] if close else ""


def _translated(argument: str) -> Sequence[str]:
    """The argument as it is written here; an empty text where that cannot be said."""
    if not argument.startswith("-"):
        return (argument,)
    written, _, value = argument.partition("=")
    said = OPTIONS.get(written.lstrip("-").lower())
    if said is None:
        return (argument,)
    code = _CODE.fullmatch(said)
    word = code[1].split()[0] if code else ""
    return (word, value) if value else (word,)
