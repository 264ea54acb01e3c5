"""Letters on paper, from their texts and what they tell; in French, whatever the reader speaks."""
