"""Second factors by choice: `totp`, `passkeys`, `recovery_codes`, and what of them an account has (`factor_state`)."""
