"""What is unusual now: causal detection on mention volumes, spikes as events, slow shifts."""
