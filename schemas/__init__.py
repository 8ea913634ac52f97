"""What things are: frozen records, one file per noun; imports nothing of ours."""
