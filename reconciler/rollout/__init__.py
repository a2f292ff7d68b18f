"""How a new version takes over an endpoint, step by step: what is live, what is known, what to do.

Everything here is a function of values and imports only the standard library and `model`, so that
the same code decides on a desk, in CI and in a Lambda function. Nothing here asks AWS: who drives a
rollout reads what is live and what the metrics say, asks `next_action`, and sends its calls.
"""
