"""A lost password: asked on a public page, answered apart from it, by a link or by a person of the DSDEN."""
