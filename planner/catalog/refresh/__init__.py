"""From a vendor's published price list to a proposal for the catalog; the only part that uses the network."""
