"""Amazon RDS: changes that wait for a window, states that take their time, what is refused."""
