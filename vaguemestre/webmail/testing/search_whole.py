"""Shared by tests: search whole."""

ACT = "/webmail/dossiers/recherche/"
