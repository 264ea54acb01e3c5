"""Files that only one key opens, in a format that others read too: https://age-encryption.org."""
