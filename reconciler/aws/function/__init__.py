"""The function in AWS that drives a rollout, for `drive: aws`.

It runs alone: boto3 of the runtime, and of ours what `jobs.package` packs with it. Reading,
judging, deciding and sending are the very files that a command uses; this folder has what stands
in the place of the session, its errors and the adapters, see `jobs.driver`.
"""
