"""`hearth skill`: what authors and households do with skills."""
