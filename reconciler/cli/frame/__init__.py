"""What every verb has: options, the files of a platform, the forms of its output, exit codes."""
