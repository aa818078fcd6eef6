"""Loading the demonstration."""

from portal.services.demonstration import LOAD_STEPS, load_demo

__all__ = ["LOAD_STEPS", "load_demo"]
