"""What people ask of a system: each question takes one and returns a table, or a small frozen result."""
