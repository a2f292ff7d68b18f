"""Files and folders of the repository as bytes for S3: the same ones give the same bytes.

What goes is what a reviewer sees: plain files, no links, nothing that Git ignores, no secrets.
"""
