"""Rules as data: kinds, packs, adoption by a case; no LP and no check code."""
