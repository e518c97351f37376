"""The rules of a mobility. Pure: the standard library and pydantic only, no clock, no I/O."""
