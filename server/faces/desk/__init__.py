"""The desk: everything the board shows, with its actions; people, devices, invitations, settings."""
