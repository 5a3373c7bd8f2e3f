"""Run the service: `python app.py`."""

from handlers import ToysHandlers
from toys_service import create_app, main

app = create_app(ToysHandlers())

if __name__ == "__main__":
    main(app)
