"""What all hubs of a home know alike: registers and sets that merge in any order, kept in the store."""
