"""Run the service: `python app.py`."""

from handlers import InventoryHandlers
from inventory_service import create_app, main

app = create_app(InventoryHandlers())

if __name__ == "__main__":
    main(app)
