"""The server: python -m playground.server --port 8501."""

from playground.server import server

server.main()
