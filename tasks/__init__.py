"""Work that waits: the inbox for people, the jobs for workers."""
