"""The front desk's face, behind a login: the live board with its actions, visitors, invitations, people, devices, staff, settings."""
