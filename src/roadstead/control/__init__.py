"""Roadstead's own API beside AWS's: what its host and its command line tell and ask the server.

Shaped as an AWS service: signing name `roadstead`, JSON 1.1, model in `service-2.json`.
"""
