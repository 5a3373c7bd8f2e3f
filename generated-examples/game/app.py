"""Run the service: `python app.py`."""

from handlers import GameHandlers
from game_service import create_app, main

app = create_app(GameHandlers())

if __name__ == "__main__":
    main(app)
