from handlers import WishedHandlers
from wished_service import create_app, main

app = create_app(WishedHandlers())

if __name__ == "__main__":
    main(app)
