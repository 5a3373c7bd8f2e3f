"""Run the service: `python app.py`."""

from handlers import ChatHandlers
from chat_service import create_app, main

app = create_app(ChatHandlers())

if __name__ == "__main__":
    main(app)
