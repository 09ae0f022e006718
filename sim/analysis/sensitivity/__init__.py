"""What an answer rests on: shares of variance, and numbers held at either end."""
