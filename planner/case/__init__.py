"""One planning question: case.toml, workloads, demand, users, capacity, agencies."""
