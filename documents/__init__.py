"""Documents: uploads, templates, generated letters."""
