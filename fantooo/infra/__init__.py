"""What services stand on: unit of work, events, jobs, clock, passwords, logging. No rule of the product."""
