"""The lobby's face: visitors register themselves, without staff and without seeing anybody else's data."""
