"""Codes about the delivery files, and about plans that reach a merge."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 140
CODES = (
    Code(
        "DELIVERY001",
        "nothing to deliver to",
        "No environment is left to deliver to: there is none, all of them are sandbox ones, or one that was named is not there.",
        "Add environments/NAME.yaml, or name environments with --environments.",
    ),
    Code(
        "DELIVERY002",
        "file in the way",
        "A file that would be written is there with other content. Nothing was written.",
        "Look at the difference in Git, and give --force to write it anew.",
    ),
    Code(
        "DELIVERY003",
        "receipts are lost with the job",
        "An environment keeps its receipts and its lease in a folder, which in CI ends with the job. So applies of two jobs are not kept apart by a lease, and --resume, revert and history have nothing to go by.",
        "Set receipts: {bucket: …} in the environment.",
    ),
    Code(
        "DELIVERY004",
        "roles not named",
        "The environment does not say which IAM roles plan and apply take, so the files name those that delivery/aws-roles.yaml makes.",
        "Set roles: {plan: …, apply: …} in the environment and write the files anew.",
    ),
    Code(
        "DELIVERY005",
        "repository not known",
        "The remote called origin does not say which repository this is, so the trust policies have a placeholder that lets nobody in.",
        "Give --repository OWNER/NAME.",
    ),
    Code(
        "DELIVERY006",
        "branch for no file",
        "The branch has a name that Git does not take, or one that a CI system reads as something else: CodePipeline fills `#{…}`, and `pr/7` is a pull request to CodeBuild.",
        "Give another --branch.",
    ),
    Code(
        "DELIVERY007",
        "Moorline is installed without hashes",
        "The jobs install Moorline by its version, and what it needs by whatever versions the package registry offers then. Whoever can put a package there, or stands in between, runs code with the credentials of the jobs.",
        "Make a requirements file with hashes, such as with `uv pip compile --generate-hashes` or `pip-compile --generate-hashes`, and give it with --requirements.",
    ),
    Code(
        "DELIVERY008",
        "requirements that are not whole",
        "The file of --requirements is for `pip --require-hashes`: every line is a package with its version and at least one SHA-256, and one of them is Moorline in the version that writes the files. Other files, folders, addresses and options are not taken, since nothing vouches for them.",
        "Make the file anew with a tool that writes hashes. Where packages come from is a setting of the CI system, in the environment of its jobs.",
    ),
    Code(
        "DELIVERY009",
        "a name that the delivered role does not know",
        "The apply role of delivery/aws-roles.yaml may change what is called PLATFORM-ENVIRONMENT-…, and of other names those that specs stated when the file was written. This name came later, or is another one now, so an apply is refused.",
        "Write the file anew with `moorline ci init`, and deploy it; or leave the name to Moorline.",
    ),
    Code(
        "REVIEW001",
        "not the plan that was reviewed",
        "The plan that was made after the merge is not the one in the comment on the change request. Something moved in between: another merge, or AWS itself.",
        "Look at the plan. Run the job again when another apply was under way, else apply it by the manual way, which asks for approval of this very plan.",
    ),
    Code(
        "REVIEW002",
        "no plan was reviewed",
        "The commit belongs to no merged change request, or its change request has no comment with a plan of this environment.",
        "Apply by the manual way, which asks for approval of this very plan, or merge by change request.",
    ),
    Code(
        "REVIEW003",
        "a comment that does not count",
        "There is a comment with a plan, but another account wrote it than the one that comments plans here, or somebody else changed it afterwards. Anybody can write such a text; what counts is whose it is.",
        "Give --author (MOORLINE_AUTHOR) when the comments are made with another token than this job has. Delete a comment that somebody changed and run the job of the change request again, or apply by the manual way.",
    ),
)
