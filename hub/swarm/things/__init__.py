"""The things of other hubs: described and told by their owner alone, seen and commanded from everywhere."""
