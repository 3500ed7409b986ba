"""Instruction tuning: requests and answers, how they are put, and what answers are worth."""
