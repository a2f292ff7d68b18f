"""What the two roles of an environment may do, as managed policies of the template.

Both read what plans look at; the apply role changes what is called like the environment's own and
is not another's by its tags. `actions` says which actions those are. What differs between
environments stands in the template's mapping.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.delivery import actions, approvals, assets, kept, runs, siblings, stated
from reconciler.delivery.actions import Grant
from reconciler.delivery.api import Trust, literal
from reconciler.delivery.cloudformation import (
    FORMS,
    NOTHING,
    allow,
    deny,
    either,
    fact,
    given,
    slots,
    sub,
)
from reconciler.delivery.forms import forms
from reconciler.delivery.listed import listed
from reconciler.delivery.packing import packed, settled
from reconciler.delivery.places import Bound
from reconciler.delivery.site import Site, Stage
from reconciler.model.value import Json
from reconciler.resources import api as resources
from reconciler.resources.api import Resource

PLAN, APPLY = "PlanRole", "ApplyRole"
_LISTS = "s3:ListBucket"


def policies(site: Site, trust: Trust) -> dict[str, Json]:
    """The managed policies by their names in the template."""
    types = _types(site)
    known = slots(site.platform, _prefix(site))
    grants = actions.writes(types, known)
    looked = actions.reads(types) | {_LISTS}  # of buckets that others keep too
    looked |= runs.looks(site)
    both = [PLAN, APPLY]
    looks = [
        allow(looked, Resource="*"),
        *(_statement(each) for each in actions.seen(types, known)),
    ]
    looks += _receipts_read(lists=_LISTS in looked)
    looks += approvals.looks(site, looked)
    looks += [*assets.statements(site, "s3:GetObject", "kms:Decrypt"), *kept.looks(site)]
    changes = [_statement(*each) for each in listed(grants)]
    changes += [*_itself(grants), *runs.statements(site), *_receipts_write()]
    changes += [*assets.statements(site, "s3:PutObject", "kms:GenerateDataKey"), *kept.opens(site)]
    changes += [*_signing(site, "kms:Verify"), *approvals.kept_off(grants)]
    begins = [known["prefix"], *(known[slot] for slot in FORMS)]
    made = {
        **packed("Read", looks, both, site),
        **packed("Write", changes, [APPLY], site),
        **siblings.policies(grants, begins, site, types),
        **_stated(types, site),
        **approvals.policies(site, trust),
        **packed("Past", approvals.past(site, looked), [PLAN], site),
        **packed("Told", [*_signing(site, "kms:Sign"), *_report()], [PLAN], site, "Tells"),
    }
    return settled(made, APPLY)


def _types(site: Site) -> list[Resource]:
    """The records of a site's types; of a type that nothing serves nothing is sent.

    Assets are not by type: they are objects of one folder, which `assets` names.
    """
    found = (resources.lookup(type_) for type_ in site.types)
    return [each for each in found if each is not None and not each.packed]


def parameters(site: Site) -> dict[str, Json]:
    """What whoever makes the stack says of what the specs do not know."""

    def arn(service: str, what: str, kind: str = "") -> Json:
        pattern = f"|arn:aws[a-z-]*:{service}:[a-z0-9-]*:[0-9]*:{kind}.+"
        return {"Type": "String", "Default": "", "AllowedPattern": pattern, "Description": what}

    key = "ARN of the customer's KMS key (not of an alias) of"
    sealed = f"{key} the assets' bucket, if no spec makes it."
    return {
        "ReceiptsKey": arn("kms", f"{key} the receipts' bucket, if any.", "key/"),
        **({"AssetsKey": arn("kms", sealed, "key/")} if assets.put(site) else {}),
        "ReportObject": arn("s3", "ARN of the S3 object that drift reports go to, if any."),
        "ReportTopic": arn("sns", "ARN of the SNS topic that drift reports go to, if any."),
        "ReportKey": arn("kms", f"{key} that object's bucket or that topic, if any.", "key/"),
    }


def facts(stage: Stage, site: Site) -> dict[str, str | list[str]]:
    """What differs between environments."""
    prefix = stage.prefix.strip("/")
    root = f"{literal(prefix)}/" if prefix else ""
    found: dict[str, str | list[str]] = {
        "Bucket": stage.bucket,
        "Keys": f"{root}{stage.name}/",
        "Lease": f"{root}lease/{stage.name}",
        "Boundary": stage.boundary,
        **({"Assets": stage.assets} if assets.put(site) else {}),
        "Roles": sorted(_roles(stage, site)),
    }
    if siblings.there(site):
        found |= siblings.facts(stage, _types(site))
    begins = forms(f"{site.platform}-{stage.name}-")
    found |= {FORMS[slot]: begins[slot] for slot in _forms(site)}
    if any(each.signing for each in site.stages):
        key, alias = _signs(stage)
        found |= {"SigningKey": key, "SigningAlias": alias}
    return found


def conditions(site: Site) -> dict[str, Json]:
    """When statements and policies are there."""
    found = {
        "Receipts": given(fact("Bucket")),
        "ReceiptsSealed": given({"Ref": "ReceiptsKey"}),
        "ReportsToObject": given({"Ref": "ReportObject"}),
        "ReportsToTopic": given({"Ref": "ReportTopic"}),
        "ReportsSealed": given({"Ref": "ReportKey"}),
        "WorkloadsBounded": given(fact("Boundary")),
    }
    if assets.put(site):
        found["Assets"] = given(fact("Assets"))
        found["AssetsSealed"] = given({"Ref": "AssetsKey"})
    found["Reports"] = {
        "Fn::Or": [{"Condition": each} for each in ("ReportsToObject", "ReportsToTopic")]
    }
    found |= {name: stated.here(stage.name) for name, stage in _naming(site)}
    found |= {name: stated.here(stage.name) for name, stage in kept.stages(site)}
    if siblings.there(site):
        found["HasSiblings"] = {"Fn::Equals": [fact("HasSiblings"), "yes"]}
    tells = ["Reports"]
    if any(stage.signing for stage in site.stages):
        found["Signs"] = given(fact("SigningKey"))
        found["SignsByAlias"] = given(fact("SigningAlias"))
        tells.append("Signs")
    found["Tells"] = {"Fn::Or": [{"Condition": each} for each in (*tells, *tells[:1])][:2]}
    return found


# -- changes


def _naming(site: Site) -> list[tuple[str, Stage]]:
    """The environments whose specs state names of their own, each with its condition."""
    known = enumerate(site.stages, 1)
    return [(f"Named{index}", each) for index, each in known if each.stated or each.begun]


def _stated(types: list[Resource], site: Site) -> dict[str, Json]:
    """What specs call as they like, by its whole name and in its environment alone."""
    found: dict[str, Json] = {}
    for name, stage in _naming(site):
        grants = [*stated.grants(stage.stated, types, site.platform)]
        grants += stated.grants(stage.begun, types, site.platform, rest="*")
        changes = [_statement(*each) for each in listed(grants)]
        found |= packed(f"{name}Write", changes, [APPLY], site, name)
    return found


def _prefix(site: Site) -> str:
    return f"{site.platform}-${{Environment}}-"


def _statement(grant: Grant, key: str = "", services: tuple[str, ...] = ()) -> Json:
    when: dict[str, Json] = {
        operator: {key: sub(value) for key, value in keys} for operator, keys in grant.when
    }
    if key:
        equal = when.get("StringEquals") or {}
        when["StringEquals"] = {**equal, key: [sub(each) for each in services]}
    if grant.bound is Bound.WITHIN:
        within = {"iam:PermissionsBoundary": fact("Boundary")}
        when["StringEquals"] = either("WorkloadsBounded", within)
    where = [sub(each) for each in grant.on]
    made = allow(grant.actions, Resource=where[0] if len(where) == 1 else where)
    if when:
        made["Condition"] = when
    return either("WorkloadsBounded", NOTHING, made) if grant.bound is Bound.NEVER else made


def _forms(site: Site) -> list[str]:
    """The slots of how our names begin that patterns have besides the plain one."""
    known = slots(site.platform, _prefix(site))
    every = str([grant.on for grant in actions.writes(_types(site), known)])
    return [slot for slot in FORMS if known[slot] in every]


def _itself(grants: Iterable[Grant]) -> list[Json]:
    """No apply gives more to the roles that deliver, or gives them to a service."""
    found = {action for grant in grants for action in grant.actions}
    about = [each for each in found if each.startswith("iam:")]
    return [deny(about, Resource=fact("Roles"))] if about else []


def _roles(stage: Stage, site: Site) -> set[str]:
    """The delivered roles in an environment's account; the template makes them without a path."""
    here = [each for each in site.stages if each.account == stage.account]
    named = [
        role
        for each in here
        for role in (each.plan_role, each.apply_role, each.approve_role)
        if role
    ]
    names = {role.rpartition("/")[2] for role in named}
    return {f"arn:{stage.partition}:iam::{stage.account}:role/{name}" for name in names}


