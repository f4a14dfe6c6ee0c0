"""What changes between two fleets, in terms of the model: for reviews of pull requests."""
