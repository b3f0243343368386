"""Tables, migrations, batched history and retention."""
