"""LCBench with trained epochs as the budget: race_epochs.py beside this folder runs it."""
