"""What every CI system needs in AWS and in the environments, in order: pure, and as commands.

Sources: IAM user guide, "Create an OpenID Connect identity provider"; S3 API reference,
CreateBucket (a bucket of us-east-1 names no location), HeadBucket, GetPublicAccessBlock;
CloudFormation API reference, CreateChangeSet (a template of more than 51,200 bytes comes from a
bucket).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from reconciler.delivery import approvals, resolve, roles
from reconciler.delivery.api import Trust
from reconciler.delivery.names import ROLES
from reconciler.delivery.site import Site, Stage
from reconciler.delivery.todo import Check, Reader, Spot, Todo, command
from reconciler.model.value import Json, canonical

LONGEST = 51_200
"""Bytes of a template that goes with the request."""
_NO_LOCATION = "us-east-1"
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_BUCKET_NAME = 63


def bucket_of(site: Site, stage: Stage) -> str:
    """The bucket of a stage's receipts, or the name for a new one."""
    made = f"{site.platform}-{stage.name}-receipts-{stage.account}".lower()
    return stage.bucket or made[-_BUCKET_NAME:].strip("-")


def provider_of(stage: Stage, trust: Trust) -> str:
    """The ARN of the account's OIDC provider of the issuer."""
    return f"arn:{stage.partition}:iam::{stage.account}:oidc-provider/{trust.issuer}"


def files(texts: Mapping[str, str]) -> Todo:
    """The files of the CI system are there and in the commit that people see."""

    def check(reader: Reader) -> str:
        found = {path: reader.file(path) for path in texts}
        gone = [path for path, text in found.items() if text is None]
        other = [path for path, text in found.items() if text not in {None, texts[path]}]
        said = [f"{each} is not there" for each in gone]
        said += [f"{each} is not as it would be written now" for each in other]
        return "; ".join(said)

    names = shlex.join(sorted(texts))
    return Todo(
        "files",
        "commit the files, and push them to a branch of their own",
        commands=(
            "git switch --create moorline-delivery",
            f"git add -- {names}",
            "git commit --message 'Deliver with Moorline'",
            "git push --set-upstream origin moorline-delivery",
        ),
        check=check,
    )


def environments(site: Site) -> Iterator[Todo]:
    """What the environments' own files have to say."""
    for stage in site.real:
        lines = []
        if not stage.bucket:
            lines.append(f"receipts: {{bucket: {bucket_of(site, stage)}}}")
        if not stage.named:
            lines.append(f"roles: {{plan: {stage.plan_role}, apply: {stage.apply_role}}}")
        if lines:
            text = "\n".join(["spec:", *(f"  {line}" for line in lines)])
            file = stage.file or f"environments/{stage.name}.yaml"
            lacks = f"it lacks {' and '.join(lines)}"
            yield Todo(
                f"environment-{stage.name}",
                f"name receipts and roles in {file}, and write the files anew",
                write=text,
                commands=(
                    command("moorline", "validate", "-e", stage.name),
                    command("git", "add", "--", file),
                ),
                check=_says(lacks),
            )


def _says(text: str) -> Check:
    """A check whose answer is known already."""
    return lambda _reader: text


def in_aws(site: Site, trust: Trust, variables: Mapping[str, str] | None = None) -> Iterator[Todo]:
    """Provider, buckets and roles.

    `variables` are more parameters of the roles' template, with the shell variables that hold
    their values.
    """
    accounts: set[str] = set()
    for stage in site.real:
        if trust.issuer and stage.account not in accounts:
            yield _provider(stage, trust)
        accounts.add(stage.account)
    for stage in site.real:
        yield _bucket(site, stage)
    for stage in site.real:
        yield _roles(site, stage, trust, variables or {})


def where(stage: Stage) -> str:
    """Whose credentials a command takes."""
    return f"account {stage.account} ({stage.name}), {stage.region}"


def _provider(stage: Stage, trust: Trust) -> Todo:
    arn = provider_of(stage, trust)

    def check(reader: Reader) -> str:
        asked = {"OpenIDConnectProviderArn": arn}
        found = reader.aws(_spot(stage), "iam", "get_open_id_connect_provider", asked)
        if found is None:
            return f"the account has no OIDC provider for {trust.issuer}"
        if trust.audience not in (found.get("ClientIDList") or ()):
            return f"{arn} does not take the audience {trust.audience}"
        return ""

    make = command(
        *("aws", "iam", "create-open-id-connect-provider"),
        more=(("--url", f"https://{trust.issuer}"), ("--client-id-list", trust.audience)),
    )
    says = f"let account {stage.account} take tokens of {trust.issuer}"
    return Todo(f"oidc-provider-{stage.account}", says, where(stage), (make,), check=check)


