"""A plan in the forms of other programs: forecasts, tables, maps, the program itself."""
