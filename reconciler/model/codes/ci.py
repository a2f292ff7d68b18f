"""Codes about comments and reports from CI."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 130
CODES = (
    Code(
        "CI001",
        "where to post",
        "The forge, the repository or the change request that a comment or an issue is for is not known.",
        "Run in the CI of the forge, on a pull or merge request for comments, or give --provider, --repository and --change.",
    ),
    Code(
        "CI002",
        "no token",
        "There is no token to post with.",
        "In GitHub Actions set GITHUB_TOKEN to ${{ github.token }} on the step; in GitLab CI keep a project access token in GITLAB_TOKEN.",
    ),
    Code(
        "CI003",
        "token not known",
        "The forge does not know the token, or it has expired (HTTP 401).",
        "Renew the token. A job token of GitLab (CI_JOB_TOKEN) cannot write notes or issues.",
    ),
    Code(
        "CI004",
        "permission missing",
        "The token may not write the comment or the issue (HTTP 403). The token of a fork's pull request never may.",
        "In GitHub Actions add permissions: pull-requests: write for comments, issues: write for issues. In GitLab give the token the role Reporter or higher and scope api.",
    ),
    Code(
        "CI005",
        "nothing there",
        "The forge knows no such repository or change request, issues are off, or the token may not see them (HTTP 404 or 410).",
        "Correct --repository and --change, or let the token see the repository.",
    ),
    Code(
        "CI006",
        "conversation locked",
        "A person has locked the conversation, so no comment is taken.",
        "Unlock it, or read the text in the job.",
    ),
    Code(
        "CI007",
        "forge not reached",
        "The forge could not be reached or kept failing, after several tries. The plan is not affected.",
        "Run again later. --api-url and HTTPS_PROXY say where the forge is.",
    ),
    Code(
        "CI008",
        "rate limit",
        "The forge asks to slow down for longer than a command waits. The plan is not affected.",
        "Run again later, or less often.",
    ),
    Code(
        "CI009",
        "request refused",
        "The forge takes the request for wrong, its answer makes no sense, or its address is none that a token may be sent to.",
        "Correct what the message names, such as --api-url, which must be an https address.",
    ),
    Code(
        "CI010",
        "comment too long",
        "A comment has more than 65,536 characters, which no forge takes. Nothing was sent.",
        "Report it: the renderer keeps comments within their budget.",
    ),
    Code(
        "CI011",
        "not a plan",
        "What was given to ci comment is neither a file of plan -o nor the output of plan --json, or it is of another environment.",
        "Make it with moorline plan -e NAME -o FILE, and look at what that command says.",
    ),
    Code(
        "CI012",
        "plan of another version",
        "A plan was written by a newer or an older Moorline, in a form that this one does not read. Nothing was posted.",
        "Use the same version of Moorline in every job: update the one that is older, or plan with this one.",
    ),
    Code(
        "CI013",
        "not a drift report",
        "What was given to ci report is not the output of drift --json, is of another environment, or has errors. Nothing was posted, and no issue was closed.",
        "Make it with moorline drift -e NAME --json, and look at what that command says.",
    ),
    Code(
        "CI014",
        "report not delivered",
        "AWS did not take the report, or the target is none.",
        "Write issue, s3://BUCKET/KEY or sns:ARN; allow s3:GetObject and s3:PutObject on the object, sns:Publish on the topic.",
    ),
    Code(
        "CI015",
        "published without memory",
        "A drift report was published to a topic without knowing what was published last, so the same drift is published every time.",
        "Give an object too: --to s3://BUCKET/KEY --to sns:ARN.",
    ),
    Code(
        "CI016",
        "no step summary",
        "The full text could not be written to the file of GITHUB_STEP_SUMMARY.",
        "Look at the message; the text is on standard output.",
    ),
)
