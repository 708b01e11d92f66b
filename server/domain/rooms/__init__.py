"""Meeting rooms, and the layouts each can be set up in."""
