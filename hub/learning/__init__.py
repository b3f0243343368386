"""Training at home: small models, the synthetic data that they start from, and their evaluation."""
