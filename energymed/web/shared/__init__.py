"""What every desk shares: extensions, permissions, navigation, errors, assets."""
