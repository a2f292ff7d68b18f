"""Files of a project: read only where they really lie, written through no link.

What a repository names must be a regular file inside it, and what is written stays inside it,
whatever links, pipes or devices it carries. What a user types may be anywhere; that is the
caller's to know.
"""
