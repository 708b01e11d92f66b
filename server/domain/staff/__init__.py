"""Staff of the property office: logins, roles and sessions."""
