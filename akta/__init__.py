"""The doors of Akta and the words every floor uses."""
