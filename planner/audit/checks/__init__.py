"""One file a check; :mod:`planner.audit.registry` says which runs for which kind of rule."""
