"""The live board at the front desk, and the same on a wall."""
