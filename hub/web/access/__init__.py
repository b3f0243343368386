"""Who may come in: accounts, logins, tokens, sessions, and the certificate of the home's own authority."""