def _bucket(site: Site, stage: Stage) -> Todo:
    name = bucket_of(site, stage)
    target = ("--bucket", name), ("--region", stage.region)
    location = ("--create-bucket-configuration", f"LocationConstraint={stage.region}")
    elsewhere = () if stage.region == _NO_LOCATION else (location,)
    blocked = ",".join(f"{each}=true" for each in _BLOCKS)
    commands = (
        command("aws", "s3api", "create-bucket", more=(*target, *elsewhere)),
        command(
            *("aws", "s3api", "put-public-access-block"),
            more=(*target, ("--public-access-block-configuration", blocked)),
        ),
    )

    def check(reader: Reader) -> str:
        owner = {"Bucket": name, "ExpectedBucketOwner": stage.account}
        found = reader.aws(_spot(stage), "s3", "head_bucket", owner)
        if found is None:
            return f"there is no bucket {name}"
        region = found.get("BucketRegion") or stage.region
        if region != stage.region:
            return f"{name} is in {region}, and the environment in {stage.region}"
        asked = reader.aws(_spot(stage), "s3", "get_public_access_block", owner)
        kept = (asked or {}).get("PublicAccessBlockConfiguration") or {}
        if open_ := [each for each in _BLOCKS if not kept.get(each)]:
            return f"{name} does not block public access: {', '.join(open_)}"
        return ""

    says = f"make the bucket for the receipts of {stage.name}"
    return Todo(f"receipts-{stage.name}", says, where(stage), commands, check=check)


def _roles(site: Site, stage: Stage, trust: Trust, variables: Mapping[str, str]) -> Todo:
    given = {"Environment": stage.name}
    if trust.issuer:
        given["OidcProvider"] = provider_of(stage, trust)
    texts = tuple(f"{name}={value}" for name, value in given.items())
    large = len(roles.template(site, trust).encode()) > LONGEST
    deploy = command(
        *("aws", "cloudformation", "deploy", "--region", stage.region),
        more=(
            ("--template-file", ROLES),
            ("--stack-name", f"moorline-roles-{stage.name}"),
            ("--capabilities", "CAPABILITY_NAMED_IAM"),
            *((("--s3-bucket", bucket_of(site, stage)),) if large else ()),
        ),
    )
    words = [command("--parameter-overrides", *texts)]
    words += [f'"{name}=${variable}"' for name, variable in variables.items()]
    overrides = " ".join(words)
    says = f"make the roles of {stage.name}; add PermissionsBoundary=ARN to bound them"
    return Todo(
        f"roles-{stage.name}",
        says,
        where(stage),
        (f"{deploy} \\\n  {overrides}",),
        check=_trusted(site, stage, trust),
    )


def _trusted(site: Site, stage: Stage, trust: Trust) -> Check:
    """The roles are there, are taken by whom the template says, and have policies."""

    def check(reader: Reader) -> str:
        wanted = _documents(site, stage, trust)
        decides = [stage.approve_role] if _decides(site, stage, trust) else []
        for arn in (stage.plan_role, stage.apply_role, *decides):
            name = arn.rpartition("/")[2]
            asked = {"RoleName": name}
            found = reader.aws(_spot(stage), "iam", "get_role", asked)
            if found is None:
                return f"there is no role {name}"
            trusted = (found.get("Role") or {}).get("AssumeRolePolicyDocument")
            if name in wanted and canonical(trusted) != canonical(wanted[name]):
                return f"{name} is trusted otherwise than {ROLES} says; deploy it again"
            held = reader.aws(_spot(stage), "iam", "list_attached_role_policies", asked)
            if not (held or {}).get("AttachedPolicies"):
                return f"{name} has no policy of {ROLES}"
        return ""

    return check


def _decides(site: Site, stage: Stage, trust: Trust) -> bool:
    """Whether somebody takes the third role; where a person is asked for it, that is not known."""
    return approvals.there(site, trust) and bool(trust.approve or stage.approve_people)


def _documents(site: Site, stage: Stage, trust: Trust) -> dict[str, Json]:
    """Who may take the roles, by their names; nothing where the template asks a person."""
    if not trust.issuer:
        return {}
    given = {"OidcProvider": provider_of(stage, trust)}
    made = resolve.policies(roles.body(site, trust), stage.name, stage.account, stage.region, given)
    return {name: role.trust for name, role in made.items()}


def _spot(stage: Stage) -> Spot:
    return Spot(stage.account, stage.region)
