"""The engine: `advance` takes a case one command further and touches nothing outside its arguments."""
