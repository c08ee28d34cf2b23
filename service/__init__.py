"""The HTTP service: the classifier behind FastAPI, for `cmc serve` or any ASGI server.

`create_app` in `service.app` builds the application, `serve` in `service.server` runs it.
Needs the extra `[service]`.
"""
