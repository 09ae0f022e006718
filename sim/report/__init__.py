"""What people read: figures, the page, the terminal, transcripts. Nothing here computes a statistic."""
