"""People at a site: who may be one person twice, merging, splitting, and taking that back."""
