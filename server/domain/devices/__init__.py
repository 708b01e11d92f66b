"""Kiosks, tablets, boards and door signs: enrolment, presence and revocation."""
