"""Run the service: `python app.py`."""

from handlers import TelemetryHandlers
from telemetry_service import create_app, main

app = create_app(TelemetryHandlers())

if __name__ == "__main__":
    main(app)
