"""The Paystack simulator: Paystack's HTTP API, checkout page and webhooks, without any money.

A program of its own, in Flask and the standard library. It knows nothing of Fantooo.
"""
