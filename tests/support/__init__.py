"""Small case folders made by tests."""
