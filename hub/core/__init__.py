"""The ground floor: ids, clock, errors, events and the bus, entities and their states, supervision, settings."""
