"""What a document says, read from its raw text: nothing here uses the generator's own reading."""
