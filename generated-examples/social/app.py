"""Run the service: `python app.py`."""

from handlers import SocialHandlers
from social_service import create_app, main

app = create_app(SocialHandlers())

if __name__ == "__main__":
    main(app)
