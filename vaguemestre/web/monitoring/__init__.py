"""What is counted, timed and followed while pages are served, and how logs are written."""
