"""One file an objective term; each returns cost lines."""
