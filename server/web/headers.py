"""What every answer says to the browser: where content may come from, and that nothing personal is kept."""

from __future__ import annotations

from flask import Flask, Response, request

from server.config import Settings

RULES = (
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self' blob:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)
POLICY = "; ".join(RULES)
"""No inline script or style; ``wasm-unsafe-eval`` is for the bar-code reader's WebAssembly and nothing else."""
KEPT = {"shared.photo": "private, max-age=31536000, immutable"}
"""Endpoint → how long its answer may be kept, where it is not personal and its address changes with what it holds."""


def install(app: Flask, settings: Settings) -> None:
    """Set the headers on every answer."""

    @app.after_request
    def add(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.endpoint in KEPT and response.status_code == 200:
            response.headers["Cache-Control"] = KEPT[request.endpoint]
        elif request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        elif "v" not in request.args:
            response.headers["Cache-Control"] = "no-cache"  # modules import each other by plain names: asked anew, answered by 304
        if settings.is_https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
