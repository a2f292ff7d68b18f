"""Plans and drift as Markdown for GitHub and GitLab. `comment` is where to begin."""
