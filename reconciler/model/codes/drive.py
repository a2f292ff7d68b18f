"""Codes about driving a rollout."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 59
CODES = (
    Code(
        "DRIVE001",
        "no such rollout",
        "The command line names no rollout of the environment, or there is no endpoint of this name in AWS.",
        "Name one of those that the message lists, or give the endpoint with --endpoint.",
    ),
    Code(
        "DRIVE002",
        "somebody else drives it too",
        "The endpoint or its marks are not as they were when the action was decided: another driver, a person, an autoscaler of the weights or AWS itself has changed them. Nothing was sent after that was seen.",
        "Look with `moorline rollout status`, and run it again: it decides anew on what is live.",
    ),
    Code(
        "DRIVE003",
        "nobody said yes",
        "What a rollout does next moves real traffic. Nobody was there to say yes.",
        "Give --yes; a job of CI does.",
    ),
    Code(
        "DRIVE004",
        "what is live is what nobody known has asked for",
        "Weights, variants or marks are not those of any step: someone changed them by hand, an answer lacks them, or a mark cannot be read. Moorline does not guess which step that is, so it moves nothing.",
        "The message says what is live and what was expected. Put the weights back, or `moorline rollout abort`, which needs none of it.",
    ),
    Code(
        "DRIVE005",
        "AWS did not do it",
        "AWS refused a call of a rollout, or did not answer. Marks are written before what they announce, so the next run goes on where this one ended.",
        "The message has AWS's reason. UpdateEndpoint is authorised on the endpoint and on the endpoint configuration (endpoint/NAME and endpoint-config/NAME-*): a role needs both.",
    ),
    Code(
        "DRIVE006",
        "the rollout failed or went back",
        "The new version does not take over: the analysis, a deadline, AWS or a person has stopped it. All traffic is, or goes back, on the version before.",
        "The message says why. Change the rollout or its model; the same one is tried again only with `moorline apply --retry`.",
    ),
    Code(
        "DRIVE007",
        "an endpoint that is not this environment's",
        "The endpoint has this name and not the tags of this platform and environment, or is in another account. Nothing was sent.",
        "Look at who owns it; `moorline apply --adopt` takes an endpoint over.",
    ),
    Code(
        "DRIVE008",
        "there is nothing to do that to",
        "No rollout of this endpoint runs, or it is in no phase in which that can be asked for. Nothing was sent.",
        "`moorline rollout status` shows the phase.",
    ),
    Code(
        "DRIVE009",
        "it waits for a person",
        "The rollout is paused, or its analysis is inconclusive and the spec says to hold then, or the spec asks for another target by now, judges by an analysis that was not applied, or moves no weights any more. It goes no further by itself.",
        "`moorline rollout resume` or `promote` goes on, `abort` goes back. `moorline apply` takes up what the spec asks for instead.",
    ),
    Code(
        "DRIVE010",
        "driven by something else",
        "The spec says who drives the rollout, and it is another than this command: two would get in each other's way.",
        "Leave it to the other one, or change `drive` in the spec.",
    ),
    Code(
        "DRIVE011",
        "what the way back needs is gone",
        "The endpoint configuration that a rollout goes back to, its model or the model's file was deleted while the rollout runs. Traffic still goes back, as both versions are in one configuration; the endpoint itself cannot, and instances that start later would load nothing. The new version gets no more traffic meanwhile.",
        "An apply makes the configuration again where its content is still known; the plan says so. A model or a file needs the specs or the object as they were: `git revert` and apply, or a restored version of the object. Then `moorline rollout resume`. Or `promote --full`, which goes on without a way back.",
    ),
)
