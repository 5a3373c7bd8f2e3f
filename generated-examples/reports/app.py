"""Run the service: `python app.py`."""

from handlers import ReportsHandlers
from reports_service import create_app, main

app = create_app(ReportsHandlers())

if __name__ == "__main__":
    main(app)
