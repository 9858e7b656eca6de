"""Serves a WSGI application: python -m multinode_cloud.serve <module with `application`> <port>."""

import importlib
import sys

from waitress import serve


def main():
    module, port = sys.argv[1], int(sys.argv[2])
    # The services parse the command line themselves when they are loaded.
    del sys.argv[1:]
    application = importlib.import_module(module).application
    serve(application, host="0.0.0.0", port=port, threads=8, connection_limit=500)


if __name__ == "__main__":
    main()