# -- signatures, receipts, reports


def _signs(stage: Stage) -> tuple[str, str]:
    """The ARN pattern of the key that an environment signs with, and the alias that names it."""
    if not stage.signing:
        return "", ""
    where, _, alias = stage.signing.partition("alias/")
    if not alias:
        return stage.signing, ""
    here = f"arn:{stage.partition}:kms:{stage.region}:{stage.account}:"
    return f"{where or here}key/*", f"alias/{alias}"


def _signing(site: Site, action: str) -> list[Json]:
    """Who plans may sign, who applies may look whether it is signed."""
    if not any(stage.signing for stage in site.stages):
        return []
    named = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": fact("SigningAlias")}}
    when = either("SignsByAlias", named)
    return [either("Signs", allow([action], Resource=fact("SigningKey"), Condition=when))]


def _receipts_read(*, lists: bool) -> list[Json]:
    """Receipts are read by both.

    Without leave to list, S3 answers 403 for an object that is not there (GetObject, Permissions);
    a condition on the prefix would take that leave away, since a get has none. `lists` says
    whether it is given already.
    """
    looks: list[Json] = [allow(["s3:GetObject"], Resource=_object("${Keys}*", "Keys"))]
    looks += [] if lists else [allow([_LISTS], Resource=_object("", ""))]
    looks.append(_sealed("ReceiptsSealed", "ReceiptsKey", "kms:Decrypt"))
    return [either("Receipts", each) for each in looks]


