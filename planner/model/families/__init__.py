"""One file a family of rows; each states purpose, equation, units and the meaning of its dual."""
