"""Run the service: `python app.py`."""

from handlers import OrdersHandlers
from orders_service import create_app, main

app = create_app(OrdersHandlers())

if __name__ == "__main__":
    main(app)
