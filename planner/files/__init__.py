"""Tables in files as people have them: text with commas, semicolons or tabs, workbooks, Parquet."""
