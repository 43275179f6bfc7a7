"""What a person does by hand: orders, positions and strategies, each with what it asks first."""
