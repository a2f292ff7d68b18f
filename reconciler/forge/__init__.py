"""GitHub and GitLab, for two things only: one sticky comment, and one issue for drift."""
