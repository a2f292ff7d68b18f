"""Who may do what: AWS's decision on one request, from the policies that take part in it.

Pure, and fast enough to stand behind every call of the sandbox. It knows policies, conditions and
the table of actions; it does not know Moorline's resources, nor how a call is sent.
"""
