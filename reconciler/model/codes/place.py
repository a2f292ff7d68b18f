"""Codes about buckets and files that others keep, and versions of models."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 54
CODES = (
    Code(
        "PLACE003",
        "a bucket that is not there",
        "A spec names an existing bucket, and S3 knows none of that name. SageMaker would refuse what is to use it. Buckets that the same plan makes are not asked for.",
        "Correct the name, or make the bucket first.",
    ),
    Code(
        "PLACE004",
        "a bucket in another region",
        "A spec names an existing bucket that is in another region than the environment. SageMaker takes its data, models and outputs from buckets of its own region only.",
        "Name a bucket in the environment's region; replication can keep a copy there.",
    ),
    Code(
        "PLACE005",
        "a bucket that could not be looked at",
        "S3 refused to say whether an existing bucket or a file in it is there, so nothing is known of it: it may belong to another account, or the role that plans may not list it. A rollout whose model file could not be looked at is left as it is.",
        "Allow s3:ListBucket on the bucket to the role that plans; `model.etag` names a model file without asking.",
    ),
    Code(
        "PLACE006",
        "the model file is not the one",
        "There is no such model file, or it has another ETag than `model.etag` asks for, because somebody has overwritten it. AWS makes no model of a file that is not there; where a spec makes its bucket, the rollout waits for it and what is live is left as it is.",
        "Upload the file, correct the path, or take the ETag of the new one.",
    ),
    Code(
        "PLACE007",
        "a model file was overwritten",
        "The file that a live model was made of has another ETag now. Instances that start later, by autoscaling or a repair, load the new file beside those that have the old one, until an apply deploys it as a model of its own.",
        "Apply, or bring the old file back. Write each version of a model to a key of its own, or give `model.etag`, which a plan insists on.",
    ),
    Code(
        "MODEL001",
        "a version that cannot be served",
        "SageMaker serves only versions whose ModelPackageStatus is Completed. Of those that are approved the newest such one is taken; newer ones that were passed over are named.",
        "Wait until it is Completed, register it anew, or reject it.",
    ),
    Code(
        "MODEL002",
        "a policy elsewhere that readers need",
        "Another account deploys versions of a registry. Its roles read the model file, decrypt it and pull the image, and each of these has a policy of its own. Moorline writes the policies of what this platform makes; of what it does not make it says what to add.",
        "Add the statement to the policy of the bucket, key or repository that is named.",
    ),
    Code(
        "MODEL003",
        "a stale model card",
        "The card of a model says of which version it speaks, and another version is in production: what was reviewed is not what decides.",
        "Review the card for the version in production and set its `version`.",
    ),
    Code(
        "MODEL004",
        "stages of versions that contradict each other",
        "SageMaker keeps the stage of each version by itself, as a free text. Two versions of one model are in Production, so whoever deploys by stage gets either; or a version is in a stage that is none of Development, Staging, Production and Archived.",
        "Promote the version that stays with `moorline registry promote`, which archives the other one.",
    ),
    Code(
        "MODEL005",
        "a version whose approval lets nothing by",
        "A version is deployed on approval alone. This one is rejected or waits for an approval; or its approval is over, or is not by one who may approve; or it is archived. `latest-approved` passes such versions over. What serves already goes on when its approval is over: only a new deployment is held.",
        "`moorline registry approve` approves it anew where the policy allows it; else name or approve another version.",
    ),
    Code(
        "MODEL006",
        "a version that its registry's policy does not let by",
        "A plan would deploy a version of a model for the first time, and its registry's policy does not allow it: a rule failed, or what a rule needs could not be read. A model file that is another one than was registered is found here as well. What serves already is never judged.",
        "`moorline registry check REGISTRY VERSION --for deploy` shows every rule; mend what it names, or deploy another version.",
    ),
    Code(
        "MODEL007",
        "a group of versions that this account does not see",
        "A registry is a group that another account shares, and SageMaker knows none by its ARN here: it is not there, or its policy does not name this account.",
        "Ask its owner to name this account among the `readers` of the ModelRegistry, or correct the ARN.",
    ),
)
