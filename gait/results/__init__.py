"""The result on its way to disk and back."""
