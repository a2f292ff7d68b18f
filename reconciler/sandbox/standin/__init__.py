"""Runs a Python file that stands in for a job, apart from all that is the user's.

Nothing of the sandbox imports this: whoever starts a run himself (`moorline run`) may use it, and a
schedule, an event, a plan or an apply cannot. `guard` is the first thing in the new process. It
loads no moto, and nothing of ours.
"""
