"""Publishing: a run folder to the Hugging Face Hub and back."""
