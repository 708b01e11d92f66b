"""Working days: the week as it is, and the days the supervisor swapped."""
