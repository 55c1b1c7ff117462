"""What is added: schedules, times, the pairing of noise with data, and what a network is asked for."""
