"""Documents: what applicants upload, letters made from templates, and how both are looked at."""
