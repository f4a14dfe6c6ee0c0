"""Writing: what a build would change on disk, and all of it or nothing of it."""
