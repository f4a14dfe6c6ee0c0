"""nixgen."""
