"""How Markdown for GitHub and GitLab is written: escapes, bounds, and what sections start from."""
