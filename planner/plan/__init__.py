"""The answer as frozen data, its folder on disk."""
