"""Data that is pulled from other people's interfaces, without servers: what REST and GraphQL share.

A state machine asks for a page, looks at it, lands it and drops it, and goes on with the next one.
`spec` is what a spec says, `connection` what calls are signed with, `states` the machine.
"""
