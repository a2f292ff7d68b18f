"""AWS CodePipeline and CodeBuild: a template of the pipeline, and the builds' steps."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from reconciler.delivery.api import Provider, Trust, register
from reconciler.delivery.site import Site
from reconciler.delivery.todo import Check, Reader, Spot, Todo, UntoldError, command

BUILDS = ("plan", "apply", "drift", "manual", "rollout")
_SECRETS = {
    "comment": "comments on pull requests",
    "read": "reads comments and writes issues",
}


def first(site: Site) -> Iterator[Todo]:
    """What the delivery account has: a connection, two secrets, the pipeline."""
    name, region = f"moorline-{site.platform}", _region(site)
    at = ("--region", region)
    where = f"the delivery account, {region}"
    connect = command(
        *("aws", "codeconnections", "create-connection"),
        more=(at, ("--connection-name", name), ("--provider-type", "GitHub")),
    )
    yield Todo(
        "connection",
        "connect the forge, and confirm the connection in the console (Developer Tools, Settings)",
        where,
        (connect,),
        check=_connected(name, region),
    )
    for use, says in _SECRETS.items():
        token = f"${{{use.upper()}_TOKEN:?set it to the token that {says}}}"
        kept = command(
            "aws", "secretsmanager", "create-secret", more=(at, ("--name", f"{name}-{use}"))
        )
        yield Todo(
            f"secret-{use}",
            f"keep the token of a user of the forge that {says}; the two are of different users",
            where,
            (f'{kept} \\\n  --secret-string "{token}"',),
            check=_kept(f"{name}-{use}", region),
        )
    yield _pipeline(name, region, where)


def _region(site: Site) -> str:
    """The delivery account's; the stack may be in another, too."""
    return (site.real or site.stages)[0].region


def _query(*words: str, region: str, query: str) -> str:
    told = (("--region", region), ("--query", query), ("--output", "text"))
    return " ".join([command("aws", *words), *(f"{key} {shlex.quote(v)}" for key, v in told)])


def _pipeline(name: str, region: str, where: str) -> Todo:
    stack = f"{name}-delivery"
    found = {
        "ConnectionArn": _query(
            *("codeconnections", "list-connections"),
            region=region,
            query=f"Connections[?ConnectionName=='{name}'].ConnectionArn",
        ),
        **{
            parameter: _query(
                *("secretsmanager", "describe-secret", "--secret-id", f"{name}-{use}"),
                region=region,
                query="ARN",
            )
            for parameter, use in (("CommentTokenSecret", "comment"), ("TokenSecret", "read"))
        },
    }
    values = [f'{parameter}="$({query})"' for parameter, query in found.items()]
    values.append('CommentAuthor="${COMMENT_AUTHOR:?set it to the login of who comments}"')
    deploy = command(
        *("aws", "cloudformation", "deploy", "--region", region),
        more=(
            ("--template-file", "delivery/codepipeline.yaml"),
            ("--stack-name", stack),
            ("--capabilities", "CAPABILITY_IAM"),
        ),
    )
    outputs = [
        f'{variable}="$({_query(*_describe(stack), region=region, query=_output(key))})"'
        for key, variable in (
            ("PlanPrincipals", "PLAN_PRINCIPALS"),
            ("ApplyPrincipal", "APPLY_PRINCIPAL"),
        )
    ]
    return Todo(
        "pipeline",
        "make the pipeline, and keep who may take the roles for the commands below",
        where,
        (
            " \\\n  ".join([deploy, "--parameter-overrides", *values]),
            *outputs,
        ),
        check=_stack(stack, region),
    )


def _describe(stack: str) -> tuple[str, ...]:
    return ("cloudformation", "describe-stacks", "--stack-name", stack)


def _output(key: str) -> str:
    return f"Stacks[0].Outputs[?OutputKey=='{key}'].OutputValue"


def _elsewhere(what: str) -> UntoldError:
    return UntoldError(f"{what} is not in this account; are these credentials of the delivery one?")


def _connected(name: str, region: str) -> Check:
    def check(reader: Reader) -> str:
        found = reader.aws(Spot("", region), "codeconnections", "list_connections", {})
        known = [
            each
            for each in (found or {}).get("Connections") or ()
            if each.get("ConnectionName") == name
        ]
        if not known:
            raise _elsewhere(f"a connection {name}")
        states = {str(each.get("ConnectionStatus")) for each in known}
        return "" if "AVAILABLE" in states else f"{name} is {', '.join(sorted(states))}: confirm it"

    return check


def _kept(name: str, region: str) -> Check:
    def check(reader: Reader) -> str:
        asked = {"SecretId": name}
        if reader.aws(Spot("", region), "secretsmanager", "describe_secret", asked) is None:
            raise _elsewhere(f"a secret {name}")
        return ""

    return check


def _stack(name: str, region: str) -> Check:
    def check(reader: Reader) -> str:
        asked = {"StackName": name}
        found = reader.aws(Spot("", region), "cloudformation", "describe_stacks", asked)
        if found is None:
            raise _elsewhere(f"a stack {name}")
        states = [str(each.get("StackStatus")) for each in found.get("Stacks") or ()]
        good = states and all(
            each.endswith("_COMPLETE") and "ROLLBACK" not in each for each in states
        )
        return "" if good else f"the stack {name} is {', '.join(states) or 'empty'}"

    return check


register(
    Provider(
        name="codepipeline",
        says="AWS CodePipeline",
        files={
            "delivery/codepipeline.yaml": "pipeline.yaml.j2",
            **{f"delivery/buildspecs/{name}.yml": f"{name}.yml.j2" for name in BUILDS},
        },
        trust=lambda _site: Trust(),  # builds run as roles of the delivery account
        first=first,
        variables={"PlanPrincipals": "PLAN_PRINCIPALS", "ApplyPrincipal": "APPLY_PRINCIPAL"},
    )
)
