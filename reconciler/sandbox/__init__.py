"""The embedded AWS: moto plus a SageMaker that behaves as documented.

Only this package imports moto, and it imports nothing else of ours. Importing the package itself
costs nothing: `lifecycle` is standard library only, everything else loads moto on import.
"""
