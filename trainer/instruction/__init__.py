"""Instruction tuning: requests and answers, their forms, and the quality of a model's answers."""
