"""The server: one port for many people, Streamlit's files from memory, what pages need imported in calm moments."""
