__version__ = "5.3"
