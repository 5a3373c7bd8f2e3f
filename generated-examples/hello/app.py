"""Run the service: `python app.py`."""

from handlers import HelloHandlers
from hello_service import create_app, main

app = create_app(HelloHandlers())

if __name__ == "__main__":
    main(app)
