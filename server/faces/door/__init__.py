"""The sign beside a meeting room's door: free or taken, until when, what comes next, and one tap to report a fault."""
