"""Proof that a plan was not changed, who stands behind it, and one file to hand it on in."""
