"""Pictures and pages of a fleet: the graph of who reads what, and the report as one HTML file."""
