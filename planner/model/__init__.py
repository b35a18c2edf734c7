"""The linear program: columns, constraint families, objective terms, two renderings."""
