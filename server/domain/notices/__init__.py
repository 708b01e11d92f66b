"""Messages to hosts and tenants, kept until they are delivered."""
