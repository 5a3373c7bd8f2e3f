"""Run the service: `python app.py`."""

from handlers import TradingHandlers
from trading_service import create_app, main

app = create_app(TradingHandlers())

if __name__ == "__main__":
    main(app)
