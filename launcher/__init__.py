"""Starts the portal and everything it stands on with one command; plain Python, knows no Django.

`script/server` and `script/test` come here once a virtual environment exists. See `python -m launcher --help`.
"""
