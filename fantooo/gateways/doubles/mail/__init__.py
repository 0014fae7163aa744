"""The mail catcher: an SMTP server that delivers nothing, and a page to read what came.

A program of its own, in aiosmtpd and the standard library. It knows nothing of Fantooo.
"""
