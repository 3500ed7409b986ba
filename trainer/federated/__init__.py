"""Federated training, with Flower: several people improve one model without sharing their code."""
