"""The rules of meaning, by what they are about: each is a function from an API to its problems."""
