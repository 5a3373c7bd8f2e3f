"""Our protocol as an OpenAPI document says it: the schemas, answers and path items that we add (WIRE)."""
