"""From what an agency has to a first case: a new folder by a few answers, or from bills and inventories."""
