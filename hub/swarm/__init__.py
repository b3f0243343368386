"""The swarm: hubs of one home that know each other, act as one, and go on when one is gone."""
