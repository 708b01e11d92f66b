"""Service calls from a meeting room: tea, a technician, cleaning, and whatever else people in the room may wish."""