def _receipts_write() -> list[Json]:
    """Who applies writes receipts, and removes only what was begun."""
    kept, lease = _object("${Keys}*", "Keys"), _object("${Lease}", "Lease")
    changes = [
        allow(["s3:PutObject"], Resource=[kept, lease]),
        allow(["s3:DeleteObject"], Resource=[_object("${Keys}*.begun", "Keys"), lease]),
        allow(["s3:GetObject"], Resource=lease),
        _sealed("ReceiptsSealed", "ReceiptsKey", "kms:GenerateDataKey"),
    ]
    return [either("Receipts", each) for each in changes]


def _object(key: str, name: str) -> Json:
    """The ARN of an object in the receipts' bucket, or of the bucket."""
    known = {"Bucket": fact("Bucket")} | ({name: fact(name)} if name else {})
    at = "arn:${AWS::Partition}:s3:::${Bucket}"
    return {"Fn::Sub": [f"{at}/{key}" if key else at, known]}


def _sealed(condition: str, key: str, *allowed: str) -> Json:
    """Leave to use the key of a bucket or topic, through S3 or SNS alone."""
    through = ["s3.*"] if key == "ReceiptsKey" else ["s3.*", "sns.*"]
    by = {"StringLike": {"kms:ViaService": through}}
    return either(condition, allow(allowed, Resource={"Ref": key}, Condition=by))


def _report() -> list[Json]:
    """Drift goes to an object, which remembers what was told, and to a topic."""
    return [
        either(
            "ReportsToObject",
            allow(["s3:GetObject", "s3:PutObject"], Resource={"Ref": "ReportObject"}),
        ),
        either("ReportsToTopic", allow(["sns:Publish"], Resource={"Ref": "ReportTopic"})),
        either(
            "Reports", _sealed("ReportsSealed", "ReportKey", "kms:Decrypt", "kms:GenerateDataKey")
        ),
    ]
